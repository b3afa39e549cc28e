"""Wall time and scenario time of one live run, tied together by `time_lapse`."""

from time import monotonic_ns
from typing import Final

NS: Final = 1_000_000_000


class RunClock:
    """Turns monotonic nanoseconds into scenario seconds, and back.

    Args:
        starts_at_s: scenario time at the run's beginning.
        time_lapse: scenario seconds per wall second, > 0.
        origin_ns: monotonic time of the run's beginning; now, unless given.
    """

    __slots__ = ("origin_ns", "starts_at_s", "time_lapse")

    def __init__(self, starts_at_s: float, time_lapse: float, origin_ns: int | None = None) -> None:
        self.starts_at_s = starts_at_s
        self.time_lapse = time_lapse
        self.origin_ns = monotonic_ns() if origin_ns is None else origin_ns

    def scenario_s(self, at_ns: int) -> float:
        """Scenario time at a monotonic time.

        >>> RunClock(100.0, 60.0, origin_ns=0).scenario_s(2 * NS)
        220.0
        """
        return self.starts_at_s + (at_ns - self.origin_ns) / NS * self.time_lapse

    def due_ns(self, scenario_s: float) -> int:
        """The monotonic time at which scenario time `scenario_s` is reached.

        >>> RunClock(100.0, 60.0, origin_ns=5).due_ns(220.0)
        2000000005
        """
        return self.origin_ns + self.wall_ns(scenario_s - self.starts_at_s)

    def wall_ns(self, scenario_s: float) -> int:
        """Nanoseconds of wall time that `scenario_s` scenario seconds last."""
        return int(scenario_s / self.time_lapse * NS)
