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

FAR: Final = 1.3
"""Times its knee beyond which a load tells that only roughly: overloaded, a platform may serve less than it
can."""

MOST_LOOKS: Final = 2
"""Whole probes of a rate that narrow the bracket; more tell nothing new."""

SAME: Final = 1e-3
"""Rates that differ by a smaller share are the same."""

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
        confirms: whether it is the second look at a load that passed: at the same rate, a little above it, or
            clearly below a knee where a larger one passed.
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


@dataclass(frozen=True)
class Knee:
    """Where the platform just keeps up, as a queue that grew says it well; loads, in sessions a second.

    Attributes:
        at: the load itself.
        safe: largest load that counts as held: a little below it objectives are kept, mostly.
        believed: largest rate at which a pass is believed, halfway from there to it: closer, a queue grows
            too slowly to be seen before a window ends.
        most: beyond it a queue grows without end.
    """

    at: float = math.nan
    safe: float = math.inf
    believed: float = math.inf
    most: float = math.inf

    @property
    def is_known(self) -> bool:
        """Whether a queue said it."""
        return self.at > 0


def bracket(probes: Sequence[Probed], precision: float = PRECISION) -> Bracket:
    """What the probes say so far; a failure at or below a load that held takes that back, and so does a
    confirmation that was not clear."""
    best, known = best_of(probes, precision), _well_known(probes, precision)
    holds = 0.0 if best is None else _held(probes, best.rate, known)
    fails = max(holds, min(_fails(probes), known.most))
    return Bracket(holds, fails, best is not None and best.rate in _confirmed(probes))


def best_of(probes: Sequence[Probed], precision: float = PRECISION) -> Probed | None:
    """The last probe at the largest load that held, at the smallest rate if several count alike; None when
    nothing did."""
    fails, confirmed, known = _fails(probes), _confirmed(probes), _well_known(probes, precision)
    held = {probe.rate: probe for probe in _standing(probes, precision) if probe.rate <= known.believed}
    counted = {rate: _held(probes, rate, known) for rate in held}
    rates = [rate for rate, load in counted.items() if load < fails]
    best = max(rates, key=lambda rate: (counted[rate], rate in confirmed, -rate), default=None)
    return None if best is None else held[best]


def knee(probes: Sequence[Probed], precision: float = PRECISION) -> float:
    """Where the platform just keeps up: as a failure says that knows it well, else as most say, else as a
    short look does; NaN when none says it, or only roughly a load that holds."""
    known, grew = _well_known(probes, precision), _growing(probes)
    if known.is_known:
        return known.at
    brief = [probe for probe in probes if probe.verdict != PASS and probe.knee < probe.load]
    if grew:
        rough = median(probe.knee for probe in grew)
    else:
        rough = min(brief, key=lambda probe: probe.load).knee if brief else math.nan
    return rough if rough > bracket(probes, precision).holds else math.nan


def edge(probes: Sequence[Probed], precision: float = PRECISION) -> tuple[float, float] | None:
    """The smallest and largest load between what holds and what fails that stayed open; None without one, or
    where the knee is well known."""
    if _well_known(probes, precision).is_known:
        return None
    holds, fails = bracket(probes, precision).holds, _fails(probes)
    loads = [probe.load for probe in probes if probe.verdict == OPEN and holds < probe.load < fails]
    return (min(loads), max(loads)) if loads else None


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
    found, best = bracket(probes, precision), best_of(probes, precision)
    if best is None:
        lowest = min(probe.rate for probe in probes) / GROWTH
        return Next(lowest, grows=True) if lowest >= LEAST_RATE else None
    is_searched = found.confirmed or _well_known(probes, precision).is_known
    enough = precision if is_searched else SEARCHED * precision
    if found.width > enough * (1 + 1e-9) and best.rate < most:
        due = _further(probes, found, precision)
        if due is not None:
            rate, grows = min(due, most), math.isinf(found.fails) and edge(probes, precision) is None
            return Next(rate, _is_second_look(probes, rate, precision), grows)
    return None if found.confirmed else Next(best.rate, confirms=True)


def _well_known(probes: Sequence[Probed], precision: float) -> Knee:
    """The knee, where a probe knows it so well that an answer which stands on it is as narrow as wanted: of
    several as the one of the smallest load says it."""
    below = max(BELOW, 1 / (1 + SEARCHED * precision))
    sharp = (1 + precision) * below
    well = [
        probe
        for probe in _growing(probes)
        if probe.knee_most <= sharp * probe.knee and probe.load <= FAR * probe.knee
    ]
    if not well:
        return Knee()
    told = min(well, key=lambda probe: probe.load)
    return Knee(told.knee, below * told.knee, (1 + below) / 2 * told.knee, told.knee_most)


def _growing(probes: Sequence[Probed]) -> list[Probed]:
    """The probes, none of them a short look, in which a queue grew."""
    return [probe for probe in probes if probe.verdict != PASS and not probe.brief and probe.knee > 0]


def _confirmed(probes: Sequence[Probed]) -> set[float]:
    return {probe.rate for probe in probes if probe.confirms and probe.verdict == PASS}


def _fails(probes: Sequence[Probed]) -> float:
    """The smallest load that was seen to fail."""
    return min((probe.load for probe in probes if probe.verdict == FAIL), default=math.inf)


def _standing(probes: Sequence[Probed], precision: float) -> list[Probed]:
    """The passes that no second look took back; one to which clearly more came says nothing of its rate."""
    heavy = _alike(precision)
    doubted = {
        probe.rate
        for probe in probes
        if probe.confirms and probe.verdict != PASS and probe.load <= heavy * probe.rate
    }
    return [probe for probe in probes if probe.verdict == PASS and probe.rate not in doubted]


def _alike(precision: float) -> float:
    """Times by which rates differ that are nearly the same, where an answer may be so wide."""
    return 1 + SEARCHED * precision / 3


def _held(probes: Sequence[Probed], rate: float, known: Knee) -> float:
    """The load of the probes at a rate that passed: on average, for a confirmation has one of its own; no
    more than what is safely below the knee."""
    loads = [probe.load for probe in probes if probe.rate == rate and probe.verdict == PASS]
    return min(sum(loads) / len(loads), known.safe)


def _is_second_look(probes: Sequence[Probed], rate: float, precision: float) -> bool:
    """Whether a probe clearly below a known knee is one: nearly the same rate passed, or a larger one."""
    known, fails = _well_known(probes, precision), _fails(probes)
    if not known.is_known or rate > known.believed:
        return False
    standing = [probe for probe in _standing(probes, precision) if not probe.brief and probe.load < fails]
    return any(probe.rate * _alike(precision) > rate for probe in standing)


def _further(probes: Sequence[Probed], found: Bracket, precision: float) -> float | None:
    """The rate that narrows the bracket; None when none does, as far as probes can tell."""
    for rate in _candidates(probes, found, precision):
        looks = sum(not probe.brief and abs(probe.rate / rate - 1) < SAME for probe in probes)
        if looks < MOST_LOOKS:
            return rate
    return None


def _candidates(probes: Sequence[Probed], found: Bracket, precision: float) -> list[float]:
    """Rates that may narrow the bracket, the most telling first."""
    unclear, at, fails = edge(probes, precision), knee(probes, precision), _fails(probes)
    known, width = _well_known(probes, precision), SEARCHED * precision
    if unclear is not None:
        return _beside(unclear, found, fails, width)
    if math.isinf(found.fails):
        return [found.holds * GROWTH]
    middle = math.sqrt(found.holds * found.fails)
    if math.isnan(at):
        return [middle]
    if found.fails > (1 + width) * ABOVE * at:
        return [ABOVE * at]
    aim, above = max(BELOW, 1 / (1 + width)) * at, min(found.holds * (1 + width), known.believed)
    if known.is_known:
        aim = _lowered(aim, probes, found.holds, width)
    rate = aim if found.holds < aim / (1 + width / 4) else above
    return [rate, middle] if rate < fails else [middle]


def _beside(unclear: tuple[float, float], found: Bracket, fails: float, width: float) -> list[float]:
    """The rates next to the open ones that are still to be probed, below them first."""
    step = 1 + BESIDE * width
    below, above = unclear[0] / step, unclear[1] * step
    rates = [rate for rate in (below, below / step) if found.holds < rate / (1 + width / 5)]
    return [*rates, above] if fails > above * (1 + 1e-9) else rates


def _lowered(aim: float, probes: Sequence[Probed], holds: float, width: float) -> float:
    """A rate to aim at, below those that did not pass where it should have."""
    missed = [max(probe.rate, probe.load) for probe in probes if probe.verdict != PASS and not probe.brief]
    for load in sorted(missed, reverse=True):
        if holds < load <= aim * (1 + width / 8):
            aim = load / (1 + BESIDE * width)
    return aim
