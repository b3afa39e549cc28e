"""mastodon-mock, a server of the Mastodon API from PyPI, in an environment of its own."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERSION = "0.6.1"
INSTALLED = ROOT / "build" / "mastodon-mock"
LIMIT_S = 60


def installed() -> Path:
    """Its command; kept between runs."""
    command = INSTALLED / "bin" / "mastodon_mock"
    if not command.exists():
        subprocess.run([sys.executable, "-m", "venv", INSTALLED], check=True)
        pip = [INSTALLED / "bin" / "python", "-m", "pip", "install", "--quiet", f"mastodon-mock=={VERSION}"]
        subprocess.run(pip, check=True)
    return command


@contextmanager
def mastodon_mock() -> Iterator[str]:
    """Its base URL, while it runs on loopback; it keeps nothing."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [installed(), "serve", "--in-memory", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([*command, "--log-level", "warning"], stdout=subprocess.DEVNULL)
    try:
        yield _awaited(f"http://127.0.0.1:{port}", process)
    finally:
        process.kill()  # it keeps nothing
        process.wait(10)


def _awaited(url: str, process: subprocess.Popen) -> str:
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "mastodon-mock ended at its start"
        try:
            with urllib.request.urlopen(f"{url}/api/v2/instance", timeout=10):
                return url
        except OSError:
            time.sleep(0.1)
    raise AssertionError("mastodon-mock does not answer")
