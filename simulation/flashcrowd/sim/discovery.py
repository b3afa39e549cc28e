"""Discovery: small pools of what is being passed on, each of fixed size whatever the population.

One ring of `POOL` entries per cell of `CELL` consecutive members and topic. A member looks mostly into its
own cell, now and then into one nearby, at the newest entries, and takes old ones reluctantly. With one global
pool every member of a large population would find ever fresher items and cascades would grow with its size;
with local pools the supply per member is constant.
"""

import math
from typing import Any, Final

from flashcrowd.core.clock import MINUTE
from flashcrowd.core.draws import fold, uniform

CELL: Final = 8000
POOL: Final = 96
OWN_CELL: Final = 0.9
NEARBY: Final = 6
"""Cells of a neighbourhood, about a scene of `population.SCENE` members."""

AGE_SCALE_S: Final = 25.0 * MINUTE
AGE_POWER: Final = 0.83
SURELY: Final = 0.999999
"""Leaves room for the rounding of a bound."""

LIKES_ENTER: Final = 0.1
"""Share of likes that put an item into the pool, as every repost does."""

TRENDS: Final = 3
"""Topics that trend at a time; see `core.trends`."""

TICKS_A_TREND: Final = 10
"""Ticks after which it is looked anew which topics trend."""

TREND_SHARE: Final = 0.15
"""Looks on a trends page that go to a topic that trends, whether it interests the member or not."""

INTERESTING: Final = -1
TRENDING: Final = -2
"""In place of a topic to look for: what interests the member; that, or now and then what trends."""

TRIES: Final = 2
"""Pool entries looked at for each place of a discovery page."""


def cells(members: int) -> int:
    """Number of cells in a population."""
    return (members + CELL - 1) // CELL


def cell_visited(key: Any, member: int, n_cells: int) -> int:
    """The cell that a member looks into: its own, or now and then one of its neighbourhood (the last of all
    stands for those that the population does not have)."""
    u = uniform(fold(key, 1))
    own = member // CELL
    if u < OWN_CELL:
        return own
    first = own - own % NEARBY
    return min(first + int((u - OWN_CELL) / (1.0 - OWN_CELL) * NEARBY), n_cells - 1)


def entry_visited(key: Any, entries: int) -> int:
    """How far back from the newest of `entries` (> 0) the member looks: cubic bias to 0."""
    u = uniform(fold(key, 2))
    return min(int(entries * u * u * u), entries - 1)


def takes_entry(key: Any, age_s: float) -> bool:
    """Whether the member takes an entry of an item of that age: (1 + age / 25 min)^-0.83.

    That lies between the powers -1 and -0.75, which are cheap and decide most draws.
    """
    u = uniform(fold(key, 3))
    x = 1.0 + age_s / AGE_SCALE_S
    if u * x < SURELY:
        return True
    if u * u * u * u * x * x * x * SURELY > 1.0:
        return False
    return u < math.exp(-AGE_POWER * math.log(x))


def trend_visited(key: Any) -> int:
    """Which of the `TRENDS` topics that trend the member looks at, -1 = none."""
    u = uniform(fold(key, 4))
    return min(int(u / TREND_SHARE * TRENDS), TRENDS - 1) if u < TREND_SHARE else -1


def like_enters(key: Any) -> bool:
    """Whether a like puts its item into the pool; `key` is the exposure's."""
    return uniform(fold(key, 2)) < LIKES_ENTER
