"""Where the figures of many runs, one after the other on one branch, began to be different.

Change points are found by seeded binary segmentation (Kovács, Li, Bühlmann & Munk, Biometrika 2023): windows
of many lengths are each split where Student's t between both parts is surest, the surest split of all is a
change, and the search goes on beside it. All splits of all windows share the error that is allowed
(Bonferroni); runs that resemble their neighbours make false alarms likelier. The package apache-otava, which
finds changes by E-divisive, fixes the version of numpy and needs clients of BigQuery, PostgreSQL and Slack;
E-divisive also misses what rises and falls again.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

from flashcrowd.report.duel.comparison import Limits
from flashcrowd.report.duel.figures import Figure, figure_named
from flashcrowd.report.duel.looks import ALPHA
from flashcrowd.report.duel.outcome import common
from flashcrowd.report.duel.recorded import Shot

Floats = npt.NDArray[np.float64]

LEAST_PART: Final = 3
"""Runs on either side of a change."""

LEAST_RUNS: Final = 2 * LEAST_PART
DECAY: Final = 2**0.5
"""Windows become shorter by this factor, and overlap by half."""


@dataclass(frozen=True)
class ChangePoint:
    """A change of one figure.

    Attributes:
        run: the first run of the new level.
        before, after: medians of the levels, in the figure's unit.
        effect: after / before - 1; of shares the difference.
        p: of no change, adjusted for all splits that were looked at.
    """

    figure: Figure
    run: Shot
    place: int
    before: float
    after: float
    effect: float
    p: float

    @property
    def is_worse(self) -> bool:
        """Whether it went the wrong way."""
        return (self.effect > 0) == (self.figure.better == "lower")


def drift(shots: Sequence[Shot], limits: Limits) -> list[ChangePoint]:
    """The changes of all figures, in order of time; smaller ones than what matters are left out.

    The error of 5 % is divided among the figures.

    Args:
        shots: runs in order of time.
    """
    names = common([shot.figures for shot in shots])
    found = [
        change
        for name in names
        for change in _changes(figure_named(name), shots, ALPHA / len(names))
        if abs(_scaled(change)) >= limits.of(change.figure)
    ]
    return sorted(found, key=lambda change: (change.place, -abs(change.effect)))


def splits(values: Floats, alpha: float) -> list[tuple[int, float]]:
    """(first place of a new level, adjusted p) of every change in a series, in order.

    >>> [place for place, p in splits(np.array([1.0, 1.1, 0.9, 1.0, 1.05, 3.0, 3.1, 2.9, 3.0, 3.05]), 0.05)]
    [5]
    """
    spans = windows(len(values))
    tests = sum(end - begin - LEAST_RUNS + 1 for begin, end in spans)
    best = [(begin, end, *_surest(values[begin:end])) for begin, end in spans]
    found = list[tuple[int, float]]()
    while best:
        begin, _, place, p = min(best, key=lambda one: one[3])
        if p * tests > alpha:
            break
        change = begin + place
        found.append((change, p * tests))
        best = [one for one in best if one[1] <= change or one[0] >= change]
    return sorted(found)


def windows(n: int) -> list[tuple[int, int]]:
    """Begin and end of the windows of a series of `n`: the whole, then shorter ones that overlap by half.

    >>> windows(12)
    [(0, 12), (0, 8), (4, 12), (0, 6), (3, 9), (6, 12)]
    """
    found, length = list[tuple[int, int]](), float(n)
    while round(length) >= LEAST_RUNS:
        size = round(length)
        steps = max(1, math.ceil(2 * (n - size) / size)) if n > size else 0
        found += [
            (begin, begin + size)
            for begin in np.linspace(0, n - size, steps + 1).round().astype(int).tolist()
        ]
        length /= DECAY
    return list(dict.fromkeys(found))


def _surest(values: Floats) -> tuple[int, float]:
    """The split with the smallest p of Student's t between both parts (equal variances), and that p."""
    n = len(values)
    m = np.arange(LEAST_PART, n - LEAST_PART + 1)
    total, squares = values.cumsum(), (values**2).cumsum()
    first, second = total[m - 1] / m, (total[-1] - total[m - 1]) / (n - m)
    within = squares[-1] - m * first**2 - (n - m) * second**2
    error = np.sqrt(np.maximum(within, 1e-18) / (n - 2) * (1 / m + 1 / (n - m)))
    p = 2 * stdtr(n - 2, -np.abs(second - first) / error)
    place = int(np.argmin(p))
    return int(m[place]), float(p[place])


def _changes(figure: Figure, shots: Sequence[Shot], alpha: float) -> list[ChangePoint]:
    values = np.array([shot.figures[figure.name] for shot in shots])
    scaled = np.log(np.maximum(values, 1e-12)) if figure.scale == "ratio" else values
    found = splits(scaled, alpha)
    ends = [0, *(place for place, _ in found), len(values)]
    levels = [float(np.median(values[a:b])) for a, b in pairwise(ends)]
    return [
        ChangePoint(figure, shots[place], place, before, after, _effect(figure, before, after), p)
        for (place, p), before, after in zip(found, levels, levels[1:], strict=False)
    ]


def _effect(figure: Figure, before: float, after: float) -> float:
    return after / before - 1 if figure.scale == "ratio" else after - before


def _scaled(change: ChangePoint) -> float:
    return math.log1p(change.effect) if change.figure.scale == "ratio" else change.effect
