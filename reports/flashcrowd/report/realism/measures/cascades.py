"""How large cascades grow and how they are built, of those that were followed up."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from scipy.stats import spearmanr

from flashcrowd.report.metrics.virality import BIG
from flashcrowd.report.metrics.virality import secondary_r as offspring
from flashcrowd.report.realism import published
from flashcrowd.report.realism.fact import Figure, Reading
from flashcrowd.report.realism.measures.grids import COUNTS, ccdf_on
from flashcrowd.report.realism.measures.observation import Observation
from flashcrowd.report.realism.measures.powerlaw import discrete_exponent
from flashcrowd.report.run import Column

FEWEST_BIG: Final = 8e-5
"""Share of the originals that reach 100 nodes in a society that just holds the fact on big cascades."""

TAIL: Final = 10
"""Size from which the exponent of the cascade sizes is taken."""


def no_reshare(seen: Observation) -> Reading:
    """Share of the originals that were never reposted."""
    sizes = _sizes(seen)
    return Reading({"share": Figure(_mean(sizes == 1), len(sizes))})


def big_cascades(seen: Observation) -> Reading:
    """Share of the originals whose cascade reached 100 nodes or more."""
    sizes = _sizes(seen)
    figures = {"share": Figure(_mean(sizes >= BIG), len(sizes))}
    return Reading(figures, {"big": [float((sizes >= BIG).sum())], "originals": [float(len(sizes))]},
                   ccdf_on(COUNTS, sizes))  # fmt: skip


def pooled_share(readings: Sequence[Reading]) -> dict[str, Figure]:
    """Big cascades of all seeds over the originals of all seeds."""
    pool = samples(readings)
    many = float(pool["originals"].sum())
    return {"share": Figure(float(pool["big"].sum()) / many if many else float("nan"), int(many))}


def popularity_exponent(seen: Observation) -> Reading:
    """Tail exponent of the cascade sizes, kept to be taken over all seeds."""
    sizes = _sizes(seen)
    return Reading(
        samples={"size": sizes[sizes >= TAIL].astype(float).tolist()}, curve=ccdf_on(COUNTS, sizes)
    )


def pooled_exponent(readings: Sequence[Reading]) -> dict[str, Figure]:
    """The exponent of greatest likelihood over all cascades of 10 nodes or more."""
    sizes = samples(readings)["size"]
    return {"exponent": Figure(discrete_exponent(sizes, TAIL), len(sizes))}


def structure(seen: Observation) -> Reading:
    """A row of measures for each cascade of 100 nodes or more; facts on structure pool them over seeds."""
    found, trees = seen.spread, seen.forest
    chosen = seen.followed & (found.size >= BIG)
    columns: dict[str, Column] = {
        "size": found.size,
        "virality": found.virality,
        "depth": found.depth,
        "breadth": found.breadth / np.maximum(found.size, 1),
        "one_hop": found.one_hop,
        "half_life_min": found.half_life_s / 60,
        "offspring": offspring(trees),
    }
    kept = {name: _plain(column[chosen]) for name, column in columns.items()}
    return Reading(samples=kept | {"originals": [float(seen.followed.sum())]})


def one_hop(readings: Sequence[Reading]) -> dict[str, Figure]:
    """Mean and median over cascades of the share of participants one hop from the root."""
    pool = samples(readings)
    found = pool["one_hop"]
    return {"mean": _figure(_mean(found), pool), "median": _figure(_median(found), pool)}


def structural_virality(readings: Sequence[Reading]) -> dict[str, Figure]:
    """Median structural virality and its distance to the published distribution, by size."""
    figures = {}
    for least, found in _by_bucket(readings, "virality").items():
        quantiles = published.STRUCTURAL_VIRALITY[least]
        figures[f"ks_{least}"] = Figure(published.distance(found, quantiles), len(found))
        figures[f"median_{least}"] = Figure(_median(found), len(found))
    return figures


def size_virality_rank(readings: Sequence[Reading]) -> dict[str, Figure]:
    """Spearman's rank correlation of size and structural virality."""
    pool = samples(readings)
    size, virality = pool["size"], pool["virality"]
    varied = len(size) > 2 and np.ptp(size) > 0 and np.ptp(virality) > 0
    return {"rank": _figure(float(spearmanr(size, virality).statistic) if varied else float("nan"), pool)}


def depth_breadth(readings: Sequence[Reading]) -> dict[str, Figure]:
    """Median depth and median of maximal breadth over size, by size."""
    figures = {}
    for name in ("depth", "breadth"):
        for least, found in _by_bucket(readings, name).items():
            figures[f"{name}_{least}"] = Figure(_median(found), len(found))
    return figures


def half_life(readings: Sequence[Reading]) -> dict[str, Figure]:
    """Median minutes to half of the reposts, and the ratio of the 90 % to the 10 % quantile."""
    pool = samples(readings)
    found = pool["half_life_min"]
    low, high = np.quantile(found, [0.1, 0.9]) if len(found) else (0.0, 0.0)
    ratio = float(high / low) if low else float("nan")
    return {"median": _figure(_median(found), pool), "ratio": _figure(ratio, pool)}


def secondary_r(readings: Sequence[Reading]) -> dict[str, Figure]:
    """Mean and greatest number of reposts that a repost causes, over cascades."""
    pool = samples(readings)
    found = pool["offspring"]
    greatest = float(found.max()) if len(found) else float("nan")
    return {"mean": _figure(_mean(found), pool), "max": _figure(greatest, pool)}


def samples(readings: Sequence[Reading]) -> dict[str, Any]:
    """The samples of several readings, in one column each."""
    names = {name for reading in readings for name in reading.samples}
    return {
        name: np.concatenate([np.asarray(reading.samples.get(name, ()), np.float64) for reading in readings])
        for name in names
    }


def _sizes(seen: Observation) -> Column:
    return np.asarray(seen.spread.size[seen.followed])


def _by_bucket(readings: Sequence[Reading], name: str) -> dict[int, Column]:
    pool = samples(readings)
    return {
        least: pool[name][(pool["size"] >= least) & (pool["size"] < below)]
        for least, below in published.BUCKETS.items()
    }


def _figure(value: float, pool: dict[str, Any]) -> Figure:
    """A figure over all big cascades, with how many there should be at least."""
    return Figure(value, len(pool["size"]), int(FEWEST_BIG * pool["originals"].sum()))


def _plain(values: Column) -> list[float]:
    return [float(f"{value:.6g}") for value in values]


def _mean(values: Column) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _median(values: Column) -> float:
    return float(np.median(values)) if len(values) else float("nan")
