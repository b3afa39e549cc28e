"""Notifications that bring people back: a post wakes a few of its author's followers within minutes.

Without them every reaction waits for the follower's next visit of its own; a small share of pushes is what
makes the first minutes of a cascade as fast as they are.
"""

import math
from typing import Any, Final

from flashcrowd.core.clock import MINUTE
from flashcrowd.core.draws import fold, normal, poisson, uniform
from flashcrowd.sim.calendar import day_profile

DELAY_S: Final = 2.5 * MINUTE
DELAY_SIGMA: Final = 1.2
SHORT_VISIT: Final = 0.3
"""Length of a visit that a notification causes, relative to others: people look, and leave."""

BUSIEST: Final = 2.12
"""`calendar.day_profile` at its peak."""

INVERSION_LIMIT: Final = 30.0


def visit_budget(mean_s: float, pushed: bool) -> float:
    """Mean seconds of a visit, given the mean of those that members make of their own accord."""
    return SHORT_VISIT * mean_s if pushed else mean_s


def visit_mood(posting_mood: float, pushed: bool) -> float:
    """Readiness to post in a visit, given that of a visit of the member's own accord: who is called does not
    post."""
    return 0.0 if pushed else posting_mood


def pushes(key: Any, followers: int, share: float) -> int:
    """How many followers a post could wake at the busiest hour; Poisson. `key` is the post's.

    `share` is the chance that a follower comes, averaged over the day.
    """
    mean = BUSIEST * share * followers
    if mean < INVERSION_LIMIT:
        return poisson(key, mean)
    return max(0, int(mean + math.sqrt(mean) * normal(key) + 0.5))


def follower_pushed(key: Any, followers: int) -> int:
    """Which of the followers (by place in the list) a push goes to; `key` is the push's."""
    return min(int(uniform(fold(key, 1)) * followers), followers - 1)


def push_delay(key: Any) -> float:
    """Seconds from the post to the visit it causes; log-normal, median 2.5 minutes. `key` is the push's."""
    return DELAY_S * math.exp(DELAY_SIGMA * normal(fold(key, 2)))


def comes(key: Any, hour: float, keen: float) -> bool:
    """Whether the follower comes at that local hour: the share of the busiest hour, times how keen it is on
    notifications (0: dormant, 1: as anybody). `key` is the push's."""
    return uniform(fold(key, 3)) < keen * day_profile(hour) / BUSIEST
