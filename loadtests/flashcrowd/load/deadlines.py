"""Cuts waits short when their time is over, by one timer for all of them.

A timer for every request would be made and thrown away without ever ringing.
"""

from time import monotonic_ns
from typing import Any, Final

from gevent import get_hub

FAR_NS: Final = 1 << 62


class Deadlines:
    """Until when (monotonic ns) greenlets may wait; whoever waits longer is thrown a `TimeoutError`."""

    __slots__ = ("_due_ns", "_rings_at_ns", "_timer")

    def __init__(self) -> None:
        self._due_ns: dict[Any, int] = {}
        self._rings_at_ns = FAR_NS
        self._timer: Any = None

    def set(self, waiter: Any, due_ns: int) -> None:
        """Let a greenlet wait until then, and no longer, unless `clear` comes before."""
        self._due_ns[waiter] = due_ns
        if due_ns < self._rings_at_ns:
            self._ring_at(due_ns)

    def clear(self, waiter: Any) -> None:
        """Let a greenlet wait as long as it likes."""
        self._due_ns.pop(waiter, None)

    def close(self) -> None:
        """Put the timer away, unless somebody waits."""
        if not self._due_ns:
            self._silence()

    def _ring_at(self, at_ns: int) -> None:
        self._silence()
        self._rings_at_ns = at_ns
        self._timer = get_hub().loop.timer(max(0, at_ns - monotonic_ns()) / 1e9)
        self._timer.start(self._ring, update=True)

    def _silence(self) -> None:
        if self._timer is not None:
            self._timer.close()
        self._timer, self._rings_at_ns = None, FAR_NS

    def _ring(self) -> None:
        """Cut short whose time is over, and see to the next; the event loop calls this."""
        self._silence()
        now_ns = monotonic_ns()
        for waiter in [one for one, due_ns in self._due_ns.items() if due_ns <= now_ns]:
            if self._due_ns.pop(waiter, None) is not None:
                waiter.throw(TimeoutError)
        if self._due_ns:
            next_ns = min(self._due_ns.values())
            if next_ns < self._rings_at_ns:
                self._ring_at(next_ns)
