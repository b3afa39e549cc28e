"""Where the nodes of one cascade go: the original in the middle, each generation in a ring around it.

A ring is as broad as its nodes need, so a broadcast to thousands becomes an even disc and a chain of three
stays a chain; a branch gets the angle that its fullest generation needs, so that branches do not meet.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flashcrowd.report.metrics.forest import Forest
from flashcrowd.report.run import Column

GOLDEN: Final = (5**0.5 - 1) / 2
MOST_NODES: Final = 6000
NARROWEST: Final = 2.0
"""Least breadth of a ring, in distances between neighbouring nodes."""

ROOM: Final = 1.6
"""Area for one node, in squared distances between neighbouring nodes."""

GAP: Final = 0.7
"""Space between two rings."""


@dataclass(frozen=True)
class Tree:
    """One cascade: parents come before children, node 0 is the original.

    Attributes:
        parent: int64 (n,), -1 for the original.
        depth: int64 (n,).
        delay_s: seconds since the original, NaN where that is not known; float64 (n,).
        left_out: nodes without children that were left out to keep the drawing legible.
    """

    parent: Column
    depth: Column
    delay_s: Column
    left_out: int = 0


@dataclass(frozen=True)
class Layout:
    """Places in the square from -1 to 1, y upwards, filled by the nodes in its longer direction.

    Attributes:
        x, y: of each node, float64 (n,); node 0 is in the middle of the rings, not always of the square.
        rings: outer radii of the generations, the original's first.
        spacing: distance between neighbouring nodes of a full ring.
    """

    x: Column
    y: Column
    rings: Column
    spacing: float


def tree_of(trees: Forest, cascade: int, most_nodes: int = MOST_NODES) -> Tree:
    """One cascade of a forest; above `most_nodes`, nodes without children are left out, evenly in time."""
    nodes = trees.nodes_of(cascade)
    nodes = nodes[np.lexsort((nodes, trees.depth[nodes]))]
    has_children = np.isin(nodes, trees.parent[nodes])
    leaves = np.flatnonzero(~has_children)
    surplus = max(0, len(nodes) - most_nodes)
    if surplus and len(leaves):
        dropped = leaves[
            np.unique(np.linspace(0, len(leaves) - 1, min(surplus, len(leaves))).astype(np.int64))
        ]
        nodes = np.delete(nodes, dropped)
    place = np.full(trees.n_nodes + 1, -1)
    place[nodes] = np.arange(len(nodes))
    return Tree(
        parent=place[trees.parent[nodes]],
        depth=trees.depth[nodes],
        delay_s=trees.t[nodes] - trees.t[nodes[0]],
        left_out=int(trees.size[cascade]) - len(nodes),
    )


def layout(tree: Tree) -> Layout:
    """Places for the nodes of a tree."""
    counts = np.bincount(tree.depth)
    inner, outer = _rings(counts)
    angle = _angles(tree, inner, outer)
    scatter = (np.arange(len(tree.parent)) * GOLDEN) % 1.0
    crowded = (counts[tree.depth] / _capacity(inner, outer)[tree.depth]).clip(0, 1)
    across = 0.5 + (scatter - 0.5) * np.where(counts[tree.depth] > 6, np.maximum(crowded, 0.35), 0.0)
    near, far = inner[tree.depth], outer[tree.depth]
    radius = np.sqrt(near**2 + across * (far**2 - near**2))
    radius[0] = 0.0
    return _fitted(radius * np.cos(angle), radius * np.sin(angle), outer)


def _fitted(x: Column, y: Column, rings: Column) -> Layout:
    """The layout moved and scaled so that its nodes fill the square."""
    scale = 2 / max(float(np.ptp(x)), float(np.ptp(y)), 2.0)
    middle_x, middle_y = (x.max() + x.min()) / 2, (y.max() + y.min()) / 2
    return Layout((x - middle_x) * scale, (y - middle_y) * scale, rings * scale, scale)


def _rings(counts: Column) -> tuple[Column, Column]:
    """Inner and outer radius of each generation, in distances between neighbouring nodes."""
    inner, outer = np.zeros(len(counts)), np.zeros(len(counts))
    outer[0] = 1.2
    for g in range(1, len(counts)):
        inner[g] = outer[g - 1] + GAP
        needed = np.sqrt(inner[g] ** 2 + ROOM * counts[g] / np.pi)
        outer[g] = max(needed, inner[g] + NARROWEST)
    return inner, outer


def _capacity(inner: Column, outer: Column) -> Column:
    """How many nodes each ring has room for."""
    return np.asarray(np.maximum(np.pi * (outer**2 - inner**2) / ROOM, 1.0))


def _angles(tree: Tree, inner: Column, outer: Column) -> Column:
    """Middle of each node's sector, clockwise from the top; sectors are as wide as their branches need."""
    need = 1.0 / _capacity(inner, outer)[tree.depth]
    below = np.zeros(len(need))
    for node in range(len(need) - 1, 0, -1):
        need[node] = max(need[node], below[node])
        below[tree.parent[node]] += need[node]
    begin, width = np.zeros(len(need)), np.zeros(len(need))
    width[0] = 2 * np.pi
    used = np.zeros(len(need))
    for node in range(1, len(need)):
        parent = tree.parent[node]
        width[node] = width[parent] * need[node] / below[parent]
        begin[node] = begin[parent] + used[parent]
        used[parent] += width[node]
    return np.asarray(np.pi / 2 - begin - width / 2)
