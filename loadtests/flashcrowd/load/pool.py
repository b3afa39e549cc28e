"""Reused greenlets that step whatever they are given: as many as requests may be in flight at once."""

from collections import deque
from collections.abc import Callable
from typing import Any, Final

import gevent
from gevent import get_hub, getcurrent

from flashcrowd.load.line import Cut
from flashcrowd.load.scene import Task

BURST: Final = 16
"""Tasks begun in a row before the event loop looks at what has come in meanwhile: answers that wait for
their stamps would seem slower than they were."""


class Pool:
    """The workers of one process, who come when they are needed.

    A worker that finds nothing to do rests outside every queue, and the event loop switches straight to it
    when there is something. When none rests and no more may come, what is given waits in its order.

    Args:
        size: most workers.
        step: does one step of a task.
        fail: is told what a step died of.
    """

    def __init__(self, size: int, step: Callable[[Task], None], fail: Callable[[Exception], None]) -> None:
        self.size = size
        self.busy = 0
        self.most_busy = 0
        self._step = step
        self._fail = fail
        self._ready: deque[Task] = deque()
        self._resting: list[Any] = []
        self._workers: list[gevent.Greenlet] = []
        self._coming = 0
        self._ended = False

    def end(self) -> None:
        """Cut short what is under way, and let the workers go; nobody comes any more."""
        self._ended = True
        self._resting.clear()
        gevent.killall(self._workers, Cut, block=True)

    def give(self, task: Task) -> None:
        """Take a task; it is begun by the next free worker, or by `set_to_work`."""
        self._ready.append(task)

    @property
    def waiting(self) -> int:
        """Tasks that no worker has begun."""
        return len(self._ready)

    def set_to_work(self) -> bool:
        """Begin what waits, `BURST` tasks at most; whether workers and tasks are left.

        Only the event loop calls this: a worker that has to wait gives the turn back to it.
        """
        for _ in range(BURST):
            if self._resting and self._ready:
                self._resting.pop().switch(self._ready.popleft())
            elif self._may_grow:
                self._grow()
            else:
                return False
        return bool(self._ready and self._resting) or self._may_grow

    @property
    def _may_grow(self) -> bool:
        """Whether something waits for which nobody is there, or on the way, and one more may come."""
        there = len(self._workers) + self._coming
        return self._coming < len(self._ready) and there < self.size and not self._ended

    def _grow(self) -> None:
        """Let one more worker come: it looks for work by itself."""
        self._coming += 1
        gevent.spawn(self._work)

    def _work(self) -> None:
        """A worker: steps one task after the other until it is cut."""
        self._coming -= 1
        if self._ended:
            return
        self._workers.append(getcurrent())
        try:
            while True:
                task = self._ready.popleft() if self._ready else self._rest()
                self.busy += 1
                if self.busy > self.most_busy:
                    self.most_busy = self.busy
                try:
                    self._step(task)
                finally:
                    self.busy -= 1
        except Cut:
            return
        except Exception as error:
            self._fail(error)

    def _rest(self) -> Any:
        """Wait for the next task."""
        self._resting.append(getcurrent())
        return get_hub().switch()
