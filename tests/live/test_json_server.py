"""A server that nobody here wrote, json-server from npm, driven by its mapping file alone."""

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from flashcrowd.core.runlog import RunReader

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]
MAPPING = ROOT / "loadtests" / "mappings" / "json_server.yaml"
VERSION = "0.17.4"
INSTALLED = ROOT / "build" / "json-server"
COLLECTIONS = ("users", "posts", "likes", "shares", "follows", "reports")
LIMIT_S = 120
VERDICTS = (0, 1, 4, 5)
"""What a run may be found on a busy machine; only 6 is the harness's own failure."""

SCENARIO = """
purpose: A lively evening on a small platform.
population: {members: 400}
content: {posts_per_day: 4}
reactions: {like: 0.2, repost: 0.1, reply: 0.08, follow: 0.3}
load: {members: 60, duration: 20s, warm_up: 2s, time_lapse: 300, history_posts: 100}
slo: ["home.p95 < 1s", "errors < 1%"]
"""


def installed() -> Path:
    """json-server, from the npm registry; kept between runs."""
    npm = shutil.which("npm")
    assert npm, "npm is needed (Node 18 or later)"
    command = INSTALLED / "node_modules" / ".bin" / "json-server"
    if not command.exists():
        INSTALLED.mkdir(parents=True, exist_ok=True)
        arguments = [
            npm,
            "install",
            "--no-fund",
            "--no-audit",
            "--prefix",
            INSTALLED,
            f"json-server@{VERSION}",
        ]
        subprocess.run(arguments, check=True, capture_output=True, timeout=600)
    return command


@pytest.fixture
def server(tmp_path):
    """Its base URL, while it runs on loopback."""
    database = tmp_path / "db.json"
    database.write_text(json.dumps({name: [] for name in COLLECTIONS}))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [installed(), "--host", "127.0.0.1", "--port", str(port), "--quiet", database]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield awaited(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(10)


def awaited(url: str, process: subprocess.Popen) -> str:
    """The URL, once it answers."""
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "json-server ended at its start"
        try:
            count(url, "users")
        except OSError:
            time.sleep(0.1)
        else:
            return url
    raise AssertionError("json-server does not answer")


def count(url: str, collection: str) -> int:
    """Rows of a collection, as the server counts them."""
    with urllib.request.urlopen(f"{url}/{collection}?_limit=1", timeout=10) as answer:
        return int(answer.headers["X-Total-Count"])


def flashcrowd(*arguments, codes=(0,)) -> str:
    """What a command says; it must end with one of these codes."""
    command = [shutil.which("flashcrowd") or ROOT / ".venv/bin/flashcrowd", *map(str, arguments)]
    done = subprocess.run(command, text=True, capture_output=True, timeout=LIMIT_S, check=False)
    assert done.returncode in codes, done.stderr
    return done.stdout


def test_members_live_on_json_server_by_its_mapping_alone(server, tmp_path):
    """Provision, provision again, live, clean: what the server then holds is what the record says."""
    scenario, run = tmp_path / "evening.yaml", tmp_path / "run"
    scenario.write_text(SCENARIO)
    target = ("--target", server, "--adapter", MAPPING, "--vault", tmp_path / "v.jsonl")
    made = json.loads(flashcrowd("provision", scenario, *target, "--json"))
    again = json.loads(flashcrowd("provision", scenario, *target, "--json"))
    assert (made["accounts_made"], made["posts_made"], count(server, "users")) == (60, 100, 60)
    assert (again["accounts_made"], again["posts_made"], again["follows_made"]) == (0, 0, 0)
    report = json.loads(flashcrowd("load", scenario, *target, "--out", run, "--json", codes=VERDICTS))
    rows = RunReader(run).table("requests").to_pandas()
    ok = rows[rows.outcome == "ok"].action.value_counts()
    print(f"\n{report['verdict']['word']}: {ok[ok > 0].to_dict()}")
    assert {"home", "thread", "profile", "post", "reply", "like", "repost", "follow"} <= set(ok[ok > 0].index)
    assert count(server, "posts") == 100 + ok["post"] + ok["reply"]
    assert (count(server, "likes"), count(server, "shares")) == (ok["like"], ok["repost"])
    removed = json.loads(flashcrowd("provision", scenario, *target, "--clean", "--json"))
    assert (removed["posts"], removed["accounts"], count(server, "users")) == (100, 60, 0)
