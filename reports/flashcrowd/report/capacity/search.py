"""Which probe comes next: growth to the first failure, then where its trend points, then confirmation.

A load that is too large lets a queue grow, and while that stands the platform serves as many as it can. So
one clear failure says where the platform just keeps up, its knee, and the search goes there at once; where no
queue grows the bracket is bisected.

The search is a function of the probes so far, so an interrupted one goes on where it stopped.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from flashcrowd.report.capacity.attainment import FAIL, OPEN, PASS

GROWTH: Final = 2.0
BESIDE: Final = 0.48
"""How far beside an open rate the next is, in widths of the bracket that is searched for."""

SEARCHED: Final = 0.85
"""Part of the wanted width to which is searched; the rest is left on both sides of it."""

SHARE_BELOW: Final = 0.8
"""Part of that rest that is left below: a queue that grows slowly is not seen to grow in a window that ends,
so what passed did so a little too easily."""

PRECISION: Final = 0.1
"""Width of an answer that is asked for, unless another is."""

BELOW: Final = 0.95
"""Part of the load at the knee that is to hold, at least: a little below it objectives are kept, mostly."""

ABOVE: Final = 1.08
"""Part of it that is to fail, and to say more exactly where the knee is."""

ALIKE: Final = 1.03
"""Rates that differ by less are nearly the same: a probe of the larger is a second look at what the other
held."""

LEAST_RATE: Final = 0.05
"""Sessions a second below which a platform holds nothing."""


@dataclass(frozen=True)
class Probed:
    """A probe that counts.

    Attributes:
        rate: sessions a second that were offered.
        verdict: `pass`, `fail` or `open` (not decided within the longest window).
        confirms: whether it was the second look at a load that had passed.
        brief: whether it was a short look, whose knee is only roughly known.
        came: sessions a second that are worth what came: visits bring more or less by chance. 0 = as offered.
        knee: the load, in sessions a second, at which no queue would grow; NaN when none did.
        knee_most: upper end of its interval.
    """

    rate: float
    verdict: str
    confirms: bool = False
    brief: bool = False
    came: float = 0.0
    knee: float = math.nan
    knee_most: float = math.nan

    @property
    def load(self) -> float:
        """Sessions a second that it counts for."""
        return self.came or self.rate


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
    """The answer: the largest load that counts as held, the smallest that does as failed (sessions/s;
    infinity = none)."""

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
        width = SEARCHED * precision if math.isinf(self.width) else self.width
        margin = max(1.0, (1 + precision) / (1 + width))
        return Bracket(
            self.holds / margin**SHARE_BELOW, self.fails * margin ** (1 - SHARE_BELOW), self.confirmed
        )


def bracket(probes: Sequence[Probed], precision: float = PRECISION) -> Bracket:
    """What the probes say so far; a failure at or below a load that held takes that back, and so does a
    confirmation that was not clear."""
    best = best_of(probes, precision)
    holds = 0.0 if best is None else _held(probes, best.rate, precision)
    fails = max(holds, min(_fails(probes), _knee_most(probes, precision)))
    return Bracket(holds, fails, best is not None and best.rate in _confirmed(probes))


def best_of(probes: Sequence[Probed], precision: float = PRECISION) -> Probed | None:
    """The last probe at the largest load that held, at the smallest rate if several count alike; None when
    nothing did."""
    fails, confirmed, most = _fails(probes), _confirmed(probes), _trusted(probes, precision)
    doubted = {probe.rate for probe in probes if probe.confirms and probe.verdict != PASS}
    held = {
        probe.rate: probe
        for probe in probes
        if probe.verdict == PASS and probe.rate not in doubted and probe.rate <= most
    }
    counted = {rate: _held(probes, rate, precision) for rate in held}
    rates = [rate for rate, load in counted.items() if load < fails]
    best = max(rates, key=lambda rate: (counted[rate], rate in confirmed, -rate), default=None)
    return None if best is None else held[best]


def _confirmed(probes: Sequence[Probed]) -> set[float]:
    return {probe.rate for probe in probes if probe.confirms and probe.verdict == PASS}


def _fails(probes: Sequence[Probed]) -> float:
    """The smallest load that was seen to fail."""
    return min((probe.load for probe in probes if probe.verdict == FAIL), default=math.inf)


def _held(probes: Sequence[Probed], rate: float, precision: float) -> float:
    """The load of the probes at a rate that passed: on average, for a confirmation has one of its own.

    Close to the knee a queue grows too slowly to be seen before a window ends: nothing counts for more than a
    load that is safely below it.
    """
    loads = [probe.load for probe in probes if probe.rate == rate and probe.verdict == PASS]
    told = _telling(probes, precision)
    most = math.inf if told is None else _below(precision) * told.knee
    return min(sum(loads) / len(loads), most)


def _trusted(probes: Sequence[Probed], precision: float) -> float:
    """The largest rate at which a pass is believed: in the lower half of the way to the knee, where that is
    well known. Close to it a queue grows too slowly to be seen in a window."""
    told = _telling(probes, precision)
    return math.inf if told is None else (1 + _below(precision)) / 2 * told.knee


def _below(precision: float) -> float:
    """Part of the load at the knee that is to hold, for an answer so wide."""
    return max(BELOW, 1 / (1 + SEARCHED * precision))


def edge(probes: Sequence[Probed], precision: float = PRECISION) -> tuple[float, float] | None:
    """The smallest and largest load between what holds and what fails that stayed open; None without one, or
    where the knee is well known."""
    if _telling(probes, precision) is not None:
        return None
    holds, fails = bracket(probes, precision).holds, _fails(probes)
    loads = [probe.load for probe in probes if probe.verdict == OPEN and holds < probe.load < fails]
    return (min(loads), max(loads)) if loads else None


def knee(probes: Sequence[Probed], precision: float = PRECISION) -> float:
    """Where the platform just keeps up: as a failure says that knows it well, else as most say, else as a
    short look does; NaN when none says it, or only roughly a load that holds."""
    told, grew = _telling(probes, precision), _growing(probes)
    if told is not None:
        return told.knee
    brief = [probe for probe in probes if probe.verdict != PASS and probe.knee < probe.load]
    if grew:
        rough = median(probe.knee for probe in grew)
    else:
        rough = min(brief, key=lambda probe: probe.load).knee if brief else math.nan
    return rough if rough > bracket(probes, precision).holds else math.nan


def _knee_most(probes: Sequence[Probed], precision: float) -> float:
    """Beyond what load a queue grows without end, as far as is known; infinity when nothing is."""
    told = _telling(probes, precision)
    return math.inf if told is None else told.knee_most


def _telling(probes: Sequence[Probed], precision: float) -> Probed | None:
    """Of the probes that know the knee so well that an answer which stands on it is as narrow as wanted, the
    one of the smallest load: one that is far too large may bring a platform to serve less than it could."""
    sharp = (1 + precision) * _below(precision)
    well = [probe for probe in _growing(probes) if probe.knee_most <= sharp * probe.knee]
    return min(well, key=lambda probe: probe.load, default=None)


def _growing(probes: Sequence[Probed]) -> list[Probed]:
    """The probes, none of them a short look, in which a queue grew; not those beyond whose knee a load held
    that clearly should not have: a platform may serve less when it is overloaded."""
    whole = [probe for probe in probes if not probe.brief]
    held = max((probe.load for probe in whole if probe.verdict == PASS), default=0.0)
    return [
        probe
        for probe in whole
        if probe.verdict != PASS and probe.knee > 0 and held <= ABOVE * probe.knee_most
    ]


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
    found, width = bracket(probes, precision), SEARCHED * precision
    if not probes:
        return Next(min(first, most), grows=True)
    if found.holds == 0.0:
        lowest = min(probe.rate for probe in probes) / GROWTH
        return Next(lowest, grows=True) if lowest >= LEAST_RATE else None
    enough = width if math.isinf(_knee_most(probes, precision)) and not found.confirmed else precision
    if found.width > enough * (1 + 1e-9):
        due = _further(probes, found, precision)
        if due is not None and found.holds < most:
            rate, grows = min(due, most), math.isinf(found.fails) and edge(probes, precision) is None
            return Next(rate, _was_passed(probes, rate, precision), grows)
    best = best_of(probes, precision)
    return None if found.confirmed or best is None else Next(best.rate, confirms=True)


def _was_passed(probes: Sequence[Probed], rate: float, precision: float) -> bool:
    """Whether a probe clearly below a known knee is a second look: nearly the same rate passed, or a larger
    one that is not believed."""
    if _telling(probes, precision) is None or rate > _trusted(probes, precision):
        return False
    return any(probe.verdict == PASS and not probe.brief and probe.rate * ALIKE > rate for probe in probes)


def _further(probes: Sequence[Probed], found: Bracket, precision: float) -> float | None:
    """The rate that narrows the bracket; None when both sides of an open one were probed."""
    unclear, at, fails = edge(probes, precision), knee(probes, precision), _fails(probes)
    width = SEARCHED * precision
    if unclear is not None:
        return _beside(unclear, found, fails, width)
    if math.isinf(fails):
        return found.holds * GROWTH
    if math.isnan(at):
        return math.sqrt(found.holds * fails)
    middle, aim = math.sqrt(found.holds * fails), _below(precision) * at
    above = min(found.holds * (1 + width), _trusted(probes, precision))
    if found.fails > (1 + width) * ABOVE * at:
        return ABOVE * at
    if found.holds < aim / (1 + width / 4):
        return aim if aim < fails else middle
    return above if above < fails else middle


def _beside(unclear: tuple[float, float], found: Bracket, fails: float, width: float) -> float | None:
    """The rate next to the open ones that is still to be probed: below them first; None when both were."""
    step = 1 + BESIDE * width
    below, above = unclear[0] / step, unclear[1] * step
    if found.holds < below / (1 + width / 5):
        return below
    return above if fails > above * (1 + 1e-9) else None
