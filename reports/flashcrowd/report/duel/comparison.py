"""One figure of two builds over pairs of blocks: by how much they differ, and how sure that is.

The block is the sample: requests inside a block share its minute of the machine and are autocorrelated, so
their number says nothing about certainty. Two blocks of a pair lie next to each other in time, in random
order, so what is slow about that minute falls on both; their log-ratio is one observation of the effect.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from flashcrowd.report.duel.figures import Figure

Floats = npt.NDArray[np.float64]

SAME: Final = "same"
FASTER: Final = "faster"
SLOWER: Final = "slower"
CHANGED: Final = "changed"
"""Of a figure that is neither better nor worse for being higher."""

INCONCLUSIVE: Final = "inconclusive"

CONFIDENCE: Final = 0.95
"""Of the interval that is shown for a figure by itself."""

POWER: Final = 0.80
"""Chance with which the stated number of pairs finds an effect of the minimum size."""

MOST_PAIRS: Final = 999


@dataclass(frozen=True)
class Limits:
    """What counts as a difference.

    Attributes:
        effect: smallest ratio that matters, as a share (0.05 = 5 %).
        share: smallest difference of a share (errors) that matters.
    """

    effect: float = 0.05
    share: float = 0.005

    def of(self, figure: Figure) -> float:
        """The smallest effect that matters, on the figure's own scale (log-ratio or difference)."""
        return math.log1p(self.effect) if figure.scale == "ratio" else self.share


@dataclass(frozen=True)
class Comparison:
    """A figure of two sides. Effects are shares: +0.10 = a tenth more (or, of errors, 10 points more).

    Attributes:
        before, after: the samples, one value a block, in the figure's unit; NaN where it has none.
        baseline, candidate: medians over blocks, in the figure's unit.
        effect, low, high: the mean effect and its 95 % interval, for this figure alone.
        p: of no difference (Student's t on the samples, two-sided); NaN for too few.
        p_same: of a difference that matters (two one-sided t-tests, the larger p; Schuirmann 1987).
        spread, least: standard deviation of one observation of the effect, and the smallest effect that
            matters, both on the scale on which it is averaged.
        level: p at which this figure alone would differ when all others do not.
        adjusted_p: p after Holm's correction over all figures.
        verdict: `same`, `faster`, `slower`, `changed` or `inconclusive`.
    """

    figure: Figure
    before: tuple[float, ...]
    after: tuple[float, ...]
    baseline: float
    candidate: float
    effect: float
    low: float
    high: float
    p: float
    p_same: float
    spread: float
    least: float
    level: float = 0.05
    adjusted_p: float = math.nan
    verdict: str = INCONCLUSIVE

    @property
    def pairs_needed(self) -> int:
        """Samples that would find the smallest effect that matters with 80 % power."""
        return pairs_needed(self.spread, self.least, self.level)


def compared(
    figure: Figure, baseline: Sequence[float], candidate: Sequence[float], limits: Limits
) -> Comparison:
    """Pairs of blocks of one figure, not yet judged: each pair is one observation.

    Args:
        baseline, candidate: values of paired blocks, in the figure's unit, equally many.
    """
    before, after = np.asarray(baseline, float), np.asarray(candidate, float)
    effects = _effects(figure, before, after)
    n = len(effects)
    mean = float(effects.mean()) if n else math.nan
    error = float(effects.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan
    return _comparison(figure, before, after, Estimate(mean, error, n, error * math.sqrt(n)), limits)


def compared_apart(
    figure: Figure, baseline: Sequence[float], candidate: Sequence[float], limits: Limits
) -> Comparison:
    """Runs of two builds that are no pairs, not yet judged: Student's t on two samples, equal variances.

    One run on either side is enough when the other side has several: how much runs differ is then learnt
    from those. Of two single runs nothing is known but the difference.
    """
    before, after = np.asarray(baseline, float), np.asarray(candidate, float)
    known = [_scale(figure, side) for side in (before, after)]
    counts = [len(side) for side in known]
    if not all(counts):
        return _comparison(figure, before, after, Estimate(math.nan, math.nan, 0, math.nan), limits)
    mean, freedom = float(known[1].mean() - known[0].mean()), sum(counts) - 2
    squares = sum(float(((side - side.mean()) ** 2).sum()) for side in known)
    spread = math.sqrt(squares / freedom) if freedom else math.nan
    error = spread * math.sqrt(1 / counts[0] + 1 / counts[1])
    return _comparison(
        figure, before, after, Estimate(mean, error, freedom + 1, spread * math.sqrt(2)), limits
    )


@dataclass(frozen=True)
class Estimate:
    """An effect on its own scale: its mean and standard error, degrees of freedom + 1, and the spread of one
    observation of it (of a pair, or of two runs)."""

    mean: float
    error: float
    n: int
    spread: float


def _comparison(figure: Figure, before: Floats, after: Floats, seen: Estimate, limits: Limits) -> Comparison:
    mean, error, n = seen.mean, seen.error, seen.n
    least = limits.of(figure)
    low, high = _interval(mean, error, n)
    return Comparison(
        figure=figure,
        before=tuple(before.tolist()),
        after=tuple(after.tolist()),
        baseline=_median(before),
        candidate=_median(after),
        effect=_shown(figure, mean),
        low=_shown(figure, low),
        high=_shown(figure, high),
        p=p_value(mean, error, n),
        p_same=p_same(mean, error, n, least),
        spread=seen.spread,
        least=least,
    )


def p_value(mean: float, error: float, n: int) -> float:
    """Two-sided p of Student's t for a mean with a standard error over `n` pairs.

    >>> round(p_value(2.0, 1.0, 10), 4)
    0.0766
    """
    if n < 2:
        return math.nan
    if error == 0.0:
        return 1.0 if mean == 0.0 else 0.0
    return float(2 * stdtr(n - 1, -abs(mean / error)))


def p_same(mean: float, error: float, n: int, least: float) -> float:
    """p of a mean that is `least` or more away from 0: the larger of two one-sided t-tests.

    >>> round(p_same(0.0, 1.0, 10, 2.262), 3)
    0.025
    """
    if n < 2:
        return math.nan
    gap = least - abs(mean)
    if error == 0.0:
        return 0.0 if gap > 0 else 1.0
    return float(stdtr(n - 1, -gap / error))


def pairs_needed(spread: float, least: float, level: float = 0.05) -> int:
    """Pairs with which a t-test at `level` finds a mean of `least` with 80 % power; `spread` is their SD.

    The smallest n with (t(1 - level/2) + t(power)) spread / sqrt(n) <= least, quantiles of Student's t with
    n - 1 degrees of freedom (Cohen 1988, with t in place of z).

    >>> pairs_needed(0.05, math.log(1.05)), pairs_needed(math.nan, 0.05)
    (11, 999)
    """
    n = np.arange(2, MOST_PAIRS)
    enough = (stdtrit(n - 1, 1 - level / 2) + stdtrit(n - 1, POWER)) * spread / np.sqrt(n) <= least
    return int(n[np.argmax(enough)]) if enough.any() else MOST_PAIRS


def holm(p: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values (Holm 1979): the family-wise error stays below alpha whatever the dependence.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p)), key=lambda place: p[place])
    adjusted, largest = [1.0] * len(p), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, round((len(p) - rank) * p[place], 12)))
        adjusted[place] = largest
    return adjusted


def judged(family: Sequence[Comparison], alpha: float, limits: Limits) -> list[Comparison]:
    """The comparisons of one look with their verdicts.

    A figure differs when its adjusted p is at most `alpha` and its effect is at least the smallest that
    matters; it is the same when the effect is, by a test at `alpha`, smaller than that; otherwise it is not
    decided.
    """
    known = [one for one in family if math.isfinite(one.p)]
    adjusted = dict(zip((one.figure.name for one in known), holm([one.p for one in known]), strict=True))
    return [_judged(one, adjusted.get(one.figure.name, math.nan), alpha, limits) for one in family]


def _judged(one: Comparison, adjusted_p: float, alpha: float, limits: Limits) -> Comparison:
    verdict = SAME if one.p_same <= alpha else INCONCLUSIVE
    if adjusted_p <= alpha and abs(_scaled(one.figure, one.effect)) >= limits.of(one.figure):
        verdict = _direction(one)
    return replace(one, adjusted_p=adjusted_p, verdict=verdict)


def _direction(one: Comparison) -> str:
    if one.figure.better == "neither":
        return CHANGED
    return SLOWER if (one.effect > 0) == (one.figure.better == "lower") else FASTER


def _effects(figure: Figure, before: Floats, after: Floats) -> Floats:
    if figure.scale == "difference":
        return np.asarray(after - before)
    usable = (before > 0) & (after > 0)
    return np.asarray(np.log(after[usable] / before[usable]))


def _scale(figure: Figure, values: Floats) -> Floats:
    """The values on the scale on which they are averaged; those that have none there are left out."""
    if figure.scale == "difference":
        return values[np.isfinite(values)]
    return np.asarray(np.log(values[values > 0]))


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else math.nan


def _interval(mean: float, error: float, n: int) -> tuple[float, float]:
    if n < 2:
        return math.nan, math.nan
    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * error
    return mean - half, mean + half


def _scaled(figure: Figure, effect: float) -> float:
    """A shown effect on the scale on which it was averaged."""
    return math.log1p(effect) if figure.scale == "ratio" else effect


def _shown(figure: Figure, value: float) -> float:
    return math.expm1(value) if figure.scale == "ratio" else value
