"""99 % intervals over seeds: a run is one observation, however many members it has."""

import math
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import numpy as np
from scipy.stats import t as students_t

CONFIDENCE: Final = 0.99
DRAWS: Final = 1000
"""Resamples of a bootstrap."""

Span = tuple[float, float]
UNKNOWN: Final[Span] = (math.nan, math.nan)
Run = TypeVar("Run")


def t_interval(values: Sequence[float]) -> Span:
    """Student's interval of the mean of independent values; NaN for fewer than two.

    >>> [round(end, 2) for end in t_interval([1.0, 2.0, 3.0])]
    [-3.73, 7.73]
    """
    n = len(values)
    if n < 2:
        return UNKNOWN
    half = float(students_t.ppf((1 + CONFIDENCE) / 2, n - 1) * np.std(values, ddof=1) / math.sqrt(n))
    middle = float(np.mean(values))
    return middle - half, middle + half


def cluster_bootstrap(
    runs: Sequence[Run], figures: Callable[[Sequence[Run]], dict[str, float]], draws: int = DRAWS
) -> dict[str, Span]:
    """Percentile interval of each figure, whole runs being drawn again with replacement (Efron 1979).

    `figures` takes some runs, repeats among them, and gives the figures of all together; those that are NaN
    are left out. Empty for fewer than two runs. The draws are the same for the same number of runs.
    """
    if len(runs) < 2:
        return {}
    rng = np.random.default_rng(len(runs))
    drawn: dict[str, list[float]] = {}
    for places in rng.integers(0, len(runs), (draws, len(runs))):
        for name, value in figures([runs[place] for place in places]).items():
            if math.isfinite(value):
                drawn.setdefault(name, []).append(value)
    tail = (1 - CONFIDENCE) / 2
    ends = {name: np.quantile(values, [tail, 1 - tail]) for name, values in drawn.items()}
    return {name: (float(low), float(high)) for name, (low, high) in ends.items()}
