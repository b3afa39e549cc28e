"""The report of a large run: time, memory, and the size of its page."""

import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

import made_runs

from flashcrowd.core.runlog import RunWriter
from flashcrowd.core.scenario import Scenario

pytestmark = pytest.mark.bench

REQUESTS, ACTIONS, MEMBERS = 1_000_000, 5_000_000, 200_000
SECONDS, LAPSE = 1000, 60.0
MOST_S, MOST_GB, MOST_PAGE_MB = 30, 3, 3


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A live run of a million requests and five million actions."""
    scenario = Scenario().changed(**{"name": "large", "slo": ("home.p95 < 300ms",), "load.time_lapse": LAPSE})
    details = {"target": "http://127.0.0.1:8000", "adapter": "mastodon", "live_members": MEMBERS,
               "time_lapse": LAPSE, "worker_cpu_share": [0.5]}  # fmt: skip
    path = tmp_path_factory.mktemp("large")
    writer = RunWriter(path, scenario, "live", details)
    begin = scenario.load.starts_at
    rows = made_runs.society_rows(MEMBERS, SECONDS * LAPSE, 250_000, 3_000_000, 1, begin)
    while len(rows["seq"]) < ACTIONS:
        more = made_runs.action_rows(
            ACTIONS - len(rows["seq"]),
            t=np.full(ACTIONS - len(rows["seq"]), rows["t"][-1]),
            member=np.arange(ACTIONS - len(rows["seq"]), dtype=np.int32) % MEMBERS,
        )
        rows = made_runs.stacked(rows, more)
    rows["seq"] = np.arange(len(rows["seq"]))
    writer.append("actions", rows)
    writer.append("requests", made_runs.live_requests(SECONDS, REQUESTS / SECONDS, 2.0, MEMBERS, 1))
    writer.write_members(made_runs.members_columns(MEMBERS, MEMBERS), made_runs.PERSONAS, made_runs.REGIONS)
    writer.close()
    return path


def test_report_of_a_million_requests_is_made_quickly(large: Path):
    """The promise: at most 30 s and 3 GB for 1 M requests and 5 M actions, in a process of its own."""
    command = [str(Path(sys.executable).with_name("flashcrowd")), "report", str(large), "--quiet"]
    begun = time.monotonic()
    done = subprocess.run(command, check=False)
    wall_s = time.monotonic() - begun
    peak_gb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    page_mb = (large / "report.html").stat().st_size / 1e6
    print(
        f"\nreport of 1 M requests and 5 M actions: {wall_s:.1f} s (goal {MOST_S:g}), {peak_gb:.2f} GB "
        f"(goal {MOST_GB:g}), page {page_mb:.2f} MB (goal {MOST_PAGE_MB:g})"
    )
    assert done.returncode == 0
