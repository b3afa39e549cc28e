"""Which probe comes next: geometric growth to the first failure, bisection, confirmation of the winner.

The search is a function of the probes so far, so an interrupted one goes on where it stopped.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flashcrowd.report.capacity.attainment import FAIL, PASS

GROWTH: Final = 2.0
BESIDE: Final = 0.48
"""How far beside an open rate the next is, in widths of the bracket that is searched for."""

SEARCHED: Final = 0.5
"""Part of the wanted width to which is searched; the rest is left on both sides of it."""

LEAST_RATE: Final = 0.05
"""Sessions a second below which a platform holds nothing."""


@dataclass(frozen=True)
class Probed:
    """A probe that counts.

    Attributes:
        rate: sessions a second that were offered.
        verdict: `pass`, `fail` or `open` (not decided within the longest window).
        confirms: whether it was the second, longer look at a rate that had passed.
    """

    rate: float
    verdict: str
    confirms: bool = False


@dataclass(frozen=True)
class Next:
    """The probe to make next.

    Attributes:
        grows: whether it only feels its way up or down, far from any failure: a short look will do.
    """

    rate: float
    confirms: bool = False
    grows: bool = False


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

    def widened(self, precision: float) -> "Bracket":
        """The bracket with a margin on both sides, so that it is as wide as was asked for.

        Next to the capacity a verdict may go wrong by chance; what holds holds also a little below, and what
        fails fails also a little above.
        """
        margin = math.sqrt((1 + precision) / (1 + SEARCHED * precision))
        return Bracket(self.holds / margin, self.fails * margin, self.confirmed)


def bracket(probes: Sequence[Probed]) -> Bracket:
    """What the probes say so far; a failure at or below a rate that held takes that back, and so does a
    confirmation that was not clear."""
    fails = min((probe.rate for probe in probes if probe.verdict == FAIL), default=math.inf)
    doubted = {probe.rate for probe in probes if probe.confirms and probe.verdict != PASS}
    held = [
        probe
        for probe in probes
        if probe.verdict == PASS and probe.rate < fails and probe.rate not in doubted
    ]
    holds = max((probe.rate for probe in held), default=0.0)
    return Bracket(holds, fails, any(probe.confirms and probe.rate == holds for probe in held))


def edge(probes: Sequence[Probed]) -> tuple[float, float] | None:
    """The smallest and largest rate between what holds and what fails that stayed open; None without one."""
    found = bracket(probes)
    rates = [probe.rate for probe in probes if found.holds < probe.rate < found.fails]
    return (min(rates), max(rates)) if rates else None


def next_probe(
    probes: Sequence[Probed], first: float, precision: float, most: float = math.inf
) -> Next | None:
    """The probe that comes after these; None when the bracket is narrow enough and its lower end confirmed.

    A rate that stays open lies at the capacity: the next probes are a little below and above it.

    Args:
        first: rate of the first probe, sessions/s.
        precision: width of the answer, as a share; the search goes on to `SEARCHED` of it.
        most: rate that is not passed, for a harness or a budget that has an end.
    """
    found, unclear, width = bracket(probes), edge(probes), SEARCHED * precision
    if not probes:
        return Next(min(first, most), grows=True)
    if found.holds == 0.0:
        lowest = min(probe.rate for probe in probes) / GROWTH
        return Next(lowest, grows=True) if lowest >= LEAST_RATE else None
    if found.width > width:
        due = _beside(unclear, found, width) if unclear else _between(found)
        if due is not None and found.holds < most:
            return Next(min(due, most), grows=math.isinf(found.fails) and unclear is None)
    return None if found.confirmed else Next(found.holds, confirms=True)


def _between(found: Bracket) -> float:
    """Growth as long as nothing failed, then the middle."""
    return found.holds * GROWTH if math.isinf(found.fails) else math.sqrt(found.holds * found.fails)


def _beside(unclear: tuple[float, float], found: Bracket, width: float) -> float | None:
    """The rate next to the open ones that is still to be probed: below them first; None when both were."""
    step = 1 + BESIDE * width
    below, above = unclear[0] / step, unclear[1] * step
    if found.holds < below * (1 - 1e-9):
        return below
    return above if found.fails > above * (1 + 1e-9) else None
