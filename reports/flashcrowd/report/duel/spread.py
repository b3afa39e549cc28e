"""How content spread in two societies, as figures: how far, and how, at matched size.

A change that makes cascades larger also makes them deeper and more viral, by that alone; so what a cascade
looks like is compared among cascades of equal size only (Juul & Ugander, PNAS 2021).
"""

from typing import Final

import numpy as np

from flashcrowd.report.analysis import Analysis
from flashcrowd.report.duel.figures import Figure
from flashcrowd.report.metrics.virality import Spread
from flashcrowd.report.run import Column

LEAST_SIZE: Final = 3
"""Cascades of two look alike whatever spreads them."""

LEAST_CASCADES: Final = 30
"""Matched cascades without which their shape is not compared."""

EXACT: Final = 12
"""Cascades up to this size are matched exactly, larger ones within a tenth of their size."""

TOP_SHARE: Final = 0.01

Reach = dict[str, float]


def spread_figure(name: str) -> Figure:
    """The figure of a name that `spread_pair` gives: none is better for being higher.

    >>> spread_figure("matched.half_life").unit, spread_figure("posts.shared").better
    ('s', 'neither')
    """
    units = {"matched.half_life": "s", "posts.shared": "share", "posts.top_share": "share"}
    return Figure(name, units.get(name, "1"), "neither")


def spread_pair(baseline: Analysis, candidate: Analysis) -> tuple[Reach, Reach]:
    """The figures of two societies.

    `posts.…`: of all original posts · `matched.…`: means over cascades, weighted so that both sides have
    equally many of each size; left out where too few match.
    """
    before, after = reach_of(baseline), reach_of(candidate)
    shapes = matched(shape_of(baseline.spread), shape_of(candidate.spread))
    return before | shapes[0], after | shapes[1]


def reach_of(society: Analysis) -> Reach:
    """How far posts got: reposts of a post, share of posts with any, share of reposts that the most shared
    one in a hundred has."""
    size = society.spread.size[society.spread.recorded].astype(float) - 1.0
    if not len(size) or not size.sum():
        return {}
    top = np.sort(size)[-max(1, round(TOP_SHARE * len(size))) :]
    return {
        "posts.reposts": float(size.mean()),
        "posts.shared": float((size > 0).mean()),
        "posts.top_share": float(top.sum() / size.sum()),
    }


def shape_of(seen: Spread) -> dict[str, Column]:
    """Size and shape of every cascade that has a shape, one array for each measure."""
    kept = seen.size >= LEAST_SIZE
    columns = {
        "size": seen.size,
        "virality": seen.virality,
        "depth": seen.depth,
        "breadth": seen.breadth,
        "one_hop": seen.one_hop,
        "half_life": seen.half_life_s,
    }
    return {name: np.asarray(column, float)[kept] for name, column in columns.items()}


def matched(before: dict[str, Column], after: dict[str, Column]) -> tuple[Reach, Reach]:
    """Means of each measure over cascades of equal size: of a size that one side has n of and the other m,
    each counts min(n, m) times in the mean."""
    found: tuple[Reach, Reach] = ({}, {})
    for name in before:
        if name == "size":
            continue
        sides = [_by_size(side["size"], side[name]) for side in (before, after)]
        shared = sides[0].keys() & sides[1].keys()
        weights = {size: min(len(side[size]) for side in sides) for size in shared}
        total = sum(weights.values())
        if total < LEAST_CASCADES:
            continue
        for reach, side in zip(found, sides, strict=True):
            reach[f"matched.{name}"] = sum(w * float(side[s].mean()) for s, w in weights.items()) / total
    return found


def size_class(size: Column) -> Column:
    """The class in which a size is matched, int64: itself when small, then steps of a tenth.

    >>> size_class(np.array([3.0, 12.0, 100.0, 109.0, 131.0])).tolist()
    [3, 12, 34, 35, 37]
    """
    large = EXACT + np.floor(np.log(np.maximum(size, EXACT) / EXACT) / np.log(1.1))
    return np.asarray(np.where(size <= EXACT, size, large).astype(np.int64))


def _by_size(size: Column, values: Column) -> dict[int, Column]:
    known = np.isfinite(values)
    classes, values = size_class(size[known]), values[known]
    order = np.argsort(classes, kind="stable")
    names, first = np.unique(classes[order], return_index=True)
    ends = [*first[1:], len(values)]
    return {name: values[order][a:b] for name, a, b in zip(names.tolist(), first, ends, strict=False)}
