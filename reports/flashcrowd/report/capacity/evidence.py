"""What the probes of a search say together: what holds, what fails, where the platform just keeps up.

A load that is too large lets a queue grow, and while that stands the platform serves as many as it can. So
one clear failure says where the platform just keeps up, its knee; the answer stands on it where it is well
known, else on what was seen to hold and to fail.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Final

from flashcrowd.report.capacity.attainment import FAIL, OPEN, PASS

SEARCHED: Final = 0.85
"""Part of the wanted width to which is searched; the rest is left on both sides of it."""

SHARE_BELOW: Final = 0.8
"""Part of that rest that is left below: a queue that grows slowly is not seen to grow in a window that ends,
so what passed did so a little too easily."""

PRECISION: Final = 0.1
"""Width of an answer that is asked for, unless another is."""

BELOW: Final = 0.95
"""Part of the load at the knee that is to hold, at least: a little below it objectives are kept, mostly."""

FAR: Final = 1.3
"""Times its knee beyond which a load tells that only roughly: overloaded, a platform may serve less than it
can."""


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


class Evidence:
    """What probes say, where an answer is to be `precision` wide.

    Attributes:
        width: to which is searched.
        below: part of the load at the knee that is to hold.
    """

    def __init__(self, probes: Sequence[Probed], precision: float = PRECISION) -> None:
        self.probes = probes
        self.precision = precision
        self.width = SEARCHED * precision
        self.below = max(BELOW, 1 / (1 + self.width))

    @cached_property
    def bracket(self) -> Bracket:
        """The answer so far; a failure at or below a load that held takes that back, and so does a
        confirmation that was not clear."""
        holds = 0.0 if self.best is None else self._held(self.best.rate)
        fails = max(holds, min(self.fails, self.well_known.most))
        return Bracket(holds, fails, self.best is not None and self.best.rate in self._confirmed)

    @cached_property
    def best(self) -> Probed | None:
        """The last probe at the largest load that held, at the smallest rate if several count alike; None
        when nothing did."""
        held = {probe.rate: probe for probe in self._standing if probe.rate <= self.well_known.believed}
        counted = {rate: self._held(rate) for rate in held}
        rates = [rate for rate, load in counted.items() if load < self.fails]
        best = max(rates, key=lambda rate: (counted[rate], rate in self._confirmed, -rate), default=None)
        return None if best is None else held[best]

    @cached_property
    def fails(self) -> float:
        """The smallest load that was seen to fail; infinity when none was."""
        return min((probe.load for probe in self.probes if probe.verdict == FAIL), default=math.inf)

    @cached_property
    def edge(self) -> tuple[float, float] | None:
        """The smallest and largest load between what holds and what fails that stayed open; None without one,
        or where the knee is well known."""
        if self.well_known.is_known:
            return None
        opened = [probe.load for probe in self.probes if probe.verdict == OPEN]
        loads = [load for load in opened if self.bracket.holds < load < self.fails]
        return (min(loads), max(loads)) if loads else None

    @cached_property
    def knee(self) -> float:
        """Where the platform just keeps up: as a failure says that knows it well, else as most say, else as a
        short look does; NaN when none says it, or only roughly a load that holds."""
        if self.well_known.is_known:
            return self.well_known.at
        brief = [probe for probe in self.probes if probe.verdict != PASS and probe.knee < probe.load]
        if self._growing:
            rough = median(probe.knee for probe in self._growing)
        else:
            rough = min(brief, key=lambda probe: probe.load).knee if brief else math.nan
        return rough if rough > self.bracket.holds else math.nan

    @cached_property
    def well_known(self) -> Knee:
        """The knee, where a probe knows it so well that an answer which stands on it is as narrow as wanted:
        of several as the one of the smallest load says it."""
        sharp = (1 + self.precision) * self.below
        near = [probe for probe in self._growing if probe.load <= FAR * probe.knee]
        told = min(
            (probe for probe in near if probe.knee_most <= sharp * probe.knee),
            key=lambda probe: probe.load,
            default=None,
        )
        if told is None:
            return Knee()
        safe = self.below * told.knee
        return Knee(told.knee, safe, (safe + told.knee) / 2, told.knee_most)

    def has_passed(self, rate: float) -> bool:
        """Whether a probe of the rate is a second look, clearly below a known knee: nearly the same rate
        passed, or a larger one."""
        if not self.well_known.is_known or rate > self.well_known.believed:
            return False
        standing = [probe for probe in self._standing if not probe.brief and probe.load < self.fails]
        return any(probe.rate * self._alike > rate for probe in standing)

    @property
    def _alike(self) -> float:
        """Times by which rates differ that are nearly the same."""
        return 1 + self.width / 3

    @cached_property
    def _confirmed(self) -> set[float]:
        """Rates that were confirmed."""
        return {probe.rate for probe in self.probes if probe.confirms and probe.verdict == PASS}

    @cached_property
    def _standing(self) -> list[Probed]:
        """The passes that no second look took back; one to which clearly more came says nothing of its
        rate."""
        missed = [probe for probe in self.probes if probe.confirms and probe.verdict != PASS]
        doubted = {probe.rate for probe in missed if probe.load <= self._alike * probe.rate}
        return [probe for probe in self.probes if probe.verdict == PASS and probe.rate not in doubted]

    @cached_property
    def _growing(self) -> list[Probed]:
        """The probes, none of them a short look, in which a queue grew."""
        whole = [probe for probe in self.probes if not probe.brief]
        return [probe for probe in whole if probe.verdict != PASS and probe.knee > 0]

    def _held(self, rate: float) -> float:
        """The load of the probes at a rate that passed: on average, for a confirmation has one of its own; no
        more than what is safely below the knee."""
        loads = [probe.load for probe in self.probes if probe.rate == rate and probe.verdict == PASS]
        return min(sum(loads) / len(loads), self.well_known.safe)
