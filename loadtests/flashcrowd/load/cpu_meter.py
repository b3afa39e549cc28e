"""How busy the generator was, and how much more it would have done had the machine let it."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic_ns, process_time
from typing import Final, NamedTuple

import gevent

from flashcrowd.load.runclock import NS

WAITED: Final = Path("/proc/thread-self/schedstat")
"""Linux: nanoseconds that a thread ran, and that it waited for a processor while it could have run."""


class Stamp(NamedTuple):
    """What had been used at a moment: `at_ns` (monotonic), processor seconds, seconds waited for one."""

    at_ns: int
    spent_s: float
    waited_s: float


class CpuMeter:
    """The use of one core by the generator over a window of the run; before it, since the run began.

    Args:
        begin_ns, end_ns: the window (monotonic).
    """

    def __init__(self, begin_ns: int, end_ns: int) -> None:
        self._begin_ns = begin_ns
        self._end_ns = end_ns
        self._from = stamp()
        self._to: Stamp | None = None

    def watch(self) -> None:
        """Take the processor time at both ends of the window."""
        gevent.sleep(max(0.0, (self._begin_ns - monotonic_ns()) / NS))
        self._from = stamp()
        gevent.sleep(max(0.0, (self._end_ns - monotonic_ns()) / NS))
        self._to = stamp()

    def share(self) -> float | None:
        """Mean share of one core that was used, 0..1 (more when threads worked too); None for no time."""
        return self._per_second(lambda at: at.spent_s)

    def demand(self) -> float | None:
        """The share with what it would have used had it not waited for a processor."""
        return self._per_second(lambda at: at.spent_s + at.waited_s)

    def _per_second(self, of: Callable[[Stamp], float]) -> float | None:
        begin, end = self._from, self._to or stamp()
        wall_s = (end.at_ns - begin.at_ns) / NS
        return round((of(end) - of(begin)) / wall_s, 4) if wall_s > 0 else None


def stamp() -> Stamp:
    """What has been used until now; nothing was waited where the system does not tell."""
    try:
        waited_s = int(WAITED.read_text().split()[1]) / NS
    except (OSError, ValueError, IndexError):
        waited_s = 0.0
    return Stamp(monotonic_ns(), process_time(), waited_s)
