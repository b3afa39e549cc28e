"""`make bluesky`: starts a Bluesky network on loopback, lets fifty members live on it, and stops all of it.

AI images and the words of posts come from a service beside it that speaks OpenAI's API, as a vendor's would:
the network makes none. The exit code is the verdict of the run; its record and report are in runs/bluesky.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import yaml
from network import HERE, BlueskyNetwork, NetworkError

from flashcrowd.core.events import ACTIONS, BRACKETS
from flashcrowd.core.runlog import RunReader
from flashcrowd.load.adapters.atproto import ATProto
from flashcrowd.load.adapters.mastodon import Mastodon
from flashcrowd.load.conversation import converse
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.wire import Wire
from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.reference.settings import Settings

OUT: Final = Path("runs/bluesky")
KEY: Final = "FLASHCROWD_SERVICE_KEY"
SERVICE: Final = Settings.model_validate({"generator": {"median_s": 0.6, "cap_s": 6.0}})
"""Images are made twenty times as fast as a real generator makes them, as time passes faster, too."""

BEFORE: Final = ("login", "signup")
"""Actions of the harness that get members in before the run."""


def main() -> int:
    """The exit code."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    print(
        "flashcrowd: starting a Bluesky network on loopback, and a service for images and texts", flush=True
    )
    try:
        with ExitStack() as stack:
            network = stack.enter_context(BlueskyNetwork())
            service = stack.enter_context(ReferencePlatform(SERVICE))
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            print(f"flashcrowd: they answer at {network.url} and {service.url}/v1", flush=True)
            code = _load(network.url, _served(service.url, folder), folder)
    except NetworkError as error:
        print(f"flashcrowd: {error}", file=sys.stderr)
        return 6
    except KeyboardInterrupt:
        return 130
    return code or _all_done()


def _served(url: str, folder: Path) -> Path:
    """The scenario, with images and texts from the service at this address."""
    with Wire(parse_origin(url), "127.0.0.1") as wire:
        os.environ[KEY] = converse(Mastodon().join(), wire.send)["app_token"]
    scenario = yaml.safe_load((HERE / "fifty.yaml").read_text(encoding="utf-8"))
    service = {"url": f"{url}/v1", "key_from": KEY}
    scenario["generation"]["service"] = service
    scenario["content"]["writer"] = service
    path = folder / "bluesky.yaml"
    path.write_text(yaml.safe_dump(scenario, sort_keys=False), encoding="utf-8")
    return path


def _load(url: str, scenario: Path, folder: Path) -> int:
    command = [Path(sys.executable).with_name("flashcrowd"), "load", scenario, "--adapter", "atproto"]
    rest = ["--target", url, "--vault", folder / "vault", "--out", OUT]
    return subprocess.call(
        list(map(str, [*command, *rest])), env=os.environ | {"XDG_CACHE_HOME": str(folder)}
    )


def _all_done() -> int:
    """0 when every action that the adapter supports was done at least once; else 1, and it is said."""
    rows = RunReader(OUT).table("requests", ["action", "outcome"]).to_pylist()
    done = Counter(row["action"] for row in rows if row["outcome"] == "ok")
    wanted = [name for name in ACTIONS if name not in (*BRACKETS, *BEFORE) and name not in _left_out()]
    print("flashcrowd: done by members: " + ", ".join(f"{name} {done[name]}" for name in wanted), flush=True)
    missing = [name for name in wanted if not done[name]]
    if missing:
        print(f"flashcrowd: never done: {', '.join(missing)}", file=sys.stderr)
    return 1 if missing else 0


def _left_out() -> frozenset[str]:
    """What the network has not; images come from the service."""
    return ATProto.unsupported - {"generate"}


if __name__ == "__main__":
    sys.exit(main())
