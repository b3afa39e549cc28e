"""Exact quantiles of recorded values: no histogram, no interpolation, a value that was really seen.

Where two samples are held against each other, `smooth_quantile` instead, which varies less.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import betainc

from flashcrowd.report.run import Column


@dataclass(frozen=True)
class Quantiles:
    """Count and quantiles of a sample, in the sample's unit; NaN when it is empty."""

    count: int
    mean: float
    p50: float
    p90: float
    p95: float
    p99: float
    p999: float
    max: float


LEVELS = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
"""Field of `Quantiles` -> level."""


def rank(count: int, level: float) -> int:
    """Index of a level's order statistic in a sorted sample: ceil(level x count) - 1 (inverted distribution).

    >>> rank(100, 0.99), rank(3, 0.5), rank(1, 0.999)
    (98, 1, 0)
    """
    return min(count - 1, max(0, math.ceil(round(level * count, 9)) - 1))


def quantile(values: Column, level: float) -> float:
    """The smallest value that at least `level` of the sample does not exceed; NaN for an empty sample."""
    if not len(values):
        return math.nan
    place = rank(len(values), level)
    return float(np.partition(values, place)[place])


def quantiles(values: Column) -> Quantiles:
    """The quantiles of a sample without NaN, of any order.

    >>> quantiles(np.array([3.0, 1.0, 2.0])).p50
    2.0
    """
    if not len(values):
        return Quantiles(0, *[math.nan] * 7)
    ordered = np.sort(values)
    levels = {name: float(ordered[rank(len(ordered), level)]) for name, level in LEVELS.items()}
    return Quantiles(len(ordered), float(ordered.mean()), max=float(ordered[-1]), **levels)


def enough(count: int, level: float) -> bool:
    """Whether a sample is large enough that the quantile is not simply its maximum.

    >>> enough(99, 0.99), enough(100, 0.99), enough(101, 0.99)
    (False, False, True)
    """
    return count * (1 - level) > 1 + 1e-9


def smooth_quantile(values: Column, level: float) -> float:
    """The mean of the order statistics around a level (Harrell & Davis, Biometrika 1982); NaN for none.

    It moves evenly where the plain quantile jumps: when one request in a hundred becomes slow, p99 is by
    chance a slow one or not, and this is in between.
    """
    if not len(values):
        return math.nan
    return float(smooth_weights(len(values), level) @ np.sort(values))


@lru_cache(maxsize=4096)
def smooth_weights(count: int, level: float) -> Column:
    """Weights of the order statistics of a sample, float64, shape `(count,)`: those of a beta distribution.

    The first of `count` gets I(1 / count), the second I(2 / count) - I(1 / count), …, with I the regularised
    incomplete beta function with parameters `(count + 1) level` and `(count + 1) (1 - level)`.

    >>> round(float(smooth_weights(3, 0.5).sum()), 9)
    1.0
    """
    edges = betainc((count + 1) * level, (count + 1) * (1 - level), np.arange(count + 1) / count)
    weights: Column = np.diff(edges)
    weights.flags.writeable = False
    return weights
