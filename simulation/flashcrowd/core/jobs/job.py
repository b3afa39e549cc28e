"""One job of many: what it is, what came of it, and who does it."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

Tell = Callable[[float], None]
"""Takes the share of a job that is done, 0..1."""

Work = Callable[[Any, Tell], dict[str, Any]]
"""Does a task and gives a JSON document; must be importable by name, for other processes."""


@dataclass(frozen=True)
class Job:
    """Something to do once.

    Attributes:
        name: different for each job; that of the file of its result.
        key: a digest of all that the result depends on; a kept result of another key is no result.
        task: what the work is given; other processes get a copy.
        group: jobs of one group go one after another to the same worker, which may keep what they share.
    """

    name: str
    key: str
    task: Any
    group: str = ""


@dataclass(frozen=True)
class Done:
    """What a job gave, and how long it took: wall seconds, and seconds of one core."""

    document: dict[str, Any]
    wall_s: float
    cpu_s: float


class Worker(Protocol):
    """Does one task at a time, elsewhere."""

    def submit(self, work: Work, task: Any) -> "Future[Done]":
        """Begin a task."""

    def share_done(self) -> float:
        """The share of the task under way that is done, 0..1; 0 when it is not known."""

    def close(self) -> None:
        """Take no more tasks, and end."""


def timed(work: Work, task: Any, tell: Tell) -> Done:
    """Do a task in this process."""
    began, cpu = time.perf_counter(), time.process_time()
    document = work(task, tell)
    return Done(document, round(time.perf_counter() - began, 2), round(time.process_time() - cpu, 2))
