"""Intentions as rows of the current tick, put down by each lane for itself."""

from typing import Any, Final

from flashcrowd.core.events import OUTCOME_CODE
from flashcrowd.sim import session
from flashcrowd.sim.compiled import inner
from flashcrowd.sim.kernel.columns import N_EXPOSURES, N_ROWS

ROOM: Final = 8 * session.MOST_ITEMS
"""Free rows asked for before a page: more than the beginning of a visit and a page of replies can make."""

OK: Final = OUTCOME_CODE["ok"]


@inner
def has_room(lane: Any) -> bool:
    """Whether the next page fits."""
    rows_left = len(lane.rows) - lane.count[N_ROWS]
    exposures_left = len(lane.exposures) - lane.count[N_EXPOSURES]
    return bool(rows_left >= ROOM and exposures_left >= ROOM)


@inner
def put(
    lane: Any, t: float, member: int, action: int, item: int, cause: int, author: int, position: int,
    topic: int, ai: bool, outcome: int, address: Any,
) -> None:  # fmt: skip
    """Add a row about an original (`item`, -1 = none); there must be room."""
    row = lane.rows[lane.count[N_ROWS]]
    row.t = t
    row.member = member
    row.action = action
    row.post = item
    row.root = item
    row.cause = cause
    row.author = author
    row.position = position
    row.topic = topic
    row.ai = ai
    row.outcome = outcome
    row.address = address
    lane.count[N_ROWS] += 1


@inner
def put_plain(lane: Any, t: float, member: int, action: int, author: int, address: Any) -> None:
    """Add a row that concerns no item."""
    put(lane, t, member, action, -1, -1, author, -1, -1, False, OK, address)


@inner
def note_exposure(s: Any, lane: Any, t: float, member: int, item: int, position: int, source: int) -> None:
    """Add an exposure; there must be room."""
    exposure = lane.exposures[lane.count[N_EXPOSURES]]
    exposure.t = t
    exposure.member = member
    exposure.post = item
    exposure.root = s.links[item].root
    exposure.position = position
    exposure.source = source
    lane.count[N_EXPOSURES] += 1
