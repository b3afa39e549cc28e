"""Whole live runs for tests: how they are made, waited for, and held against the platform's own counts."""

import collections
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flashcrowd.core.runlog import RunReader
from flashcrowd.core.scenario import load_scenario
from flashcrowd.load.adapters.mastodon import Mastodon

SCENARIO = """
name: tiny
population: {members: 400}
sessions: {per_day: 12}
content: {posts_per_day: 6, ai_share: 0.5}
reactions: {repost: 0.4, like: 0.4, reply: 0.1, follow: 0.5}
generation: {median: 4s, cap: 20s}
load: {members: 60, duration: DURATION, warm_up: 500ms, time_lapse: 900, history_posts: 30, timeout: 3s}
slo: [errors < 5%]
"""
LONGEST_S = 300
"""A guard against hanging; nothing waits so long, however busy the machine."""

MAIN = "from flashcrowd.cli.main import main; main()"


def live(scenario_path: str, out: Path, town) -> Path:
    """One run in this process, without its report; its directory."""
    from flashcrowd.load.engine import run_live

    return run_live(load_scenario(scenario_path), out, town[1], vault=town[3], quiet=True)


def flashcrowd(*arguments, program: str = MAIN, **options) -> subprocess.Popen:
    """The command line in a process of its own."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def finished(process: subprocess.Popen) -> tuple[int, str, str]:
    """Exit code and what was said, once it has ended by itself."""
    try:
        said, noted = process.communicate(timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return process.returncode, said, noted


def await_rows(process: subprocess.Popen, run: Path, more_than: int = 0, outcome: str = "") -> int:
    """Waits until a run under way has put more than so many requests on disk; how many there are.

    Args:
        outcome: only requests that ended so are counted; "" = all.
    """
    deadline = time.monotonic() + LONGEST_S
    while True:
        rows = 0
        if (run / "run.json").is_file():
            outcomes = RunReader(run).table("requests", ["outcome"])["outcome"].to_pylist()
            rows = outcomes.count(outcome) if outcome else len(outcomes)
        if rows > more_than:
            return rows
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.1)


def sent_by_endpoint(run: Path, adapter=None) -> dict[str, int]:
    """Requests of the record that left, counted as the platform counts them."""
    adapter = adapter or Mastodon()
    table = RunReader(run).table("requests")
    rows = zip(table["action"].to_pylist(), table["start_ns"].to_pylist(), strict=True)
    return dict(collections.Counter(adapter.endpoint(action) for action, start in rows if start >= 0))


def reconciles(run: Path) -> None:
    """What the platform counted is in the record; only what went unanswered may be missing there."""
    from flashcrowd.report.metrics.reconciliation import reconciliation
    from flashcrowd.report.run import load_run

    loaded = load_run(run)
    rows = reconciliation(loaded.requests, loaded.manifest)
    assert rows
    assert [row for row in rows if not row.explained] == []


def of_schedule(run: Path) -> int:
    """Arrivals of the schedule that the record accounts for."""
    sessions = RunReader(run).manifest["sessions"]
    return sessions["offered"] - sessions["caused"] + sessions["stayed_away"]


def answered(platform) -> int:
    """Requests that a platform has answered so far."""
    with urllib.request.urlopen(f"{platform.url}/metrics.json", timeout=LONGEST_S) as answer:
        counts = json.load(answer)
    return sum(counts["requests"].values()) - counts["in_flight"]


@contextmanager
def faults(platform, **switched) -> Iterator[None]:
    """A block in which the platform's faults are switched so; all are off after it."""
    try:
        _switch(platform, switched)
        yield
    finally:
        _switch(platform, {})


def _switch(platform, switched: dict) -> None:
    request = urllib.request.Request(f"{platform.url}/faults", json.dumps(switched).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=LONGEST_S) as answer:
        answer.read()
