"""Which probe comes next: growth to the first failure, then where its queue points, then confirmation.

Where a queue says well where the platform just keeps up, the search goes there at once; where none does the
bracket is bisected. The search is a function of the probes so far, so an interrupted one goes on where it
stopped.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flashcrowd.report.capacity.attainment import PASS
from flashcrowd.report.capacity.evidence import Evidence, Probed

GROWTH: Final = 2.0
BESIDE: Final = 0.48
"""How far beside an open rate the next is, in widths of the bracket that is searched for."""

ABOVE: Final = 1.08
"""Part of the load at the knee that is to fail, and to say more exactly where that is."""

MOST_LOOKS: Final = 2
"""Whole probes of a rate that narrow the bracket; more tell nothing new."""

SAME: Final = 1e-3
"""Rates that differ by a smaller share are the same."""

LEAST_RATE: Final = 0.05
"""Sessions a second below which a platform holds nothing."""


@dataclass(frozen=True)
class Next:
    """The probe to make next.

    Attributes:
        confirms: whether it is the second look at a load that passed: at the same rate, a little above it, or
            clearly below a knee where a larger one passed.
        grows: whether it only feels its way up or down, far from any failure: a short look will do.
    """

    rate: float
    confirms: bool = False
    grows: bool = False


def next_probe(
    probes: Sequence[Probed], first: float, precision: float, most: float = math.inf
) -> Next | None:
    """The probe that comes after these; None when the bracket is narrow enough and its lower end confirmed,
    or nothing can make it narrower.

    A rate that stays open lies at the capacity: the next probes are a little below and above it.

    Args:
        first: rate of the first probe, sessions/s.
        precision: width of the answer, as a share; the search goes on to `SEARCHED` of it.
        most: rate that is not passed, for a harness or a budget that has an end.
    """
    if not probes:
        return Next(min(first, most), grows=True)
    seen = Evidence(probes, precision)
    found, best = seen.bracket, seen.best
    if best is None:
        lowest = min(probe.rate for probe in probes) / GROWTH
        return Next(lowest, grows=True) if lowest >= LEAST_RATE else None
    enough = precision if found.confirmed or seen.well_known.is_known else seen.width
    if found.width > enough * (1 + 1e-9) and best.rate < most:
        due = _further(seen)
        if due is not None:
            rate, grows = min(due, most), math.isinf(found.fails) and seen.edge is None
            return Next(rate, confirms=seen.has_passed(rate), grows=grows)
    return None if found.confirmed else Next(best.rate, confirms=True)


def _further(seen: Evidence) -> float | None:
    """The rate that narrows the bracket; None when none does, as far as probes can tell."""
    for rate in _candidates(seen):
        looks = sum(not probe.brief and abs(probe.rate / rate - 1) < SAME for probe in seen.probes)
        if looks < MOST_LOOKS:
            return rate
    return None


def _candidates(seen: Evidence) -> list[float]:
    """Rates that may narrow the bracket, the most telling first."""
    found, at, width = seen.bracket, seen.knee, seen.width
    if seen.edge is not None:
        return _beside(*seen.edge, seen)
    if math.isinf(found.fails):
        return [found.holds * GROWTH]
    middle = math.sqrt(found.holds * found.fails)
    if math.isnan(at):
        return [middle]
    if found.fails > (1 + width) * ABOVE * at:
        return [ABOVE * at, middle]
    aim, above = seen.below * at, min(found.holds * (1 + width), seen.well_known.believed)
    if seen.well_known.is_known:
        aim = _lowered(aim, seen)
    rate = aim if found.holds < aim / (1 + width / 4) else above
    return [rate, middle] if rate < seen.fails else [middle]


def _beside(smallest: float, largest: float, seen: Evidence) -> list[float]:
    """The rates next to the open loads that are still to be probed, below them first."""
    step = 1 + BESIDE * seen.width
    below, above = smallest / step, largest * step
    rates = [rate for rate in (below, below / step) if seen.bracket.holds < rate / (1 + seen.width / 5)]
    return [*rates, above] if seen.fails > above * (1 + 1e-9) else rates


def _lowered(aim: float, seen: Evidence) -> float:
    """A rate to aim at, below those that did not pass where it should have."""
    whole = [probe for probe in seen.probes if not probe.brief]
    missed = [max(probe.rate, probe.load) for probe in whole if probe.verdict != PASS]
    for load in sorted(missed, reverse=True):
        if seen.bracket.holds < load <= aim * (1 + seen.width / 8):
            aim = load / (1 + BESIDE * seen.width)
    return aim
