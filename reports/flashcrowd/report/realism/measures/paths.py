"""Distances in the follow graph, from many sources at once."""

from typing import Any, Final

import numpy as np
from numba import njit

from flashcrowd.report.realism.measures.observation import FollowLists
from flashcrowd.report.run import Column

WORD: Final = 64


def hop_counts(graph: FollowLists, sources: Column) -> Column:
    """How many (source, member) pairs are 0, 1, 2, … follows apart, int64; unreached pairs are left out.

    All searches run together, a bit each (multi-source breadth-first search; Then et al., VLDB 2014), so the
    edges are read once a level instead of once a source.
    """
    words = -(-len(sources) // WORD)
    front = np.zeros((graph.members, max(words, 1)), np.uint64)
    for bit, source in enumerate(sources):
        front[source, bit // WORD] |= np.uint64(1) << np.uint64(bit % WORD)
    return np.asarray(_hop_counts(graph.start, graph.followees, front))


def mean_path(counts: Column) -> float:
    """Mean distance of the pairs counted by `hop_counts`, without the pairs of a member with itself.

    >>> mean_path(np.array([2, 1, 3]))
    1.75
    """
    hops = np.arange(len(counts))
    pairs = counts[1:].sum()
    return float((hops * counts).sum() / pairs) if pairs else float("nan")


@njit(cache=True)  # type: ignore[untyped-decorator]
def _ones(word: Any) -> int:
    """Number of set bits (Knuth, The Art of Computer Programming 4A, 7.1.3)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _hop_counts(start: Any, followees: Any, front: Any) -> Any:
    members, words = front.shape
    seen, reached = front.copy(), np.zeros_like(front)
    counts = np.zeros(1, np.int64)
    for u in range(members):
        for k in range(words):
            counts[0] += _ones(front[u, k])
    while counts[-1] > 0:
        for u in range(members):
            alive = False
            for k in range(words):
                alive |= front[u, k] != 0
            if alive:
                for i in range(start[u], start[u + 1]):
                    v = followees[i]
                    for k in range(words):
                        reached[v, k] |= front[u, k]
        fresh = 0
        for v in range(members):
            for k in range(words):
                front[v, k] = reached[v, k] & ~seen[v, k]
                seen[v, k] |= front[v, k]
                reached[v, k] = 0
                fresh += _ones(front[v, k])
        counts = np.append(counts, fresh)
    return counts[:-1] if len(counts) > 1 else counts
