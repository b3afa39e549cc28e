"""Distributions on grids that are the same for every run, so that those of many seeds can be averaged."""

from typing import Final

import numpy as np

from flashcrowd.report.run import Column

Curve = tuple[list[float], list[float]]

COUNTS: Final = np.unique(np.geomspace(1, 1e8, 161).round())
"""For numbers of followers, follows, reposts."""

SHARES: Final = np.linspace(0, 1, 101)


def on_grid(x: Column, y: Column) -> Curve:
    """Two equally long columns as plain numbers."""
    return [float(value) for value in x], [float(value) for value in y]


def cdf_on(grid: Column, values: Column) -> Curve:
    """The grid, and the share of the values that each of its points is not exceeded by.

    >>> cdf_on(np.array([0, 1, 2]), np.array([1, 3]))
    ([0.0, 1.0, 2.0], [0.0, 0.5, 0.5])
    """
    if not len(values):
        return on_grid(grid, np.full(len(grid), np.nan))
    return on_grid(grid, np.searchsorted(np.sort(values), grid, side="right") / len(values))


def ccdf_on(grid: Column, values: Column) -> Curve:
    """The grid, and the share of the values that are at least as large as each of its points.

    >>> ccdf_on(np.array([1, 2]), np.array([1, 3]))
    ([1.0, 2.0], [1.0, 0.5])
    """
    if not len(values):
        return on_grid(grid, np.full(len(grid), np.nan))
    return on_grid(grid, 1.0 - np.searchsorted(np.sort(values), grid, side="left") / len(values))


def held_by_top(descending: Column, people: int) -> Curve:
    """Shares of people from the top, and what these hold of the sum of a column (zeros may be left out).

    >>> held_by_top(np.array([3, 1]), 4)[1][::25]
    [0.0, 0.75, 1.0, 1.0, 1.0]
    """
    total = float(descending.sum())
    if not total:
        return on_grid(SHARES, np.full(len(SHARES), np.nan))
    held = np.concatenate([[0.0], np.cumsum(descending) / total])
    return on_grid(SHARES, held[np.minimum((SHARES * people + 1e-9).astype(np.int64), len(held) - 1)])
