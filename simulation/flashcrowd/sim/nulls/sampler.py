"""Stationary per-member sampler: all post and repost at their own constant rates, whatever there is to see.

Each member is a Poisson process of posts and one of reposts; a repost takes any one of the items that its
followees made in the last day, all equally likely. No appeal, no freshness, no rhythm, no sessions: what a
simulation that draws actions from measured rates per user does.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from flashcrowd.core.clock import DAY
from flashcrowd.core.draws import Purpose, exponential, fold, root_key, uniform
from flashcrowd.sim.compiled import prepare
from flashcrowd.sim.graph import FollowGraph
from flashcrowd.sim.nulls.rows import Rows, rows_of_trees

prepare()

RECENT_S: Final = DAY
"""Items older than this are not taken."""


def stationary_sampler(
    graph: FollowGraph, posts_per_day: Any, reposts_per_day: Any, topic: Any, ai: Any, end_s: float, seed: int
) -> Rows:
    """Rows of `actions` of a run from scenario time 0 to `end_s`.

    Args:
        posts_per_day, reposts_per_day: rate of each member, (n_members,); a repost that finds nothing recent
            and new to the member is not made.
        topic, ai: of whatever a member posts, (n_members,).
    """
    posting, passing_on, choice = (np.uint64(fold(root_key(seed, Purpose.NULL), part)) for part in (1, 2, 3))
    posts = _poisson_events(posting, np.asarray(posts_per_day, np.float64), end_s)
    reposts = _poisson_events(passing_on, np.asarray(reposts_per_day, np.float64), end_s)
    t = np.concatenate([posts[0], reposts[0]])
    order = np.argsort(t, kind="stable")
    member = np.concatenate([posts[1], reposts[1]])[order]
    is_post = order < len(posts[0])
    parent, root = _choose(choice, graph.start, graph.followees, t[order], member, is_post)
    kept = root >= 0
    place = np.cumsum(kept) - 1
    source = np.where(parent[kept] < 0, -1, place[parent[kept]])
    author = member[root[kept]]
    topics, ais = np.zeros(int(kept.sum()), np.int16), np.zeros(int(kept.sum()), bool)
    topics[:], ais[:] = np.asarray(topic)[author], np.asarray(ai)[author]
    return rows_of_trees(t[order][kept], member[kept], source, place[root[kept]], topics, ais)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _poisson_events(key: Any, per_day: Any, end_s: float) -> Any:
    """Times and members of one Poisson process a member, member by member."""
    capacity = int(per_day.sum() * end_s / DAY * 1.1) + 1000
    t, member, n = np.empty(capacity), np.empty(capacity, np.int64), 0
    for u in range(len(per_day)):
        address, number, at = fold(key, u), 0, 0.0
        while per_day[u] > 0.0:
            at += exponential(fold(address, number)) / per_day[u] * DAY
            number += 1
            if at >= end_s:
                break
            if n == len(t):
                t = np.concatenate((t, np.empty(n)))
                member = np.concatenate((member, np.empty(n, np.int64)))
            t[n], member[n] = at, u
            n += 1
    return t[:n], member[:n]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _choose(key: Any, start: Any, followees: Any, t: Any, member: Any, is_post: Any) -> Any:
    """Parent and root of each event, in order of time; root -1 where a repost found nothing to take."""
    n = len(t)
    parent, root, previous = np.full(n, -1), np.full(n, -1), np.full(n, -1)
    newest = np.full(len(start) - 1, -1)
    for event in range(n):
        u = member[event]
        if is_post[event]:
            root[event] = event
        else:
            chosen = _recent_item(fold(key, event), start, followees, t, newest, previous, u, t[event])
            if chosen < 0 or _has_had(root, newest, previous, u, root[chosen]) or member[root[chosen]] == u:
                continue
            parent[event], root[event] = chosen, root[chosen]
        previous[event] = newest[u]
        newest[u] = event
    return parent, root


@njit(cache=True)  # type: ignore[untyped-decorator]
def _recent_item(
    key: Any, start: Any, followees: Any, t: Any, newest: Any, previous: Any, u: int, now: float
) -> int:
    """One of the items that the followees made in the last `RECENT_S`, all equally likely; -1 for none."""
    count = 0
    for i in range(start[u], start[u + 1]):
        at = newest[followees[i]]
        while at >= 0 and t[at] >= now - RECENT_S:
            count += 1
            at = previous[at]
    wanted = min(int(uniform(key) * count), count - 1)
    for i in range(start[u], start[u + 1]):
        at = newest[followees[i]]
        while at >= 0 and t[at] >= now - RECENT_S:
            if wanted == 0:
                return int(at)
            wanted -= 1
            at = previous[at]
    return -1


@njit(cache=True)  # type: ignore[untyped-decorator]
def _has_had(root: Any, newest: Any, previous: Any, u: int, original: int) -> bool:
    """Whether the member has passed on the original before."""
    at = newest[u]
    while at >= original:
        if root[at] == original:
            return True
        at = previous[at]
    return False
