"""`flashcrowd serve` says where it is, serves until it is told to stop, and leaves nothing behind."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

COMMAND = [sys.executable, "-c", "from flashcrowd.cli.main import main; main()", "serve", "--port", "0"]


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGTERM])
def test_served_platform_says_where_it_is_and_ends_well(tmp_path: Path, blow: signal.Signals) -> None:
    """Through a pipe the URL comes at once; both signals end it with exit code 0."""
    options = ["--json", "--data", str(tmp_path / "platform"), "--ranker", "engagement", "--latency", "1ms"]
    with subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        lines = []
        while not lines or lines[-1] != "}\n":
            lines.append(served.stdout.readline())
        said = json.loads("".join(lines))
        with httpx.Client(base_url=said["url"], trust_env=False) as client:
            assert client.get("/health").text == "OK"
            assert client.get("/faults").json()["latency_ms"] == 1.0
        served.send_signal(blow)
    assert served.returncode == 0
    assert said["ranker"] == "engagement"
    assert (tmp_path / "platform" / "platform.sqlite3").is_file()
