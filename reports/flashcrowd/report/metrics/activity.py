"""Cascades along the scenario clock: how many were alive, and how much was passed on."""

from dataclasses import dataclass

import numpy as np

from flashcrowd.report.metrics.forest import Forest
from flashcrowd.report.run import Column


@dataclass(frozen=True)
class Activity:
    """Bins of scenario time; arrays of shape (n_bins,).

    Attributes:
        start_s: beginning of each bin.
        active: cascades that were reposted in the bin, int64.
        reposts: reposts in the bin, int64.
    """

    width_s: float
    start_s: Column
    active: Column
    reposts: Column


def activity(trees: Forest, begin_s: float, width_s: float, n_bins: int) -> Activity:
    """Reposts from `begin_s` on in `n_bins` bins of `width_s` scenario seconds."""
    t, cascade = trees.t[trees.n_cascades :], trees.cascade[trees.n_cascades :]
    place = np.floor((t - begin_s) / width_s)
    inside = (place >= 0) & (place < n_bins)
    bins = place[inside].astype(np.int64)
    pairs = np.unique(bins * max(trees.n_cascades, 1) + cascade[inside])
    return Activity(
        width_s=width_s,
        start_s=begin_s + np.arange(n_bins) * width_s,
        active=np.bincount(pairs // max(trees.n_cascades, 1), minlength=n_bins),
        reposts=np.bincount(bins, minlength=n_bins),
    )
