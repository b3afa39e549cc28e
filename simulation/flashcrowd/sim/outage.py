"""Outages of the offline platform: who is turned away, and when they look in again.

While the platform is down, who comes meets an error, a visit under way ends with its next page, and images
that are ready wait. A share of those who were turned away comes back soon after it is up: the returning wave.
"""

import math
from typing import Any, Final, NamedTuple

from flashcrowd.core.clock import TICK
from flashcrowd.core.draws import Purpose, fold, normal, root_key, uniform
from flashcrowd.core.scenario import Scenario

DELAY_SIGMA: Final = 0.8
"""Spread of the logarithm of the time until members look in again; an assumption."""


class Downtime(NamedTuple):
    """One outage: ticks `first` to `end` (not included), the time (s) at which the platform is up again, and
    how members come back. `key`: address of its draws."""

    first: int
    end: int
    up_s: float
    returning: float
    delay_s: float
    key: Any


def downtimes_of(scenario: Scenario) -> tuple[Downtime, ...]:
    """The outages of a scenario, in the order of its events."""
    found = []
    for number, event in enumerate(scenario.events):
        if event.kind == "outage":
            first = int(event.at / TICK)
            end = max(first + 1, int((event.at + event.lasts) / TICK))
            key = fold(fold(root_key(scenario.seed, Purpose.EVENT), number), 2)
            found.append(Downtime(first, end, end * TICK, event.returning, event.delay, key))
    return tuple(found)


def comes_back(key: Any, member: int, t: float, returning: float) -> bool:
    """Whether a member who was turned away at `t` looks in when the platform is up; `key`: the outage's."""
    return uniform(fold(fold(key, member), int(t * 1000.0))) < returning


def back_s(key: Any, member: int, t: float, up_s: float, delay_s: float) -> float:
    """When it does (scenario s); log-normal after the platform is up."""
    return up_s + delay_s * math.exp(DELAY_SIGMA * normal(fold(fold(fold(key, member), int(t * 1000.0)), 1)))
