"""The follow graph as compiled code sees it: one set of functions over both of its forms.

The stored form is two arrays of lists; the procedural form is computed whenever it is asked for, see
`procedural`.
"""

from typing import Any, NamedTuple

import numpy as np

from flashcrowd.sim import procedural
from flashcrowd.sim.compiled import inner
from flashcrowd.sim.procedural import Recipe


class Follows(NamedTuple):
    """A follow graph in either form; what belongs to the other form is empty."""

    is_stored: bool
    degree: Any  # int32 (n_members,): how many each member follows
    start: Any  # int64 (n_members + 1,): rows of the lists of followees
    followees: Any  # int32 (n_edges,)
    followed_start: Any  # int64 (n_members + 1,): rows of the lists of followers
    followed_by: Any  # int32 (n_edges,)
    recipe: Recipe


@inner
def followees(g: Any, u: int, room: Any) -> Any:
    """Where those whom `u` follows stand: an array, the first place and the end. What is computed is put into
    `room`, and may name one twice."""
    if g.is_stored:
        return g.followees, g.start[u], g.start[u + 1]
    return room, np.int64(0), np.int64(procedural.list_followees(g.recipe, u, room))


@inner
def follows(g: Any, u: int, v: int) -> bool:
    """Whether `u` follows `v`."""
    if not g.is_stored:
        return bool(procedural.follows(g.recipe, u, v))
    low, high = g.start[u], g.start[u + 1]
    while low < high:
        middle = (low + high) // 2
        if g.followees[middle] < v:
            low = middle + 1
        else:
            high = middle
    return bool(low < g.start[u + 1] and g.followees[low] == v)


@inner
def audience(g: Any, v: int) -> int:
    """Places in the list of those who follow `v`; in the procedural form a follower may have several."""
    if not g.is_stored:
        return int(procedural.audience(g.recipe, v))
    return int(g.followed_start[v + 1] - g.followed_start[v])


@inner
def follower_at(g: Any, v: int, place: int) -> int:
    """The follower of `v` at one of the places of its audience."""
    if not g.is_stored:
        return int(procedural.follower_at(g.recipe, v, place))
    return int(g.followed_by[g.followed_start[v] + place])


def stored_only(start: Any, followees: Any, followed_start: Any, followed_by: Any) -> Follows:
    """The stored form."""
    degree = np.diff(start).astype(np.int32)
    return Follows(True, degree, start, followees, followed_start, followed_by, procedural.NO_RECIPE)
