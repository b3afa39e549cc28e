"""The kernel's memory: one numpy record array a table, so that what is used together lies together.

Capacity is asked for before each tick and grown between ticks; compiled code never runs over an end.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from flashcrowd.core.trends import Uses
from flashcrowd.sim import discovery
from flashcrowd.sim.follows import Follows
from flashcrowd.sim.kernel.rules import Rules
from flashcrowd.sim.member import SHOWN
from flashcrowd.sim.platform import CANDIDATES
from flashcrowd.sim.population import harm_shares
from flashcrowd.sim.world import World

VISITS_AT_FIRST: Final = 1024

ITEMS_A_MEMBER: Final = 3
"""Items a member for which there is room from the beginning, about those of four days. Room that is not used
takes no memory, and room that runs out is copied, which for a moment takes twice as much."""

KEPT: Final = 80
"""Candidates that a visit keeps: what a page orders, and as many again for the pages after it."""

HORIZON: Final = 4096
"""Buckets of the wheel; entries further ahead wait for their round."""

N_ITEMS: Final = 0
N_ROWS: Final = 1
N_EXPOSURES: Final = 2
N_CHANGES: Final = 3
N_FREE_VISITS: Final = 4
WHEEL_USED: Final = 5
WHEEL_FREE: Final = 6
VIEWS: Final = 7
SEQ: Final = 8
LATELY_FROM: Final = 9
COUNTERS: Final = 10
"""Places in the array of counters: rows in use of each table, views so far, the next `seq`, and the first
item whose author has its bit in `lately`."""

LATELY_TICKS: Final = 5
"""Ticks that `lately` reaches back at least: most pages of a visit follow the one before within them."""

LINE: Final = 64
"""Bytes of a cache line."""

MEMBER: Final = np.dtype(
    [
        ("posts_per_page", "f4"),
        ("repost", "f4"),
        ("like", "f4"),
        ("reply", "f4"),
        ("follow", "f4"),
        ("ai_share", "f4"),
        ("offence", "f4"),
        ("main_topic", "i2"),
        ("side_topic", "i2"),
        ("own_topic", "i2"),
        ("sampled", "?"),  # exposures are recorded
        ("keen", "f4"),  # on notifications
        ("there", "?"),  # has signed up, and not left
        ("offset_h", "f4"),  # hours east of UTC
        ("slot", "i4"),  # place in the visits, -1 = away
        ("changed", "i4"),  # newest follow or unfollow of the run, -1 = none: head of a chain, see `ties`
        ("floor", "i4"),  # first item not yet there when the last visit ended
        ("degree", "i4"),  # how many it follows from the beginning
    ],
    align=True,
)

CHANGE: Final = np.dtype([("source", "i4"), ("target", "i4"), ("previous", "i4")])

VISIT: Final = np.dtype(
    [
        ("key", "u8"),
        ("end", "f8"),  # s, when the time budget is spent
        ("next", "f8"),  # s, when the next page is due; negative = the visit is over
        ("pace", "f8"),
        ("posting_mood", "f8"),
        ("engaging_mood", "f8"),
        ("member", "i4"),
        ("page", "i4"),
        ("shown_n", "i4"),
        ("reason", "i4"),  # why it began
        ("dropped_n", "i4"),  # how many of the shown are no longer kept
        ("kept_n", "i4"),
        ("known", "i4"),  # first item not yet there at the last home page
        ("whole", "?"),  # nothing unseen lies beyond what is kept
        ("exhausted", "?"),
    ],
    align=True,
)

LINK: Final = np.dtype([("root", "i4"), ("previous", "i4")])
"""Of each item its original, and its author's item before it (-1 = none): all that a search through chains
reads."""

ITEM: Final = np.dtype(
    [
        ("t", "f8"),
        ("seq", "i8"),
        ("author", "i4"),
        ("likes", "i4"),
        ("reposts", "i4"),
        ("replies", "i4"),
        ("raw_appeal", "f4"),
        ("allure", "f4"),
        ("appeal", "f4"),
        ("shelf_life_s", "f4"),
        ("evergreen", "f4"),
        ("transfer", "f4"),
        ("topic", "i2"),
        ("ai", "?"),
    ],
    align=True,
)

MARK: Final = np.dtype(
    [
        ("address", "u8"),  # stands for the item in its draws
        ("reach", "f8"),  # share of its exposures that moderation has left
        ("zeal", "f8"),  # factor on reactions
        ("harmful", "?"),
    ],
    align=True,
)
"""What moderation knows of an item; kept only where `Rules.marked`."""

ENTRY: Final = np.dtype(
    [("t", "f8"), ("arg", "i8"), ("member", "i4"), ("next", "i4"), ("kind", "i1")], align=True
)

ROW: Final = np.dtype(
    [
        ("t", "f8"),
        ("post", "i8"),
        ("root", "i8"),
        ("cause", "i8"),
        ("address", "u8"),  # the key of the decision behind the row; not recorded
        ("member", "i4"),
        ("author", "i4"),
        ("position", "i2"),
        ("topic", "i2"),
        ("action", "i1"),
        ("outcome", "i1"),
        ("ai", "?"),
    ],
    align=True,
)

EXPOSURE: Final = np.dtype(
    [("t", "f8"), ("post", "i8"), ("root", "i8"), ("member", "i4"), ("position", "i2"), ("source", "i1")],
    align=True,
)


class State(NamedTuple):
    """Everything that compiled code works on."""

    graph: Follows
    newest: Any  # int32 (n_members,): newest item of each member, -1 = none: head of its chain
    members: Any
    changes: Any  # follows and unfollows of the run: chains over the graph
    visits: Any  # visits under way
    shown: Any  # int32 (visits, SHOWN): originals that each visit has shown
    kept: Any  # int32 (visits, KEPT): candidates that each visit keeps, newest first
    kept_root: Any  # int32 (visits, KEPT): their originals
    free: Any  # int32 (visits,): stack of free rows of visits
    items: Any  # posts, reposts and replies in order of making; traits and counts are those of originals
    links: Any  # of each item
    lately: Any  # uint8: a bit for each member who made something in the last `LATELY_TICKS` ticks or more
    marks: Any  # of items, in their order
    harm_share: Any  # float64 (n_members,): of posts of each member; of one place where nothing does harm
    limited: Any  # bool (n_members,): may post only now and then; of one place where nobody moderates
    ring: Any  # int32 (cells, topics, POOL): discovery
    entered: Any  # int64 (cells, topics): how many ever
    missed_start: Any  # int64 (n_members + 1,): rows of the lists of missed follows; of one place without
    missed: Any  # int32: whom members followed on the network that newcomers come from, and do not here
    wheel_head: Any  # int32 (HORIZON,): first entry of each bucket
    wheel: Any  # what is due
    rows: Any  # rows of the current tick and those not yet recorded
    exposures: Any
    count: Any  # int64: counters by the places above
    free_at: Any  # s, when each generator slot is free: a binary heap
    topics: Any  # int64 (events,): what those whom an event calls come for, -1 = nothing
    urges: Any  # float64 (events,): chance that one of them posts about it at once
    images: Any  # float64 (events,): chance that such a post is an AI image
    glances: Any  # int64 (events,): how many items they look at, on one page; -1 = as ever
    fervour: Any  # float64 (topics,): factor on reactions in the current tick
    recent: Any  # float64 (topics,): uses of late, see `core.trends`
    usual: Any  # float64 (topics,)
    trending: Any  # int64 (TRENDS,): topics that trend in the current tick, -1 = none
    rules: Rules
    item_key: Any
    notify_key: Any


class Lane(NamedTuple):
    """What one thread writes: its rows of the tick, and room in which a page is put together."""

    rows: Any
    exposures: Any
    count: Any  # int64: `N_ROWS`, `N_EXPOSURES` and `VIEWS` of the lane
    found: Any  # int64: items that the page shows
    scores: Any
    strangers: Any  # int64: candidates from whom the member does not follow
    followees: Any  # int32: whom the member follows
    heads: Any  # int64: the newest item of each chain, above its place
    head_links: Any  # the links of those items, by place


class Due(NamedTuple):
    """What is due in the current tick, in order."""

    member: Any
    kind: Any
    t: Any
    arg: Any


def new_state(world: World, sampled: Any, uses: Uses, rules: Rules, item_key: Any, notify_key: Any) -> State:
    """The state of a world before its first tick."""
    size, scenario = world.population.size, world.scenario
    count = np.zeros(COUNTERS, np.int64)
    count[N_FREE_VISITS] = VISITS_AT_FIRST
    count[WHEEL_FREE] = -1
    places = (discovery.cells(size), scenario.content.topics)
    items = max(1 << 14, ITEMS_A_MEMBER * size)
    return State(
        graph=world.graph.columns(),
        newest=np.full(size, -1, np.int32),
        members=_members(world, sampled),
        changes=np.zeros(1 << 10, CHANGE),
        visits=table(VISITS_AT_FIRST, VISIT),
        shown=np.zeros((VISITS_AT_FIRST, SHOWN), np.int32),
        kept=np.zeros((VISITS_AT_FIRST, KEPT), np.int32),
        kept_root=np.zeros((VISITS_AT_FIRST, KEPT), np.int32),
        free=np.arange(VISITS_AT_FIRST - 1, -1, -1, dtype=np.int32),
        items=table(items, ITEM),
        links=np.zeros(items, LINK),
        lately=np.zeros((size + 7) // 8, np.uint8),
        marks=np.zeros(1 << 14 if rules.marked else 1, MARK),
        harm_share=harm_shares(world.population, scenario) if rules.governed else np.zeros(1),
        limited=np.zeros(size if rules.governed else 1, np.bool_),
        ring=np.zeros((*places, discovery.POOL), np.int32),
        entered=np.zeros(places, np.int64),
        missed_start=np.zeros(1, np.int64) if world.ties is None else world.ties.missed.start,
        missed=np.zeros(0, np.int32) if world.ties is None else world.ties.missed.followees,
        wheel_head=np.full(HORIZON, -1, np.int32),
        wheel=np.zeros(1 << 12, ENTRY),
        rows=np.zeros(1 << 16, ROW),
        exposures=np.zeros(1 << 14, EXPOSURE),
        count=count,
        free_at=np.zeros(scenario.generation.slots_for(size)),
        topics=world.programme.topics,
        urges=world.programme.urges,
        images=world.programme.images,
        glances=world.programme.glances,
        fervour=world.programme.fervour(0.0, scenario.content.topics),
        recent=uses.recent,
        usual=uses.usual,
        trending=np.full(discovery.TRENDS, -1),
        rules=rules,
        item_key=item_key,
        notify_key=notify_key,
    )


def new_lane(most_followees: int) -> Lane:
    """An empty lane for members with at most so many followees."""
    return Lane(
        rows=np.zeros(1 << 10, ROW),
        exposures=np.zeros(1 << 10, EXPOSURE),
        count=np.zeros(COUNTERS, np.int64),
        found=np.zeros(CANDIDATES, np.int64),
        scores=np.zeros(CANDIDATES),
        strangers=np.zeros(CANDIDATES, np.int64),
        followees=np.zeros(most_followees + 1, np.int32),
        heads=np.zeros(most_followees + 1, np.int64),
        head_links=np.zeros(most_followees + 1, LINK),
    )


def table(shape: int | tuple[int, ...], dtype: Any) -> Any:
    """Zeros that begin where a cache line does, so that a row of 64 bytes is one line."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    room = np.zeros(size + LINE, np.uint8)
    first = -room.ctypes.data % LINE
    return room[first : first + size].view(dtype).reshape(shape)


def with_room(rows_now: Any, rows: int) -> Any:
    """The table itself if it has room for `rows` rows, else a longer copy."""
    if rows <= len(rows_now):
        return rows_now
    longer = table((max(2 * len(rows_now), rows), *rows_now.shape[1:]), rows_now.dtype)
    longer[: len(rows_now)] = rows_now
    return longer


def _members(world: World, sampled: Any) -> Any:
    members = table(world.population.size, MEMBER)
    for name in ("posts_per_page", "repost", "like", "reply", "follow", "ai_share", "offence"):
        members[name] = getattr(world.propensities, name)
    for name in ("main_topic", "side_topic", "own_topic", "offset_h"):
        members[name] = getattr(world.population, name)
    members["keen"] = world.keen
    members["degree"] = world.graph.degree
    members["sampled"] = sampled
    members["there"] = np.isnan(world.population.joined)
    members["slot"] = -1
    members["changed"] = -1
    return members
