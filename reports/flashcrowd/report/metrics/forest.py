"""All cascades of a run as one forest: an original post is a root, its reposts are the nodes below it.

Every step handles all cascades at once, generation by generation, so the cost grows with the number of nodes.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.report.run import Column, Columns

SPARSEST: Final = 8
"""Numbers that a table may hold for each key that is in it."""


@dataclass(frozen=True)
class Forest:
    """Nodes are ordered: roots first (node i is the root of cascade i), then reposts as recorded.

    Attributes:
        n_cascades: cascades; the first `n_recorded` have their original post in the record, the others were
            begun before it (their root node has no time and no member).
        post: item id of each cascade's original, int64 (n_cascades,).
        ai: whether the original carries an AI image, bool (n_cascades,); of older roots: as its reposts say.
        parent: node that exposed the member, -1 for roots, int64 (n_nodes,).
        cascade: cascade of each node, int64 (n_nodes,).
        t: scenario seconds, NaN for older roots, float64 (n_nodes,).
        member: who posted or reposted, -1 for older roots, int64 (n_nodes,).
    """

    n_cascades: int
    n_recorded: int
    post: Column
    ai: Column
    parent: Column
    cascade: Column
    t: Column
    member: Column

    @property
    def n_nodes(self) -> int:
        """Original posts and reposts together."""
        return len(self.parent)

    @cached_property
    def generations(self) -> list[Column]:
        """Nodes by distance from their root; each generation in order of cascade."""
        below = self.parent[self.n_cascades :]
        children = np.argsort(below, kind="stable") + self.n_cascades
        counts = np.bincount(below, minlength=self.n_nodes)
        first = np.cumsum(counts) - counts
        found = [np.arange(self.n_cascades)]
        while True:
            parents = found[-1][counts[found[-1]] > 0]
            if not len(parents):
                return found
            found.append(children[_ranges(first[parents], counts[parents])])

    @cached_property
    def depth(self) -> Column:
        """Distance of each node from its root, int64 (n_nodes,)."""
        depth = np.zeros(self.n_nodes, np.int64)
        for distance, nodes in enumerate(self.generations):
            depth[nodes] = distance
        return depth

    @cached_property
    def size(self) -> Column:
        """Nodes of each cascade: the original and its reposts, int64 (n_cascades,)."""
        return np.bincount(self.cascade, minlength=self.n_cascades)

    @cached_property
    def subtree(self) -> Column:
        """Nodes at and below each node, int64 (n_nodes,)."""
        sizes = np.ones(self.n_nodes, np.int64)
        for nodes in reversed(self.generations[1:]):
            np.add.at(sizes, self.parent[nodes], sizes[nodes])
        return sizes

    @cached_property
    def reposts_in_time(self) -> Column:
        """Reposts by cascade, in each by time; places behind the roots, int64 (n_nodes - n_cascades,)."""
        return np.lexsort((self.t[self.n_cascades :], self.cascade[self.n_cascades :]))

    def nodes_of(self, cascade: int) -> Column:
        """Nodes of one cascade, its root first, parents before children."""
        return np.flatnonzero(self.cascade == cascade)


def forest(actions: Columns) -> Forest:
    """The forest of posts and reposts that ended ok; empty for an empty table.

    A repost whose cause is unknown, later than itself, or of another cascade hangs on the root.
    """
    ok = actions["outcome"] == OUTCOME_CODE["ok"]
    posts = np.flatnonzero(ok & (actions["action"] == ACTION_CODE["post"]))
    reposts = np.flatnonzero(ok & (actions["action"] == ACTION_CODE["repost"]))
    recorded = actions["post"][posts]
    ids, cascade = _cascades(recorded, actions["root"][reposts])
    older = len(ids) - len(recorded)
    seq = np.concatenate([actions["seq"][posts], np.full(older, -1), actions["seq"][reposts]])
    cascades = np.concatenate([np.arange(len(ids)), cascade])
    parent = _parents(seq, cascades, actions["cause"][reposts], len(ids))
    ai = np.concatenate([actions["ai"][posts], np.zeros(older, bool)]).astype(bool)
    np.logical_or.at(ai, cascade, (cascade >= len(recorded)) & actions["ai"][reposts])
    return Forest(
        n_cascades=len(ids),
        n_recorded=len(recorded),
        post=ids,
        ai=ai,
        parent=parent,
        cascade=cascades,
        t=np.concatenate([actions["t"][posts], np.full(older, np.nan), actions["t"][reposts]]),
        member=np.concatenate([actions["member"][posts], np.full(older, -1), actions["member"][reposts]]),
    )


def _cascades(recorded: Column, roots: Column) -> tuple[Column, Column]:
    """Ids of all cascades (recorded originals, then those known by reposts only), and that of each repost."""
    cascade = _places(recorded, roots)
    unknown = cascade < 0
    older, place = np.unique(roots[unknown], return_inverse=True)
    cascade[unknown] = len(recorded) + place
    return np.concatenate([recorded, older]), cascade


def _parents(seq: Column, cascades: Column, cause: Column, n_cascades: int) -> Column:
    """Parent node of every node; a cause that cannot be its parent is replaced by the root."""
    parent = np.full(len(seq), -1)
    own = cascades[n_cascades:]
    if not len(own):
        return parent
    candidate = _places(seq, cause)
    right = (cause >= 0) & (candidate >= 0) & (cascades[candidate] == own) & (cause < seq[n_cascades:])
    parent[n_cascades:] = np.where(right, candidate, own)
    return parent


def _places(keys: Column, wanted: Column) -> Column:
    """Where each wanted key stands among different keys, -1 where it does not; int64 (len(wanted),).

    Keys that lie close together, as rows of a record do, are looked up in a table; others by binary search.
    """
    if not len(keys):
        return np.full(len(wanted), -1)
    low, high = int(keys.min()), int(keys.max())
    if high - low < SPARSEST * len(keys):
        table = np.full(high - low + 1, -1)
        table[keys - low] = np.arange(len(keys))
        found = table[np.clip(wanted, low, high) - low]
        return np.where((wanted < low) | (wanted > high), -1, found)
    order = np.argsort(keys, kind="stable")
    found = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    return np.where(keys[found] == wanted, found, -1)


def _ranges(first: Column, counts: Column) -> Column:
    """The concatenation of arange(first[i], first[i] + counts[i])."""
    skipped = np.cumsum(counts) - counts
    return np.repeat(first - skipped, counts) + np.arange(counts.sum())
