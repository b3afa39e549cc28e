"""Runs of a study: side by side, kept, not repeated."""

import json
import os
from pathlib import Path

import pytest
from pretended import fail, pretend

from flashcrowd.core.errors import StorageError
from flashcrowd.report.realism.plan import Plan
from flashcrowd.report.realism.runs import Job, run_all, workers_for

PLAN = Plan(members=100, seeds=(1, 2, 3), days=2)
JOBS = [Job("default", seed, {}, PLAN) for seed in PLAN.seeds]


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_of_the_jobs(tmp_path: Path, workers: int) -> None:
    """In this process and in others, each job gives its own readings, in the order that was asked for."""
    results = run_all(JOBS, pretend, tmp_path, "key", workers)
    figures = [result.models["society"]["seed"].figures["x"] for result in results]
    assert [figure.value for figure in figures] == [1, 2, 3]
    assert (os.getpid() in {figure.n for figure in figures}) == (workers == 1)


def test_kept_results_are_not_run_again(tmp_path: Path) -> None:
    """A study that stopped goes on where it was: only the third seed is run, by something that would fail."""
    first = run_all(JOBS[:2], pretend, tmp_path, "key", 1)
    with pytest.raises(ValueError, match="seed 3"):
        run_all(JOBS, fail, tmp_path, "key", 1)
    again = run_all(JOBS[:2], fail, tmp_path, "key", 1)
    assert [result.models["society"]["seed"].figures for result in again] == [
        result.models["society"]["seed"].figures for result in first
    ]


@pytest.mark.parametrize("damage", ["other key", "half a file", "other schema"])
def test_results_of_another_study_are_run_again(tmp_path: Path, damage: str) -> None:
    """What was kept under other settings, or was not written whole, is no result."""
    run_all(JOBS[:1], pretend, tmp_path, "key", 1)
    (path,) = (tmp_path / "seeds").iterdir()
    if damage == "half a file":
        path.write_text(path.read_text()[:-20])
    elif damage == "other schema":
        path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": 99}))
    with pytest.raises(ValueError, match="seed 1"):
        run_all(JOBS[:1], fail, tmp_path, "new" if damage == "other key" else "key", 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_rises_to_one(tmp_path: Path, workers: int) -> None:
    """What is told never falls and ends at 1, with results that were kept counted from the start."""
    run_all(JOBS[:1], pretend, tmp_path, "key", 1)
    told: list[float] = []
    run_all(JOBS, pretend, tmp_path, "key", workers, told.append)
    assert told == sorted(told)
    assert told[0] >= 1 / 3
    assert told[-1] == 1.0


def test_result_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    """A file stands where the folder of results should be."""
    (tmp_path / "seeds").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        run_all(JOBS[:1], pretend, tmp_path, "key", 1)


def test_failure_in_another_process_reaches_the_caller(tmp_path: Path) -> None:
    """An error of a run is not swallowed by the pool."""
    with pytest.raises(ValueError, match="seed"):
        run_all(JOBS, fail, tmp_path, "key", 2)


def test_workers_fit_into_memory() -> None:
    """A run larger than the machine still gets one process."""
    assert workers_for(1e18) == 1
    assert workers_for(1.0) == os.cpu_count()


@pytest.mark.parametrize(
    ("days", "warm_up_h", "follow_up_h"), [(7, 24, 48), (2, 12, 18), (1, 6, 9), (20, 24, 168)]
)
def test_plan_leaves_room_for_warm_up_and_follow_up(
    days: float, warm_up_h: float, follow_up_h: float
) -> None:
    """A day and two of them in a week; whole hours and some originals to judge in whatever is asked for."""
    plan = Plan(100, (1,), days)
    assert (plan.start_s / 3600, plan.follow_up_s / 3600) == (warm_up_h, follow_up_h)
    assert plan.end_s - plan.follow_up_s > plan.start_s
