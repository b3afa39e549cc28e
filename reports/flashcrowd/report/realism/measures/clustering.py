"""Mutual follows and closed triangles of the follow graph."""

from typing import Any

import numpy as np
from numba import njit
from numba.extending import register_jitable

from flashcrowd.report.realism.measures.observation import FollowLists
from flashcrowd.report.run import Column


def reciprocity(graph: FollowLists) -> float:
    """Share of the follows that are returned; NaN for a graph without follows."""
    if not len(graph.followees):
        return float("nan")
    return float(_mutual(graph.start, graph.followees) / len(graph.followees))


def local_clustering(graph: FollowLists, members: Column) -> Column:
    """Local clustering of some members, float64 (len(members),).

    The graph is taken as undirected (two members are neighbours when either follows the other): the share of
    the pairs of neighbours that are neighbours themselves, 0 for fewer than two neighbours (Watts & Strogatz
    1998).
    """
    return np.asarray(_clustering(graph.start, graph.followees, np.asarray(members, np.int64)))


@register_jitable  # type: ignore[untyped-decorator]
def _follows(start: Any, followees: Any, u: int, v: int) -> bool:
    low, high = start[u], start[u + 1]
    while low < high:
        middle = (low + high) // 2
        if followees[middle] < v:
            low = middle + 1
        else:
            high = middle
    return bool(low < start[u + 1] and followees[low] == v)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _mutual(start: Any, followees: Any) -> int:
    mutual = 0
    for u in range(len(start) - 1):
        for i in range(start[u], start[u + 1]):
            v = followees[i]
            if u < v and _follows(start, followees, v, u):
                mutual += 2
    return mutual


@njit(cache=True)  # type: ignore[untyped-decorator]
def _followers_of(start: Any, followees: Any, place: Any, sampled: int) -> Any:
    """Followers of the members whose `place` (0 .. sampled - 1) is set, as CSR."""
    rows = np.zeros(sampled + 1, np.int64)
    for v in followees:
        if place[v] >= 0:
            rows[place[v] + 1] += 1
    rows = np.cumsum(rows)
    followers, fill = np.empty(rows[-1], np.int64), rows[:-1].copy()
    for u in range(len(start) - 1):
        for i in range(start[u], start[u + 1]):
            at = place[followees[i]]
            if at >= 0:
                followers[fill[at]] = u
                fill[at] += 1
    return rows, followers


@njit(cache=True)  # type: ignore[untyped-decorator]
def _clustering(start: Any, followees: Any, members: Any) -> Any:
    place = np.full(len(start) - 1, -1)
    for at, v in enumerate(members):
        place[v] = at
    rows, followers = _followers_of(start, followees, place, len(members))
    found = np.zeros(len(members))
    is_neighbour = np.zeros(len(start) - 1, np.bool_)
    for at, v in enumerate(members):
        row = place[v]  # of a member sampled twice, the followers stand in its last row
        both = np.concatenate(
            (followees[start[v] : start[v + 1]].astype(np.int64), followers[rows[row] : rows[row + 1]])
        )
        neighbours = np.unique(both)
        many = len(neighbours)
        if many < 2:
            continue
        is_neighbour[neighbours] = True
        links = 0
        for w in neighbours:
            for i in range(start[w], start[w + 1]):
                x = followees[i]
                if is_neighbour[x] and (w < x or not _follows(start, followees, x, w)):
                    links += 1
        is_neighbour[neighbours] = False
        found[at] = 2.0 * links / (many * (many - 1))
    return found
