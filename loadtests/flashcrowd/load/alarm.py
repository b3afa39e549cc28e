"""One timer of the event loop that is set again and again: to the earliest time that anybody asks for."""

from collections.abc import Callable
from time import monotonic_ns
from typing import Any, Final

from gevent import get_hub

from flashcrowd.load.runclock import NS

FAR_NS: Final = 1 << 62
"""Never."""


class Alarm:
    """Calls a function, in the event loop, at a monotonic time (ns).

    `at_ns`: when it will; `FAR_NS` = it is not set.
    """

    __slots__ = ("_ring", "_timer", "at_ns")

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._timer: Any = None
        self.at_ns = FAR_NS

    def set(self, at_ns: int) -> None:
        """Have the function called then, unless it will be before."""
        if at_ns >= self.at_ns:
            return
        self.silence()
        self.at_ns = at_ns
        self._timer = get_hub().loop.timer(max(0, at_ns - monotonic_ns()) / NS)
        self._timer.start(self._go_off, update=True)

    def silence(self) -> None:
        """Do not call it."""
        if self._timer is not None:
            self._timer.close()
        self._timer, self.at_ns = None, FAR_NS

    def _go_off(self) -> None:
        self.silence()
        self._ring()
