"""`make bluesky`: starts a Bluesky network on loopback, lets fifty members live on it, and stops all of it.

The exit code is the verdict of the run; its record and report are in runs/bluesky.
"""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from network import HERE, BlueskyNetwork, NetworkError

OUT: Final = Path("runs/bluesky")


def main() -> int:
    """The exit code."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    print("flashcrowd: starting a Bluesky network on loopback", flush=True)
    try:
        with BlueskyNetwork() as network, tempfile.TemporaryDirectory() as folder:
            print(f"flashcrowd: it answers at {network.url}", flush=True)
            return _load(network.url, Path(folder) / "vault")
    except NetworkError as error:
        print(f"flashcrowd: {error}", file=sys.stderr)
        return 6
    except KeyboardInterrupt:
        return 130


def _load(url: str, vault: Path) -> int:
    command = [
        Path(sys.executable).with_name("flashcrowd"),
        "load",
        HERE / "fifty.yaml",
        "--adapter",
        "atproto",
    ]
    return subprocess.call([*map(str, command), "--target", url, "--vault", str(vault), "--out", str(OUT)])


if __name__ == "__main__":
    sys.exit(main())
