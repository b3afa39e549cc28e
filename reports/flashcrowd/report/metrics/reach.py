"""One cascade looked at closely: how it grew, into which communities, what it asked of the platform."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flashcrowd.report.metrics.forest import Forest
from flashcrowd.report.metrics.virality import Spread
from flashcrowd.report.run import Column, Columns

LEAST_VIRAL: Final = 10
"""Smallest cascade that is chosen for its structure."""


def notable(trees: Forest, found: Spread, largest: int, most_viral: int) -> list[int]:
    """The largest cascades, largest first, then the structurally most viral; reposted ones only."""
    order = np.argsort(-trees.size, kind="stable")[:largest]
    chosen = [int(cascade) for cascade in order if trees.size[cascade] > 1]
    viral = np.where(trees.size >= LEAST_VIRAL, found.virality, -np.inf)
    for cascade in np.argsort(-viral, kind="stable")[: most_viral + largest].tolist():
        if len(chosen) < largest + most_viral and np.isfinite(viral[cascade]) and cascade not in chosen:
            chosen.append(cascade)
    return chosen


@dataclass(frozen=True)
class Growth:
    """Reposts of one cascade in time; float64 and int64 arrays of shape (n_points,)."""

    delay_s: Column
    reposts: Column


def growth(trees: Forest, cascade: int, points: int = 60) -> Growth:
    """How many reposts there were so long after the original (or, where it is unknown, the first repost)."""
    nodes = trees.nodes_of(cascade)
    times = np.sort(trees.t[nodes[1:]])
    times = times[np.isfinite(times)]
    begun = trees.t[nodes[0]] if np.isfinite(trees.t[nodes[0]]) else times[0] if len(times) else 0.0
    kept = np.unique(np.linspace(0, max(len(times) - 1, 0), min(points, len(times))).astype(np.int64))
    return Growth(np.concatenate([[0.0], times[kept] - begun]), np.concatenate([[0], kept + 1]))


@dataclass(frozen=True)
class Communities:
    """The communities of one cascade's members, most first; `rest` counts members of all others."""

    names: tuple[int, ...]
    counts: tuple[int, ...]
    rest: int


def communities(trees: Forest, cascade: int, members: Columns, shown: int = 7) -> Communities | None:
    """Which communities a cascade reached; None where the record does not say who belongs where."""
    if not len(members["member"]):
        return None
    who = trees.member[trees.nodes_of(cascade)]
    community = np.full(int(max(members["member"].max(), who.max(initial=0))) + 1, -1, np.int64)
    community[members["member"]] = members["community"]
    found = community[who[who >= 0]]
    names, counts = np.unique(found[found >= 0], return_counts=True)
    if not len(names):
        return None
    order = np.argsort(-counts, kind="stable")
    first = order[:shown]
    return Communities(
        tuple(names[first].tolist()), tuple(counts[first].tolist()), int(counts[order[shown:]].sum())
    )
