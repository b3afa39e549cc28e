"""Records the answers of real servers for the contract tests: `python tests/live/record.py [SERVER…]`.

Each server is started on loopback, a day of two members is lived on it, and its trimmed answers go into
tests/load/recorded. The Bluesky network and json-server need what CONTRIBUTING.md says; mastodon-mock comes
from PyPI into build/mastodon-mock.
"""

import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "bluesky"), str(HERE.parent / "load")]

from mastodon_mock_server import mastodon_mock  # noqa: E402
from network import BlueskyNetwork  # noqa: E402
from recording import FOLDER, Replay, Tape, adapter_of, day  # noqa: E402
from test_json_server import COLLECTIONS, awaited, installed  # noqa: E402

from flashcrowd.load.origin import parse_origin  # noqa: E402
from flashcrowd.load.wire import Wire  # noqa: E402
from flashcrowd.reference.process import ReferencePlatform  # noqa: E402
from flashcrowd.reference.settings import Settings  # noqa: E402

NAMES = ("ada_7_ab12", "bea_8_ab12")


class Server(NamedTuple):
    """A server, how it is started, and the adapter that speaks with it."""

    adapter: str
    started: Callable[[], AbstractContextManager[str]]


@contextmanager
def bluesky() -> Iterator[str]:
    """The Bluesky network's URL."""
    with BlueskyNetwork() as network:
        yield network.url


@contextmanager
def reference() -> Iterator[str]:
    """A reference platform's URL; its images are swift."""
    swift = Settings.model_validate({"generator": {"median_s": 0.05, "blocked": 0.0}})
    with ReferencePlatform(swift) as platform:
        yield platform.url


@contextmanager
def json_server() -> Iterator[str]:
    """json-server's URL."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        database, port = Path(folder) / "db.json", free.getsockname()[1]
        database.write_text(json.dumps({name: [] for name in COLLECTIONS}))
        free.close()
        command = [installed(), "--host", "127.0.0.1", "--port", str(port), "--quiet", database]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield awaited(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()
            process.wait(10)


SERVERS = {
    "bluesky": Server("atproto", bluesky),
    "mastodon_mock": Server("mastodon", mastodon_mock),
    "reference": Server("mastodon", reference),
    "json_server": Server("http", json_server),
}


def record(name: str) -> None:
    """Live the day, and keep it if it can be played again."""
    server = SERVERS[name]
    with server.started() as url, Wire(parse_origin(url), "127.0.0.1", timeout_s=30.0) as wire:
        tape = Tape(wire.send)
        lived = day(adapter_of(server.adapter), tape, NAMES)
    again = day(adapter_of(server.adapter), Replay(tape.exchanges), NAMES)
    assert again.made == lived.made
    kept = {"adapter": server.adapter, "names": NAMES, "exchanges": tape.exchanges}
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{name}: {len(tape.exchanges)} answers, {path.stat().st_size / 1000:.0f} kB; {lived.outcomes}")


if __name__ == "__main__":
    for each in sys.argv[1:] or SERVERS:
        record(each)
