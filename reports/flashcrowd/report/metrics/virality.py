"""How cascades spread: size, depth, breadth, structural virality, reproduction, half-life, communities."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from flashcrowd.report.metric import Metric
from flashcrowd.report.metrics.forest import Forest
from flashcrowd.report.metrics.quantiles import quantile
from flashcrowd.report.run import Column, Columns

BIG: Final = 100
"""Size from which a cascade counts as big (Goel, Anderson, Hofman & Watts, Management Science 2016)."""

BUCKETS: Final = (3, 10, 30, 100, 200, 500, 1000)
"""Lower ends of size buckets: groups are compared at matched size only (Juul & Ugander, PNAS 2021)."""

MATCHED: Final = (10, 30, 100, 300, math.inf)
"""Size ranges at which runs are compared by one figure each."""

LEAST_MATCHED: Final = 5
"""Cascades of a size that such a figure needs."""


@dataclass(frozen=True)
class Spread:
    """One number per cascade, arrays of shape (n_cascades,), float where NaN can occur.

    Attributes:
        size: the original and its reposts.
        recorded: whether the original itself is in the record.
        depth: longest distance from the root.
        breadth: most nodes in one generation.
        virality: structural virality, the mean distance between two nodes; NaN for size 1.
        one_hop: share of reposts that came straight from the original; NaN for size 1.
        half_life_s, t90_s: time until half, and nine tenths, of the reposts; NaN where not known.
        communities: communities that the posters and reposters belong to; NaN when not recorded.
    """

    size: Column
    recorded: Column
    depth: Column
    breadth: Column
    virality: Column
    one_hop: Column
    half_life_s: Column
    t90_s: Column
    communities: Column


def spread(trees: Forest, members: Columns) -> Spread:
    """Every measure of every cascade. `members` may be empty: communities are then unknown."""
    return Spread(
        size=trees.size,
        recorded=np.arange(trees.n_cascades) < trees.n_recorded,
        depth=_depth(trees),
        breadth=_breadth(trees),
        virality=structural_virality(trees),
        one_hop=_one_hop(trees),
        half_life_s=repost_delay(trees, 0.5),
        t90_s=repost_delay(trees, 0.9),
        communities=communities_reached(trees, members),
    )


def structural_virality(trees: Forest) -> Column:
    """Mean distance between two different nodes of each cascade, float64 (n_cascades,); NaN for size 1.

    The edge above a node v is on the path of s_v (n - s_v) pairs, s_v being the nodes at and below v; so the
    Wiener index W is the sum of these products and v(T) = 2 W / (n (n - 1)) (Goel et al. 2016, equation 1).
    """
    below = slice(trees.n_cascades, None)
    cascade, subtree = trees.cascade[below], trees.subtree[below].astype(np.float64)
    n = trees.size.astype(np.float64)
    wiener = np.bincount(cascade, weights=subtree * (n[cascade] - subtree), minlength=trees.n_cascades)
    return _ratio(2 * wiener, n * (n - 1))


def repost_delay(trees: Forest, level: float) -> Column:
    """Seconds from the original until this share of its reposts was made, float64 (n_cascades,)."""
    counts = trees.size - 1
    first = np.cumsum(counts) - counts
    ranks = np.maximum(np.ceil(np.round(level * counts, 9)).astype(np.int64) - 1, 0)
    found = np.full(trees.n_cascades, np.nan)
    some = counts > 0
    times = trees.t[trees.n_cascades :][trees.reposts_in_time]
    found[some] = times[(first + ranks)[some]] - trees.t[: trees.n_cascades][some]
    return found


def reproduction(trees: Forest) -> Column:
    """Reposts in generation g + 1 per node of generation g, over all cascades, float64 (n_generations,)."""
    counts = np.array([len(nodes) for nodes in trees.generations] + [0], np.float64)
    return _ratio(counts[1:], counts[:-1])


def secondary_r(trees: Forest) -> Column:
    """Reposts caused by one repost, on average in each cascade, float64 (n_cascades,); NaN for size 1."""
    reposts = (trees.size - 1).astype(np.float64)
    return _ratio(reposts - _children_of_root(trees), reposts)


def communities_reached(trees: Forest, members: Columns) -> Column:
    """Communities among the members of each cascade, float64 (n_cascades,); NaN without `members`."""
    if not len(members["member"]):
        return np.full(trees.n_cascades, np.nan)
    community = np.full(int(max(members["member"].max(), trees.member.max(initial=0))) + 1, -1, np.int64)
    community[members["member"]] = members["community"]
    found = np.where(trees.member >= 0, community[trees.member], -1)
    known = found >= 0
    width = int(found.max(initial=0)) + 1
    pairs = np.unique(trees.cascade[known] * width + found[known])
    return np.bincount(pairs // width, minlength=trees.n_cascades).astype(np.float64)


def size_ccdf(sizes: Column, points: int = 160) -> tuple[Column, Column]:
    """Share of cascades of at least each size: (sizes, shares), thinned evenly on a logarithmic axis.

    >>> [list(map(float, column)) for column in size_ccdf(np.array([1, 1, 1, 5]))]
    [[1.0, 5.0], [1.0, 0.25]]
    """
    if not len(sizes):
        return np.empty(0), np.empty(0)
    distinct, counts = np.unique(sizes, return_counts=True)
    at_least = np.cumsum(counts[::-1])[::-1] / len(sizes)
    wanted = np.geomspace(distinct[0], distinct[-1], points)
    kept = np.unique(np.searchsorted(distinct, wanted).clip(0, len(distinct) - 1))
    return distinct[kept].astype(np.float64), at_least[kept]


@dataclass(frozen=True)
class SizeBucket:
    """Structural virality, depth and breadth / size of cascades of similar size (10, 50, 90 % quantiles)."""

    least: int
    below: float
    count: int
    virality: tuple[float, float, float]
    depth: tuple[float, float, float]
    breadth_share: tuple[float, float, float]


def by_size(found: Spread) -> tuple[SizeBucket, ...]:
    """The buckets of `BUCKETS` that hold any cascade."""
    ends = (*BUCKETS[1:], float("inf"))
    buckets = []
    for least, below in zip(BUCKETS, ends, strict=True):
        chosen = (found.size >= least) & (found.size < below)
        if chosen.any():
            columns = (found.virality, found.depth, found.breadth / np.maximum(found.size, 1))
            spans = [_span(column[chosen]) for column in columns]
            buckets.append(SizeBucket(least, below, int(chosen.sum()), *spans))
    return tuple(buckets)


def virality_metrics(found: Spread, trees: Forest) -> list[Metric]:
    """`cascades.…`: sizes over original posts in the record, structure over all cascades with a repost."""
    if not trees.n_cascades:
        return []
    own = found.size[found.recorded]
    spreading = found.size > 1
    big = found.size >= BIG
    rates = reproduction(trees)
    return [
        Metric("cascades.originals", len(own), "count"),
        Metric("cascades.reposts", trees.n_nodes - trees.n_cascades, "count"),
        Metric("cascades.no_reshare_share", _mean(own == 1), "share"),
        Metric("cascades.big_share", _mean(own >= BIG), "share"),
        Metric("cascades.big", int(big.sum()), "count"),
        Metric("cascades.largest", float(found.size.max()), "count"),
        Metric("cascades.size.mean", _mean(own), "1"),
        *_level_metrics("cascades.structural_virality", found.virality[spreading], "1"),
        *(Metric(f"cascades.structural_virality.{name}", mean, "1") for name, mean in _matched(found)),
        *_level_metrics("cascades.depth", found.depth[spreading], "1"),
        *_level_metrics("cascades.half_life", found.half_life_s[big], "s"),
        *_level_metrics("cascades.t90", found.t90_s[big], "s"),
        *_level_metrics("cascades.communities", found.communities[spreading], "1"),
        Metric("cascades.one_hop_share", _mean(found.one_hop[big]), "share"),
        Metric("cascades.secondary_r", _mean(secondary_r(trees)[big]), "1"),
        *(Metric(f"cascades.reproduction.g{g}", float(rate), "1") for g, rate in enumerate(rates[:5])),
    ]


def _matched(found: Spread) -> Iterator[tuple[str, float]]:
    """Mean structural virality of cascades of similar size, by range: `10_to_30`, …; of `LEAST_MATCHED` at
    least."""
    for least, below in pairwise(MATCHED):
        chosen = found.virality[(found.size >= least) & (found.size < below)]
        name = f"{least}_to_{below}" if math.isfinite(below) else f"from_{least}"
        if len(chosen) >= LEAST_MATCHED:
            yield name, float(chosen.mean())


def _depth(trees: Forest) -> Column:
    deepest = np.zeros(trees.n_cascades, np.int64)
    for distance, nodes in enumerate(trees.generations):
        deepest[trees.cascade[nodes]] = distance
    return deepest


def _breadth(trees: Forest) -> Column:
    widest = np.ones(trees.n_cascades, np.int64)
    for nodes in trees.generations[1:]:
        cascades, counts = np.unique(trees.cascade[nodes], return_counts=True)
        widest[cascades] = np.maximum(widest[cascades], counts)
    return widest


def _one_hop(trees: Forest) -> Column:
    return _ratio(_children_of_root(trees), (trees.size - 1).astype(np.float64))


def _children_of_root(trees: Forest) -> Column:
    parents = trees.parent[trees.n_cascades :]
    return np.bincount(parents[parents < trees.n_cascades], minlength=trees.n_cascades).astype(np.float64)


def _level_metrics(name: str, values: Column, unit: str) -> list[Metric]:
    known = values[np.isfinite(values)]
    return [
        Metric(f"{name}.{level}", quantile(known, at), unit) for level, at in (("p50", 0.5), ("p90", 0.9))
    ]


def _span(values: Column) -> tuple[float, float, float]:
    known = values[np.isfinite(values)].astype(np.float64)
    return quantile(known, 0.1), quantile(known, 0.5), quantile(known, 0.9)


def _ratio(part: Column, whole: Column) -> Column:
    """part / whole, NaN where the whole is 0."""
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))


def _mean(values: Column) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
