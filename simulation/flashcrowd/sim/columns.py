"""The kernel's memory: columns of members, sessions, items and what is due, as named tuples of arrays.

Capacity is asked for before each tick and grown between ticks; compiled code never runs over an end.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from flashcrowd.sim import discovery
from flashcrowd.sim.member import SHOWN
from flashcrowd.sim.world import World

HORIZON: Final = 4096
"""Buckets of the wheel; entries further ahead wait for their round."""


N_ITEMS: Final = 0
N_ROWS: Final = 1
N_EXPOSURES: Final = 2
N_FOLLOWS: Final = 3
N_FREE_VISITS: Final = 4
WHEEL_USED: Final = 5
WHEEL_FREE: Final = 6
VIEWS: Final = 7
SEQ: Final = 8
COUNTERS: Final = 9
"""Places in the array of counters that compiled code shares: rows in use of each table, views so far, next `seq`."""


class Members(NamedTuple):
    """One row a member; the last four change during a run."""

    start: Any
    followees: Any
    posts_per_page: Any
    repost: Any
    like: Any
    reply: Any
    follow: Any
    ai_share: Any
    main_topic: Any
    side_topic: Any
    own_topic: Any
    sampled: Any  # bool: exposures are recorded
    floor: Any  # first item id not yet there when the last visit ended
    slot: Any  # place in Visits, -1 = away
    newest: Any  # newest item of the member, -1 = none: head of its chain
    added: Any  # newest follow made during the run, -1 = none: head of its chain in Follows


class Follows(NamedTuple):
    """Follows made during the run: chains over the stored graph."""

    source: Any
    target: Any
    previous: Any


class Visits(NamedTuple):
    """One row a visit under way."""

    member: Any
    key: Any
    begin: Any
    end: Any  # s, when the time budget is spent
    next: Any  # s, when the next page is due; negative = the visit is over
    page: Any
    pace: Any
    posting_mood: Any
    engaging_mood: Any
    exhausted: Any
    shown: Any  # (capacity, SHOWN) roots
    shown_n: Any
    free: Any  # stack of free rows


class Items(NamedTuple):
    """One row a post, repost or reply, in order of making; traits are those of originals."""

    root: Any
    author: Any
    previous: Any  # the author's item before it, -1 = none
    t: Any
    seq: Any
    topic: Any
    ai: Any
    raw_appeal: Any
    appeal: Any
    shelf_life_s: Any
    evergreen: Any
    transfer: Any
    likes: Any
    reposts: Any
    replies: Any


class Wheel(NamedTuple):
    """What is due: a hashed timing wheel (Varghese & Lauck 1987), chains of entries by tick."""

    head: Any
    next: Any
    member: Any
    kind: Any
    t: Any
    arg: Any


class Pools(NamedTuple):
    """Discovery: rings of roots by cell and topic."""

    ring: Any  # (cells, topics, POOL)
    entered: Any  # (cells, topics): how many ever


class Rows(NamedTuple):
    """The rows of the current tick before they are recorded; `address` is the key of the decision behind a row."""

    t: Any
    member: Any
    action: Any
    post: Any
    root: Any
    cause: Any
    author: Any
    position: Any
    topic: Any
    ai: Any
    outcome: Any
    address: Any


class Exposures(NamedTuple):
    """Exposures of sampled members before they are recorded."""

    t: Any
    member: Any
    post: Any
    root: Any
    position: Any
    source: Any


class Due(NamedTuple):
    """What is due in the current tick, in order."""

    member: Any
    kind: Any
    t: Any
    arg: Any


def new_members(world: World, sampled: Any) -> Members:
    """The columns of a world's members."""
    size, willing, people = world.population.size, world.propensities, world.population
    return Members(
        world.graph.start,
        world.graph.followees,
        willing.posts_per_page,
        willing.repost,
        willing.like,
        willing.reply,
        willing.follow,
        willing.ai_share,
        people.main_topic,
        people.side_topic,
        people.own_topic,
        sampled,
        np.zeros(size, np.int64),
        np.full(size, -1, np.int32),
        np.full(size, -1, np.int64),
        np.full(size, -1, np.int32),
    )


def new_follows(capacity: int) -> Follows:
    """Room for `capacity` follows."""
    return Follows(*(np.zeros(capacity, np.int32) for _ in Follows._fields))


def new_visits(capacity: int) -> Visits:
    """Room for `capacity` visits at once."""

    def f8() -> Any:
        return np.zeros(capacity)

    return Visits(
        np.zeros(capacity, np.int32), np.zeros(capacity, np.uint64), f8(), f8(), f8(), np.zeros(capacity, np.int32),
        f8(), f8(), f8(), np.zeros(capacity, np.bool_), np.zeros((capacity, SHOWN), np.int64),
        np.zeros(capacity, np.int32), np.arange(capacity - 1, -1, -1, dtype=np.int32),
    )  # fmt: skip


def new_items(capacity: int) -> Items:
    """Room for `capacity` items."""
    types = (np.int64, np.int32, np.int64, np.float64, np.int64, np.int16, np.bool_, *[np.float32] * 5, *[np.int32] * 3)
    return Items(*(np.zeros(capacity, kind) for kind in types))


def new_wheel(capacity: int) -> Wheel:
    """Room for `capacity` entries."""
    types = (np.int32, np.int32, np.int8, np.float64, np.int64)
    return Wheel(np.full(HORIZON, -1, np.int32), *(np.zeros(capacity, kind) for kind in types))


def new_pools(members: int, topics: int) -> Pools:
    """Empty rings for a population."""
    cells = discovery.cells(members)
    return Pools(np.zeros((cells, topics, discovery.POOL), np.int64), np.zeros((cells, topics), np.int64))


def new_rows(capacity: int) -> Rows:
    """Room for `capacity` rows."""
    types = (np.float64, np.int32, np.int8, np.int64, np.int64, np.int64, np.int32, np.int16, np.int16, np.bool_, np.int8)
    return Rows(*(np.zeros(capacity, kind) for kind in types), np.zeros(capacity, np.uint64))


def new_exposures(capacity: int) -> Exposures:
    """Room for `capacity` exposures."""
    types = (np.float64, np.int32, np.int64, np.int64, np.int16, np.int8)
    return Exposures(*(np.zeros(capacity, kind) for kind in types))


def grown(columns: Any, capacity: int) -> Any:
    """The same columns with room for `capacity` rows; what is there stays."""

    def longer(column: Any) -> Any:
        new = np.zeros((capacity, *column.shape[1:]), column.dtype)
        new[: len(column)] = column
        return new

    return type(columns)(*(longer(column) for column in columns))
