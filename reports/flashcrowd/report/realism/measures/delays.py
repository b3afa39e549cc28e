"""How long after the post or repost that exposed a member its repost comes."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from flashcrowd.core.clock import DAY
from flashcrowd.report.metrics.forest import Forest
from flashcrowd.report.realism.fact import Figure, Reading
from flashcrowd.report.realism.measures.grids import on_grid
from flashcrowd.report.realism.measures.observation import Observation
from flashcrowd.report.realism.published import DELAY_CDF, delay_within
from flashcrowd.report.run import Column

SIZES: Final = 56, 999
"""The smallest and the largest cascade in the published data. The error leaves out larger ones, which only
large societies have: each holds as many reposts as a hundred others, and the data says nothing of them."""

EDGES_S: Final = np.unique(np.concatenate([[0.0], np.geomspace(1, 30 * DAY, 120), list(DELAY_CDF)]))


def reshare_delay(seen: Observation) -> Reading:
    """Delays, counted between the edges `EDGES_S`, of cascades of 56 to 999 nodes, and of all from 56 on.

    Counted are delays up to the horizon (`follow_up_s`) below (re)posts that are at least so old at the end,
    so that long delays are neither favoured nor lost.
    """
    least, most = SIZES
    size = seen.forest.size
    counts, counts_of_all = (
        _counts(delays_within(seen.forest, seen.followed & chosen, seen.end_s, seen.follow_up_s))
        for chosen in ((size >= least) & (size <= most), size >= least)
    )
    samples = {"horizon_s": [seen.follow_up_s], "of_all": counts_of_all.tolist()}
    return Reading(samples=samples, curve=on_grid(EDGES_S, counts))


def delays_within(trees: Forest, chosen: Column, end_s: float, horizon_s: float) -> Column:
    """Delays (s) up to `horizon_s` of reposts in chosen cascades, bool (n_cascades,), below nodes of that
    age."""
    nodes = np.arange(trees.n_cascades, trees.n_nodes)
    counted = chosen[trees.cascade[nodes]]
    parents = trees.parent[nodes]
    delay = trees.t[nodes] - trees.t[parents]
    return np.asarray(delay[counted & (trees.t[parents] <= end_s - horizon_s) & (delay <= horizon_s)])


def delay_error(readings: Sequence[Reading]) -> dict[str, Figure]:
    """Largest error of the CDF of all delays at the published points up to the horizon, and the CDF there.

    `error` is against the published curve cut at the horizon, `error_uncut` against the curve as it stands,
    `error_all` with cascades larger than any of the data.
    """
    counts, of_all = pooled_counts(readings), _counts_of_all(readings)
    total = int(counts.sum())
    horizon = min((s for reading in readings for s in reading.samples.get("horizon_s", ())), default=0.0)
    points = [point for point in DELAY_CDF if point <= min(horizon, DAY) or point == horizon]
    cdf = {point: _cdf(counts, point) for point in points}
    figures = {_name(point): Figure(value, total) for point, value in cdf.items()}
    cut = [abs(value - delay_within(point, horizon)) for point, value in cdf.items()]
    uncut = [abs(value - DELAY_CDF[point]) for point, value in cdf.items()]
    larger = [abs(_cdf(of_all, point) - delay_within(point, horizon)) for point in points]
    figures["error"] = Figure(max(cut, default=float("nan")), total)
    figures["error_uncut"] = Figure(max(uncut, default=float("nan")), total)
    figures["error_all"] = Figure(max(larger, default=float("nan")), int(of_all.sum()))
    return figures


def pooled_counts(readings: Sequence[Reading]) -> Column:
    """Delays between the edges over all readings, int64 (len(EDGES_S),)."""
    counts = [reading.curve[1] for reading in readings if len(reading.curve[1])]
    return np.asarray(np.sum(counts, axis=0) if counts else np.zeros(len(EDGES_S)), np.int64)


def _counts(delays: Column) -> Column:
    places = np.searchsorted(EDGES_S, delays, side="left")
    return np.bincount(places, minlength=len(EDGES_S))[: len(EDGES_S)]


def _counts_of_all(readings: Sequence[Reading]) -> Column:
    counts = [np.asarray(reading.samples["of_all"]) for reading in readings if "of_all" in reading.samples]
    return np.asarray(np.sum([np.zeros(len(EDGES_S)), *counts], axis=0))


def _cdf(counts: Column, point_s: float) -> float:
    total = counts.sum()
    return (
        float(counts[: np.searchsorted(EDGES_S, point_s, side="right")].sum() / total)
        if total
        else float("nan")
    )


def _name(point_s: float) -> str:
    """
    >>> _name(300.0), _name(7 * DAY)
    ('within_5_min', 'within_10080_min')
    """
    return f"within_{point_s / 60:g}_min"
