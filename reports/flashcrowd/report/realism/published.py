"""Figures of real cascades that whole distributions are held against.

They were taken from the calibration part of the Twitter15/16 propagation trees of rumours and news (Liu 2015;
Ma et al. 2016, 2017): 997 cascades of 56 to 999 nodes. Half of all parents there were inferred by the data's
authors. Quantiles only; none of the rows.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.special import ndtr

from flashcrowd.core.clock import DAY, HOUR, MINUTE
from flashcrowd.report.run import Column

BUCKETS: Final = {100: 200, 200: 500, 500: 1000}
"""Sizes of cascades that are compared with each other: lower end -> end, which is outside."""

STRUCTURAL_VIRALITY: Final = {
    100: (
        1.98, 2.006, 2.033, 2.037, 2.048, 2.052, 2.064, 2.078, 2.097, 2.108, 2.123, 2.143, 2.163, 2.169,
        2.177, 2.198, 2.216, 2.24, 2.251, 2.264, 2.27, 2.286, 2.294, 2.309, 2.337, 2.355, 2.361, 2.389,
        2.423, 2.444, 2.476, 2.488, 2.513, 2.553, 2.58, 2.608, 2.622, 2.657, 2.677, 2.715, 2.747, 2.783,
        2.811, 2.857, 2.931, 3.036, 3.088, 3.276, 3.5, 3.863, 7.696,
    ),
    200: (
        1.991, 2.035, 2.044, 2.056, 2.065, 2.073, 2.08, 2.088, 2.092, 2.109, 2.123, 2.131, 2.14, 2.147,
        2.152, 2.161, 2.168, 2.184, 2.192, 2.205, 2.218, 2.242, 2.255, 2.268, 2.283, 2.309, 2.321, 2.34,
        2.374, 2.414, 2.439, 2.472, 2.502, 2.545, 2.57, 2.595, 2.617, 2.653, 2.691, 2.727, 2.787, 2.824,
        2.877, 2.976, 3.06, 3.16, 3.252, 3.386, 3.696, 3.934, 5.713,
    ),
    500: (
        2.061, 2.068, 2.089, 2.102, 2.111, 2.131, 2.135, 2.148, 2.155, 2.164, 2.178, 2.181, 2.19, 2.203,
        2.213, 2.228, 2.244, 2.253, 2.261, 2.267, 2.278, 2.294, 2.312, 2.324, 2.334, 2.352, 2.383, 2.407,
        2.422, 2.448, 2.49, 2.511, 2.525, 2.546, 2.596, 2.605, 2.621, 2.64, 2.694, 2.733, 2.798, 2.941,
        3.043, 3.254, 3.285, 3.352, 3.537, 3.711, 3.932, 4.526, 5.1,
    ),
}  # fmt: skip
"""Quantiles of structural virality by bucket: least, 2 %, 4 %, … 98 %, greatest."""

DEPTH: Final = {
    100: (
        1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 6, 16,
    ),
    200: (
        1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 6, 10,
    ),
    500: (
        2, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 6, 7, 8, 12,
    ),
}  # fmt: skip
"""Quantiles of depth by bucket: least, 5 %, 10 %, … 95 %, greatest."""

BREADTH: Final = {
    100: (
        0.229, 0.47, 0.548, 0.604, 0.642, 0.673, 0.715, 0.744, 0.771, 0.804, 0.828, 0.847, 0.862, 0.875,
        0.893, 0.905, 0.928, 0.944, 0.959, 0.966, 0.99,
    ),
    200: (
        0.307, 0.459, 0.5, 0.576, 0.629, 0.678, 0.723, 0.773, 0.809, 0.84, 0.86, 0.879, 0.896, 0.908, 0.918,
        0.925, 0.939, 0.95, 0.958, 0.969, 0.998,
    ),
    500: (
        0.332, 0.451, 0.509, 0.557, 0.66, 0.69, 0.733, 0.782, 0.795, 0.824, 0.845, 0.858, 0.874, 0.882,
        0.891, 0.905, 0.918, 0.928, 0.935, 0.951, 0.973,
    ),
}  # fmt: skip
"""Quantiles of maximal breadth / size by bucket, at the same levels."""

ONE_HOP: Final = (
    0.119, 0.372, 0.473, 0.545, 0.626, 0.678, 0.722, 0.759, 0.796, 0.825, 0.848, 0.865, 0.88, 0.896, 0.909,
    0.922, 0.934, 0.949, 0.96, 0.971, 1,
)  # fmt: skip
"""Quantiles of the share of participants one hop from the root, size >= 100, at the same levels."""

HALF_LIFE_MIN: Final = (
    1.6, 6.7, 9.3, 12.5, 15.9, 19.6, 22.4, 25.7, 28.8, 32.2, 37.8, 44.8, 54.4, 67.4, 83.6, 108.9, 135.8,
    213.2, 336.9, 654.3, 109176,
)  # fmt: skip
"""Quantiles of the minutes to half of a cascade's reposts, size >= 100, at the same levels."""

SECONDARY_R: Final = (
    0, 0.029, 0.04, 0.051, 0.066, 0.078, 0.091, 0.104, 0.12, 0.135, 0.152, 0.175, 0.204, 0.241, 0.278, 0.322,
    0.374, 0.455, 0.527, 0.628, 0.881,
)  # fmt: skip
"""Quantiles of the offspring per non-root participant, size >= 100, at the same levels."""

DELAY_CDF: Final = {
    5 * MINUTE: 0.191, 30 * MINUTE: 0.443, HOUR: 0.549, 6 * HOUR: 0.793, DAY: 0.917, 7 * DAY: 0.978,
}  # fmt: skip
"""Share of reposts that came within so many seconds of the (re)post that exposed the member, size >= 56."""

DELAY_MU: Final = 7.95
DELAY_SIGMA: Final = 2.54
"""The log-normal that fits these delays, of ln s; better than the power-law kernel of SEISMIC."""


def delay_cdf(delay_s: Column) -> Column:
    """Share of reposts within so many seconds by the log-normal."""
    return np.asarray(ndtr((np.log(np.maximum(delay_s, 1e-9)) - DELAY_MU) / DELAY_SIGMA))


def delay_within(delay_s: float, horizon_s: float) -> float:
    """Share of the reposts within `horizon_s` that come within `delay_s`, a point of `DELAY_CDF`.

    A run sees no delay beyond its horizon, so the published curve is cut there too: the published point over
    the log-normal's share at the horizon.

    >>> round(delay_within(DAY, 2 * DAY), 3), round(delay_within(DAY, math.inf), 3)
    (0.968, 0.917)
    """
    seen = 1.0 if math.isinf(horizon_s) else float(ndtr((math.log(horizon_s) - DELAY_MU) / DELAY_SIGMA))
    return min(1.0, DELAY_CDF[delay_s] / seen)


def levels(quantiles: Sequence[float]) -> Column:
    """The levels, 0..1, of one of the tables above."""
    return np.linspace(0, 1, len(quantiles))


def distance(values: Column, quantiles: Sequence[float]) -> float:
    """Largest difference between the CDF of a sample and that which runs straight between the quantiles.

    The statistic D of Kolmogorov and Smirnov, with a distribution known by its quantiles; NaN for an empty
    sample.

    >>> distance(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), (0.0, 0.5, 1.0))
    0.2
    """
    if not len(values):
        return math.nan
    at, counts = np.unique(values, return_counts=True)
    above = np.cumsum(counts) / len(values)
    below = above - counts / len(values)
    published = np.interp(at, quantiles, levels(quantiles))
    grid = np.asarray(quantiles)
    ours = np.searchsorted(np.sort(values), grid, side="right") / len(values)
    last = np.searchsorted(grid, grid, side="right") - 1  # the level of repeated quantiles is the last one's
    return float(max(np.abs(above - published).max(), np.abs(below - published).max(),
                     np.abs(ours - levels(quantiles)[last]).max()))  # fmt: skip
