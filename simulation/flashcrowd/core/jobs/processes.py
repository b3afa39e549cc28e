"""Workers that are processes of this machine."""

import multiprocessing
import os
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any

from flashcrowd.core.jobs.job import Done, Work, timed


class ProcessWorker:
    """One process, which stays for the next task."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")  # compiled code and threads do not survive a fork
        self._share: Any = context.Value("d", 0.0)
        self._pool = ProcessPoolExecutor(1, context, _begin_child, (self._share,))

    def submit(self, work: Work, task: Any) -> "Future[Done]":
        """Begin a task."""
        self._share.value = 0.0
        return self._pool.submit(_in_child, work, task)

    def share_done(self) -> float:
        """The share of the task under way that is done, 0..1."""
        return float(self._share.value)

    def close(self) -> None:
        """Take no more tasks; the process ends with the one under way."""
        self._pool.shutdown(wait=False, cancel_futures=True)


_progress: Any = None
"""In a child: the share done of its task, shared with the parent."""


def _begin_child(share: Any) -> None:
    global _progress
    _progress = share
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave when the parent was killed: nobody would take the result."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _in_child(work: Work, task: Any) -> Done:
    def tell(share: float) -> None:
        _progress.value = share

    return timed(work, task, tell)
