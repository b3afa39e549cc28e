"""Lanes: what is due in a tick, split among threads that each write rows of their own.

Members read only what was there before the tick, and all draws are addressed, so the lanes need not know of
each other; laid end to end, their rows are those of one thread.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np

from flashcrowd.sim.kernel import columns
from flashcrowd.sim.kernel.columns import N_EXPOSURES, N_ROWS, VIEWS, Due, Lane, State, with_room
from flashcrowd.sim.kernel.rows import ROOM
from flashcrowd.sim.kernel.visits import visit_some

WORTH_A_LANE: Final = 100
"""Entries for which it pays to wake a thread (some 50 us)."""


class Lanes:
    """The threads of an engine.

    Args:
        threads: how many, the caller's included.
        most_followees: of any member.
        visits: lets what is due happen, `visit_some` or a variant of it.
    """

    def __init__(self, threads: int, most_followees: int, visits: Callable[..., int] = visit_some) -> None:
        self._visits = visits
        self.lanes = [columns.new_lane(most_followees) for _ in range(threads)]
        self._pool = ThreadPoolExecutor(threads - 1) if threads > 1 else None

    def visit(self, state: State, score: Any, tick: int, due: Due) -> None:
        """Let everything happen that is due; the lanes hold the rows."""
        parts = _parts(due.member, len(self.lanes))

        def work(number: int) -> None:
            at, end = parts[number]
            while at < end:
                at = self._visits(state, self.lanes[number], score, tick, at, end, due)
                if at < end:
                    self.lanes[number] = _with_room_for_a_page(self.lanes[number])

        self._run(work, len(parts))

    def emptied_into(self, state: State) -> State:
        """The state with the rows of all lanes, in order, behind its own."""
        many, noted = (sum(int(lane.count[place]) for lane in self.lanes) for place in (N_ROWS, N_EXPOSURES))
        state = state._replace(
            rows=with_room(state.rows, int(state.count[N_ROWS]) + many),
            exposures=with_room(state.exposures, int(state.count[N_EXPOSURES]) + noted),
        )
        for lane in self.lanes:
            for table, rows, place in (
                (state.rows, lane.rows, N_ROWS),
                (state.exposures, lane.exposures, N_EXPOSURES),
            ):
                first, n = int(state.count[place]), int(lane.count[place])
                table[first : first + n] = rows[:n]
            state.count[[N_ROWS, N_EXPOSURES, VIEWS]] += lane.count[[N_ROWS, N_EXPOSURES, VIEWS]]
            lane.count[:] = 0
        return state

    def make_room_for_followees(self, most: int) -> None:
        """Room for the feeds of members with so many followees."""
        self.lanes = [
            lane._replace(
                followees=with_room(lane.followees, most + 1),
                heads=with_room(lane.heads, most + 1),
                head_links=with_room(lane.head_links, most + 1),
            )
            for lane in self.lanes
        ]

    def _run(self, work: Callable[[int], None], parts: int) -> None:
        """Do all parts at once; the first is the caller's own."""
        others = [self._pool.submit(work, number) for number in range(1, parts)] if self._pool else []
        try:
            work(0)
        finally:
            for other in others:
                other.result()


def _parts(member: Any, lanes: int) -> list[tuple[int, int]]:
    """Entries in at most so many parts of about equal length; those of one member stay together."""
    size = len(member)
    parts = max(1, min(lanes, size // WORTH_A_LANE))
    edges = [size * number // parts for number in range(parts)]
    edges = [int(np.searchsorted(member, member[edge])) if edge else 0 for edge in edges]
    return list(zip(edges, [*edges[1:], size], strict=True))


def _with_room_for_a_page(lane: Lane) -> Lane:
    """The lane with room for the next page, in whichever table lacks it."""
    return lane._replace(
        rows=with_room(lane.rows, int(lane.count[N_ROWS]) + ROOM),
        exposures=with_room(lane.exposures, int(lane.count[N_EXPOSURES]) + ROOM),
    )
