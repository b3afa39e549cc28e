"""What a study runs: how many members, which seeds, how long, and which part of it is judged."""

from dataclasses import dataclass
from typing import Any, Final

from flashcrowd.core.clock import DAY, HOUR

LONG_DAYS: Final = 15
"""Days from which cascades are followed up for a week."""


@dataclass(frozen=True)
class Plan:
    """One study.

    Attributes:
        members: size of the population.
        seeds: one run each.
        days: length of a run, scenario days.
        quick: whether facts that need more than this may stay open.
        nulls: whether the null models run beside the society.
    """

    members: int
    seeds: tuple[int, ...]
    days: float
    quick: bool = False
    nulls: bool = True

    @property
    def end_s(self) -> float:
        """Scenario seconds of a run, whole hours."""
        return max(4.0, self.days * DAY // HOUR) * HOUR

    @property
    def start_s(self) -> float:
        """End of the warm-up: a day, at most a quarter of the run. The society starts with empty feeds."""
        return min(DAY, self.end_s / 4 // HOUR * HOUR)

    @property
    def follow_up_s(self) -> float:
        """How long cascades are followed up: two days, at most half of the window; a week in long runs."""
        if self.days >= LONG_DAYS:
            return 7 * DAY
        return min(2 * DAY, (self.end_s - self.start_s) / 2 // HOUR * HOUR)

    def as_json(self) -> dict[str, Any]:
        """The plan for machines."""
        return {
            "members": self.members,
            "seeds": list(self.seeds),
            "days": self.end_s / DAY,
            "warm_up_days": self.start_s / DAY,
            "follow_up_days": self.follow_up_s / DAY,
            "quick": self.quick,
            "nulls": self.nulls,
        }
