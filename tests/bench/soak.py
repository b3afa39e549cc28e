"""`make soak`: does the harness grow? A long run at a steady rate, its memory looked at all the time.

Prints the memory of the harness (not of the platform) by minute, and by how much it grew from after the first
two minutes to the end. Leaves with 1 when it grew by `MOST_GROWTH` or more.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np
import psutil

from flashcrowd.core.runlog import RunReader

SCENARIO = """
name: soak
purpose: A steady crowd for a long time.
population: {{members: 4000}}
load: {{members: 2000, duration: {seconds}s, time_lapse: 60, history_posts: 500, profile: "{rate}/s"}}
"""
PAGES_PER_SESSION: Final = 11.6
"""Requests that a visit of this scenario sends, measured; the rate that came about is printed."""

SETTLED_S: Final = 120.0
LOOK_S: Final = 2.0
MOST_GROWTH: Final = 0.05
MB: Final = 1e6


def main() -> int:
    """Run, watch, print; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=300.0, help="requests a second")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="flashcrowd-soak-") as folder:
        run = Path(folder) / "run"
        process = started(Path(folder), run, options.minutes * 60, options.rate)
        looks = watched(process, run)
        if process.returncode not in (0, 1, 5):
            return process.returncode
        return told(np.array(looks), RunReader(run))


def started(folder: Path, run: Path, seconds: float, rate: float) -> subprocess.Popen[bytes]:
    """The run, under way."""
    scenario = folder / "soak.yaml"
    scenario.write_text(SCENARIO.format(seconds=seconds, rate=round(rate / PAGES_PER_SESSION, 2)))
    command = ["from flashcrowd.cli.main import main; main()", "load", str(scenario), "--out", str(run)]
    return subprocess.Popen([sys.executable, "-c", *command])


def watched(process: subprocess.Popen[bytes], run: Path) -> list[tuple[float, float]]:
    """(seconds since the first request was recorded, resident MB), until the crowd has gone."""
    harness = psutil.Process(process.pid)
    looks: list[tuple[float, float]] = []
    begun_s = 0.0
    while process.poll() is None:
        if not begun_s and list(run.glob("requests/part-*")):
            begun_s = time.monotonic()
        if begun_s and not (run / "members.parquet").exists():  # then comes the report, which reads it all
            looks.append((time.monotonic() - begun_s, harness.memory_info().rss / MB))
        time.sleep(LOOK_S)
    return looks


def told(looks: np.ndarray, reader: RunReader) -> int:
    """Print what was seen; the exit code."""
    at_s, used = looks[:, 0], looks[:, 1]
    minutes = (at_s // 60).astype(int)
    print("minute  resident MB (mean of the minute)")
    for minute in np.unique(minutes):
        print(f"{minute:6d}  {used[minutes == minute].mean():8.1f}")
    settled = used[(at_s >= SETTLED_S) & (at_s < SETTLED_S + 60)].mean()
    final = used[at_s >= at_s[-1] - 60].mean()
    growth = final / settled - 1
    rows = reader.table("requests", ["intended_ns"]).num_rows
    print(f"{rows:,} requests in {at_s[-1]:,.0f} s: {rows / at_s[-1]:,.0f} a second")
    print(f"after two minutes {settled:.1f} MB, in the last minute {final:.1f} MB: {growth:+.2%}")
    print(f"limit {MOST_GROWTH:.0%}: {'held' if growth < MOST_GROWTH else 'missed'}")
    return int(growth >= MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
