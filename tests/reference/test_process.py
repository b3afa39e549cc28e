"""The platform's process starts, says where it is, and never outlives its parent."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from flashcrowd.core.errors import FlashcrowdError
from flashcrowd.reference.process import ReferencePlatform, is_healthy
from flashcrowd.reference.settings import Settings

PARENT = """
import time
from flashcrowd.reference.process import ReferencePlatform
with ReferencePlatform() as platform:
    print(platform.pid, platform.url, platform.data, flush=True)
    time.sleep(600)
"""
LIMIT_S = 30.0


def test_platform_runs_inside_the_block_only() -> None:
    """It answers inside; afterwards process and temporary data are gone."""
    with ReferencePlatform() as platform:
        assert is_healthy(platform.url)
        assert platform.is_running
        consent = httpx.get(f"{platform.url}/.well-known/flashcrowd.txt", trust_env=False)
        assert consent.text.startswith("flashcrowd")
        pid, data = platform.pid, platform.data
        assert (data / "platform.sqlite3").is_file()
    assert not is_healthy(platform.url)
    assert not _is_alive(pid)
    assert not data.exists()


def test_data_of_a_named_folder_stays(tmp_path: Path) -> None:
    """What was registered is still known after a restart."""
    with ReferencePlatform(Settings(data=tmp_path)) as first:
        app = httpx.post(f"{first.url}/api/v1/apps", data={"client_name": "kept"}, trust_env=False).json()
    form = {"grant_type": "client_credentials", "scope": "read"}
    form |= {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    with ReferencePlatform(Settings(data=tmp_path)) as second:
        assert httpx.post(f"{second.url}/oauth/token", data=form, trust_env=False).status_code == 200


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
def test_child_ends_when_its_parent_dies(blow: signal.Signals) -> None:
    """Whatever the parent dies of, the platform's process and its temporary data are soon gone."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, url, data = parent.stdout.readline().split()
        assert is_healthy(url)
        parent.send_signal(blow)
    _wait_until_gone(int(pid))
    assert not Path(data).exists()


def test_acknowledged_writes_survive_a_kill(tmp_path: Path) -> None:
    """After SIGKILL of the platform everything that was answered is in the database."""
    with ReferencePlatform(Settings(data=tmp_path)) as first:
        made = [_register(first.url, number) for number in range(50)]
        os.kill(first.pid, signal.SIGKILL)
    with ReferencePlatform(Settings(data=tmp_path)) as second:
        form = {"grant_type": "client_credentials", "scope": "read"}
        with httpx.Client(base_url=second.url, trust_env=False) as client:
            known = [client.post("/oauth/token", data={**form, **app}).status_code for app in made]
    assert known == [200] * len(made)


def test_taken_port_is_one_clear_line() -> None:
    """The error names the port, and nothing of the failed start is left."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        platform = ReferencePlatform(port=port)
        with pytest.raises(FlashcrowdError, match=rf"did not start: port {port} on 127\.0\.0\.1 is taken"):
            platform.__enter__()
    assert not platform.data.exists()


def test_unknown_ranker_is_one_clear_line() -> None:
    """A wrong setting that only the child can judge is told by the parent."""
    with pytest.raises(FlashcrowdError, match="unknown ranker 'magic'; known: chronological"):
        ReferencePlatform(Settings(ranker="magic")).__enter__()


def _register(url: str, number: int) -> dict[str, str]:
    app = httpx.post(f"{url}/api/v1/apps", data={"client_name": f"app {number}"}, trust_env=False).json()
    return {"client_id": app["client_id"], "client_secret": app["client_secret"]}


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _wait_until_gone(pid: int) -> None:
    limit_s = time.monotonic() + LIMIT_S
    while _is_alive(pid):
        assert time.monotonic() < limit_s, "the child outlived its parent"
        time.sleep(0.05)
