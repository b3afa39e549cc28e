"""A worker is killed in mid-run: how soon is the offered load back at its level?"""

import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from flashcrowd.core.runlog import RunReader

pytestmark = pytest.mark.bench

SCENARIO = """
name: loss
population: {members: 4000}
load: {members: 2000, duration: 50s, warm_up: 5s, time_lapse: 60, history_posts: 300, profile: "12/s"}
"""
MAIN = "from flashcrowd.cli.main import main; main()"
BEFORE_S = 15
"""The level is that of so many seconds before the loss."""

LEVEL = 0.9
WINDOW_S = 3
LIMIT_S = 10
"""From the loss to the first window of `WINDOW_S` seconds at `LEVEL` of the load before it."""


def workers_of(process) -> list[psutil.Process]:
    """The worker processes of a master."""
    children = psutil.Process(process.pid).children()
    return [child for child in children if "flashcrowd.load.distributed" in child.cmdline()]


def test_load_is_back_within_ten_seconds_of_a_killed_worker(tmp_path):
    """Master and two workers on loopback, one killed with -9: the load comes back, nobody lives twice."""
    run = tmp_path / "run"
    (tmp_path / "loss.yaml").write_text(SCENARIO)
    command = [sys.executable, "-c", MAIN, "load", str(tmp_path / "loss.yaml"), "--processes", "2"]
    process = subprocess.Popen([*command, "--out", str(run), "--quiet"])
    while not list(run.glob("requests/part-*")):
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(20)
    workers_of(process)[0].kill()
    process.wait()
    manifest = RunReader(run).manifest
    rows = RunReader(run).table("requests").to_pandas()
    sent = rows[rows.start_ns >= 0]
    (lost,) = [worker["number"] for worker in manifest["workers"] if worker["state"] == "lost"]
    loss_s = sent[sent.worker == lost].start_ns.max() / 1e9
    at_s = np.sort(sent.start_ns.to_numpy() / 1e9)
    level = ((at_s >= loss_s - BEFORE_S) & (at_s < loss_s)).sum() / BEFORE_S
    ends = np.arange(loss_s + 1, at_s[-1], 0.1)
    rate = np.array([((at_s >= end - WINDOW_S) & (at_s < end)).sum() / WINDOW_S for end in ends])
    after = ends > loss_s + WINDOW_S
    dip = rate[: int(LIMIT_S / 0.1)].min()
    back_s = ends[after & (rate >= LEVEL * level)][0] - loss_s
    print(f"\n{level:.1f}/s before, {dip:.1f}/s at the lowest")
    print(f"{LEVEL:.0%} again {back_s:.1f} s after the loss (goal {LIMIT_S:g})")
    print(f"sessions {manifest['sessions']}")
