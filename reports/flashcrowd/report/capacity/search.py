"""Which probe comes next: geometric growth to the first failure, bisection, confirmation of the winner.

The search is a function of the probes so far, so an interrupted one goes on where it stopped.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flashcrowd.report.capacity.attainment import FAIL, PASS

GROWTH: Final = 2.0
LEAST_RATE: Final = 0.05
"""Sessions a second below which a platform holds nothing."""


@dataclass(frozen=True)
class Probed:
    """A probe that counts.

    Attributes:
        rate: sessions a second that were offered.
        verdict: `pass` or `fail`.
        confirms: whether it was the second, longer look at a rate that had passed.
    """

    rate: float
    verdict: str
    confirms: bool = False


@dataclass(frozen=True)
class Next:
    """The probe to make next."""

    rate: float
    confirms: bool = False


@dataclass(frozen=True)
class Bracket:
    """The answer: the largest rate that held, the smallest that did not (sessions/s; infinity = none)."""

    holds: float
    fails: float
    confirmed: bool

    @property
    def width(self) -> float:
        """How far apart they are, as a share of what holds; infinity when one of them is not known."""
        return self.fails / self.holds - 1 if self.holds > 0 else math.inf


def bracket(probes: Sequence[Probed]) -> Bracket:
    """What the probes say so far; a failure at or below a rate that held takes that back."""
    fails = min((probe.rate for probe in probes if probe.verdict == FAIL), default=math.inf)
    held = [probe for probe in probes if probe.verdict == PASS and probe.rate < fails]
    holds = max((probe.rate for probe in held), default=0.0)
    return Bracket(holds, fails, any(probe.confirms and probe.rate == holds for probe in held))


def next_probe(
    probes: Sequence[Probed], first: float, precision: float, most: float = math.inf
) -> Next | None:
    """The probe that comes after these; None when the bracket is narrow enough and its lower end confirmed.

    Args:
        first: rate of the first probe, sessions/s.
        precision: width of the bracket that is narrow enough, as a share.
        most: rate that is not passed, for a harness or a budget that has an end.
    """
    found = bracket(probes)
    if not probes:
        return Next(min(first, most))
    if found.holds == 0.0:
        return Next(found.fails / GROWTH) if found.fails / GROWTH >= LEAST_RATE else None
    if math.isinf(found.fails) and found.holds < most:
        return Next(min(found.holds * GROWTH, most))
    if found.width > precision and not math.isinf(found.fails):
        return Next(math.sqrt(found.holds * found.fails))
    return None if found.confirmed else Next(found.holds, confirms=True)
