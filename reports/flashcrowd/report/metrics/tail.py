"""The tail of a sample: its quantiles from the median to 99.99 %, and how much each rests on."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flashcrowd.report.run import Column

LEVELS: Final = (0.5, 0.9, 0.95, 0.99, 0.999, 0.9999)
"""Levels that people name."""

POINTS: Final = 120


@dataclass(frozen=True)
class Tail:
    """Quantiles that are not simply the maximum; arrays of shape (n_points,).

    Attributes:
        level: 0..1, ascending.
        value: the quantile, in the sample's unit.
        beyond: how many values of the sample are larger, int64.
        count: values in the sample.
    """

    level: Column
    value: Column
    beyond: Column
    count: int

    def at(self, level: float) -> float:
        """The quantile of one of `LEVELS`; NaN where the sample is too small for it."""
        place = np.flatnonzero(np.isclose(self.level, level, rtol=0, atol=1e-12))
        return float(self.value[place[0]]) if len(place) else float("nan")

    def beyond_at(self, level: float) -> int:
        """How many values lie beyond one of `LEVELS`; 0 where the sample is too small for it."""
        place = np.flatnonzero(np.isclose(self.level, level, rtol=0, atol=1e-12))
        return int(self.beyond[place[0]]) if len(place) else 0


def tail(values: Column) -> Tail:
    """The upper half of a sample without NaN, to the 99.99 % quantile or as far as two values lie beyond.

    >>> found = tail(np.arange(1.0, 1001.0))
    >>> found.at(0.99), found.beyond_at(0.99), found.at(0.9999)
    (990.0, 10, nan)
    """
    n = len(values)
    ordered = np.sort(values)
    even = 1 - np.geomspace(0.5, 1 - LEVELS[-1], POINTS)
    levels = np.unique(np.concatenate([np.round(even, 12), LEVELS]))
    ranks = np.maximum(np.ceil(np.round(levels * n, 9)).astype(np.int64) - 1, 0)
    known = n - 1 - ranks >= 2 if n else np.zeros(len(levels), bool)
    levels, ranks = levels[known], ranks[known]
    beyond = n - np.searchsorted(ordered, ordered[ranks], side="right")
    return Tail(levels, ordered[ranks], beyond, n)
