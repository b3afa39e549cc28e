"""Jobs: side by side, kept, not repeated."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from pretended import die, fail, pretend

from flashcrowd.core.errors import FlashcrowdError, StorageError
from flashcrowd.core.jobs import Job, run_all, workers_for

JOBS = [Job(f"seed-{seed}", "key", seed) for seed in (1, 2, 3)]


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_of_the_jobs(tmp_path: Path, workers: int) -> None:
    """In this process and in others, each job gives its own result, in the order that was asked for."""
    found = run_all(JOBS, pretend, tmp_path, workers)
    assert [done.document["seed"] for done in found] == [1, 2, 3]
    assert (os.getpid() in {done.document["process"] for done in found}) == (workers == 1)


def test_group_goes_to_one_worker_in_its_order(tmp_path: Path) -> None:
    """What a worker keeps in memory serves all jobs of a group: no two workers share one."""
    jobs = [Job(f"{n}", "key", n, group=str(n % 2)) for n in range(6)]
    found = run_all(jobs, pretend, tmp_path, 2)
    processes = [{done.document["process"] for done in found[first::2]} for first in (0, 1)]
    assert [len(one) for one in processes] == [1, 1]
    order = sorted(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    for remainder in (0, 1):
        mine = [int(path.stem) for path in order if int(path.stem) % 2 == remainder]
        assert mine == sorted(mine)


def test_kept_results_are_not_run_again(tmp_path: Path) -> None:
    """What stopped goes on where it was: only the third job is done, by something that would fail."""
    first = run_all(JOBS[:2], pretend, tmp_path)
    with pytest.raises(ValueError, match="seed 3"):
        run_all(JOBS, fail, tmp_path)
    assert run_all(JOBS[:2], fail, tmp_path) == first


@pytest.mark.parametrize("damage", ["other key", "half a file", "other schema"])
def test_results_of_something_else_are_made_again(tmp_path: Path, damage: str) -> None:
    """What was kept under another key, or was not written whole, is no result."""
    run_all(JOBS[:1], pretend, tmp_path)
    (path,) = tmp_path.iterdir()
    if damage == "half a file":
        path.write_text(path.read_text()[:-20])
    elif damage == "other schema":
        path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": 99}))
    key = "new" if damage == "other key" else "key"
    with pytest.raises(ValueError, match="seed 1"):
        run_all([Job("seed-1", key, 1)], fail, tmp_path)


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_rises_to_one(tmp_path: Path, workers: int) -> None:
    """What is told never falls and ends at 1, with results that were kept counted from the start."""
    run_all(JOBS[:1], pretend, tmp_path)
    told: list[float] = []
    run_all(JOBS, pretend, tmp_path, workers, told.append)
    assert told == sorted(told)
    assert told[0] >= 1 / 3
    assert told[-1] == 1.0


def test_result_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    """A file stands where the folder of results should be."""
    (tmp_path / "seeds").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        run_all(JOBS[:1], pretend, tmp_path / "seeds")


def test_failure_in_another_process_reaches_the_caller(tmp_path: Path) -> None:
    """An error of a job is not swallowed by its worker."""
    with pytest.raises(ValueError, match="seed"):
        run_all(JOBS, fail, tmp_path, 2)


def test_death_of_a_worker_is_said_in_one_line(tmp_path: Path) -> None:
    """A process that is killed, as when memory runs out, ends the call with what to do."""
    with pytest.raises(FlashcrowdError, match=r"died .* run the same command again"):
        run_all(JOBS, die, tmp_path, 2)


PARENT = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from pretended import outlive
from flashcrowd.core.jobs import Job, run_all
if __name__ == "__main__":
    jobs = [Job(name, "key", f"{sys.argv[2]}/{name}.pid") for name in ("a", "b")]
    run_all(jobs, outlive, Path(sys.argv[2]), 2)
"""


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    """Nobody is left computing for a caller that is no more."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen([sys.executable, str(script), str(Path(__file__).parent), str(tmp_path)])
    written: list[str] = []
    while len(written) < 2:
        assert parent.poll() is None, "the parent ended on its own"
        written = [path.read_text() for path in tmp_path.glob("*.pid") if path.read_text()]
        os.sched_yield()
    children = [psutil.Process(int(pid)) for pid in written]
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []


def test_workers_fit_into_memory() -> None:
    """A run larger than the machine still gets one process."""
    assert workers_for(1e18) == 1
    assert workers_for(1.0) == os.cpu_count()
