"""Tells whether one could hear: silence of others means nothing while one was held up oneself."""

from typing import Final

from flashcrowd.load.runclock import NS

STALL_S: Final = 1.0
"""A turn that comes later than due by more than this was held up."""


class Watch:
    """Looks at the clock once a turn.

    Args:
        now_ns: monotonic time of the first turn.
        turn_s: from one turn to the next.
    """

    def __init__(self, now_ns: int, turn_s: float) -> None:
        self._looked_ns = now_ns
        self._limit_ns = int((turn_s + STALL_S) * NS)

    def was_held_up(self, now_ns: int) -> bool:
        """Whether this turn, now, comes much later after the last than it should."""
        held_up = now_ns - self._looked_ns > self._limit_ns
        self._looked_ns = now_ns
        return held_up
