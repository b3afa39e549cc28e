"""Does jobs: those that were not done before, in this process or by workers."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from functools import partial
from pathlib import Path
from typing import Final

from flashcrowd.core.errors import FlashcrowdError
from flashcrowd.core.jobs.job import Done, Job, Tell, Work, Worker, timed
from flashcrowd.core.jobs.kept import keep, kept
from flashcrowd.core.jobs.processes import ProcessWorker

POLL_S: Final = 0.5

Told = Callable[[str, float], None]
"""Takes the name of a job and the share of it that is done."""


def run_all(
    jobs: Sequence[Job],
    work: Work,
    folder: Path,
    workers: int = 1,
    tell: Tell = lambda share: None,
    hire: Callable[[], Worker] = ProcessWorker,
) -> list[Done]:
    """What all jobs give, in their order; those that an earlier call left in `folder` are not done again.

    Args:
        work: does the task of a job.
        workers: at once; with 1 process everything runs in this one.
        tell: takes the share of all jobs that is done.
        hire: makes a worker.

    Raises:
        StorageError: when a result cannot be written.
        FlashcrowdError: when a worker died.
    """
    found = {job.name: kept(folder, job) for job in jobs}
    shares = {name: 0.0 if done is None else 1.0 for name, done in found.items()}
    missing = [job for job in jobs if found[job.name] is None]

    def told(name: str, share: float) -> None:
        shares[name] = max(shares[name], share)
        tell(sum(shares.values()) / len(shares))

    alone = hire is ProcessWorker and (workers == 1 or len(missing) < 2)
    results = _in_turn(missing, work, told) if alone else _by_workers(missing, work, told, workers, hire)
    for job, done in results:
        keep(folder, job, done)
        found[job.name] = done
        told(job.name, 1.0)
    return [done for done in found.values() if done is not None]


def workers_for(bytes_each: float) -> int:
    """Processes that this machine has cores and memory for, at least one, when each takes so many bytes."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):  # not every system tells
        return 1
    return max(1, min(os.cpu_count() or 1, int(0.6 * memory / bytes_each)))


def _in_turn(jobs: Sequence[Job], work: Work, told: Told) -> Iterator[tuple[Job, Done]]:
    for group in _groups(jobs):
        for job in group:
            yield job, timed(work, job.task, partial(told, job.name))


def _by_workers(
    jobs: Sequence[Job], work: Work, told: Told, workers: int, hire: Callable[[], Worker]
) -> Iterator[tuple[Job, Done]]:
    waiting = _groups(jobs)
    hired = [hire() for _ in range(min(workers, len(waiting)))]
    queues: list[deque[Job]] = [deque() for _ in hired]
    under_way: dict[Future[Done], int] = {}

    def begin_next(number: int) -> None:
        if not queues[number] and waiting:
            queues[number] = waiting.popleft()
        if queues[number]:
            under_way[hired[number].submit(work, queues[number][0].task)] = number

    try:
        for number in range(len(hired)):
            begin_next(number)
        while under_way:
            finished, _ = wait(under_way, POLL_S, FIRST_COMPLETED)
            for number in under_way.values():
                told(queues[number][0].name, hired[number].share_done())
            for future in finished:
                number = under_way.pop(future)
                done = _result(future)
                yield queues[number].popleft(), done
                begin_next(number)
    finally:
        for worker in hired:
            worker.close()


def _groups(jobs: Sequence[Job]) -> deque[deque[Job]]:
    """The jobs by group, groups and jobs in the order in which they first stand; each alone without one."""
    groups: dict[str, deque[Job]] = {}
    for job in jobs:
        groups.setdefault(job.group or f"\0{job.name}", deque()).append(job)
    return deque(groups.values())


def _result(future: "Future[Done]") -> Done:
    try:
        return future.result()
    except BrokenExecutor as error:
        raise FlashcrowdError(
            "a process that did a run died (killed, or out of memory); what was done is kept: "
            "run the same command again to go on"
        ) from error
