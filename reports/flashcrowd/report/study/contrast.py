"""Arms over seeds: their means, and how they differ seed by seed.

A run is one observation. All arms live through the same seeds with the same addressed draws, so what differs
between two runs of one seed is what was changed; the difference of each seed is one observation, too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import t as students_t

from flashcrowd.report.interval import CONFIDENCE, t_interval

LEAST: Final = 2
"""Seeds without which there is no interval."""

LEAST_EFFECT: Final = 3
"""Seeds without which there is no effect size."""


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds with its 99 % interval (Student's); NaN for what is not known.

    Attributes:
        value, low, high: the mean and the interval.
        spread: standard deviation between seeds.
        n: seeds in which it is known.
    """

    value: float
    low: float
    high: float
    spread: float
    n: int

    @property
    def half_width(self) -> float:
        """Half of the interval."""
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class Contrast:
    """An arm minus the control, over the seeds in which both are known.

    Attributes:
        difference: of each seed, its mean and interval.
        relative: the difference over the control's mean; NaN where that is 0.
        effect: Hedges' g_av: the difference over the arms' mean spread between seeds, corrected for few
            seeds (Lakens, Frontiers in Psychology 2013, equations 4 and 10); NaN without spread.
        higher: seeds in which the arm is higher.
        narrower: how much wider the interval would be if the arms did not share their seeds; NaN if that is
            not known.
    """

    difference: Estimate
    relative: float
    effect: float
    higher: int
    narrower: float

    @property
    def word(self) -> str:
        """higher, lower, or undecided where the interval holds 0."""
        if self.difference.low > 0:
            return "higher"
        return "lower" if self.difference.high < 0 else "undecided"


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of what is known.

    >>> estimate([1.0, 2.0, 3.0, float("nan")]).value, estimate([1.0, 2.0, 3.0]).n
    (2.0, 3)
    """
    known = [value for value in values if math.isfinite(value)]
    mean = float(np.mean(known)) if known else math.nan
    spread = float(np.std(known, ddof=1)) if len(known) >= LEAST else math.nan
    return Estimate(mean, *t_interval(known), spread, len(known))


def contrast(arm: Sequence[float], control: Sequence[float]) -> Contrast:
    """The arm against the control; both hold one value a seed, in the order of the seeds.

    >>> found = contrast([2.0, 3.0, 4.0], [1.0, 2.0, 3.0])
    >>> found.difference.value, found.relative, found.higher
    (1.0, 0.5, 3)
    """
    pairs = [(a, c) for a, c in zip(arm, control, strict=True) if math.isfinite(a) and math.isfinite(c)]
    differences = [a - c for a, c in pairs]
    one, other = (estimate([pair[side] for pair in pairs]) for side in (0, 1))
    found = estimate(differences)
    spread = math.sqrt((one.spread**2 + other.spread**2) / 2)
    correction = 1 - 3 / (4 * (found.n - 1) - 1) if found.n >= LEAST_EFFECT else math.nan
    return Contrast(
        found,
        found.value / other.value if other.value else math.nan,
        correction * found.value / spread if spread > 0 else math.nan,
        sum(difference > 0 for difference in differences),
        _unpaired(one, other) / found.half_width if found.half_width > 0 else math.nan,
    )


def _unpaired(one: Estimate, other: Estimate) -> float:
    """Half the interval of the difference of two means that share nothing (Welch 1947)."""
    if min(one.n, other.n) < LEAST:
        return math.nan
    parts = one.spread**2 / one.n, other.spread**2 / other.n
    total = sum(parts)
    if not total:
        return math.nan
    freedom = total**2 / (parts[0] ** 2 / (one.n - 1) + parts[1] ** 2 / (other.n - 1))
    return float(students_t.ppf((1 + CONFIDENCE) / 2, freedom)) * math.sqrt(total)
