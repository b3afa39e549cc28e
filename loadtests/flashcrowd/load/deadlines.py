"""Cuts waits short when their time is over, by one timer for all of them.

A timer for every request would be made and thrown away without ever ringing.
"""

from time import monotonic_ns
from typing import Any

from flashcrowd.load.alarm import Alarm


class Deadlines:
    """Until when (monotonic ns) greenlets may wait; whoever waits longer is thrown a `TimeoutError`."""

    __slots__ = ("_alarm", "_due_ns")

    def __init__(self) -> None:
        self._due_ns: dict[Any, int] = {}
        self._alarm = Alarm(self._ring)

    def set(self, waiter: Any, due_ns: int) -> None:
        """Let a greenlet wait until then, and no longer, unless `clear` comes before."""
        self._due_ns[waiter] = due_ns
        self._alarm.set(due_ns)

    def clear(self, waiter: Any) -> None:
        """Let a greenlet wait as long as it likes."""
        self._due_ns.pop(waiter, None)

    def close(self) -> None:
        """Put the timer away, unless somebody waits."""
        if not self._due_ns:
            self._alarm.silence()

    def _ring(self) -> None:
        """Cut short whose time is over, and see to the next; the event loop calls this."""
        now_ns = monotonic_ns()
        for waiter in [one for one, due_ns in self._due_ns.items() if due_ns <= now_ns]:
            if self._due_ns.pop(waiter, None) is not None:
                waiter.throw(TimeoutError)
        if self._due_ns:
            self._alarm.set(min(self._due_ns.values()))
