"""The order of what is due in a tick, in plain Python and compiled."""

import numba
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.clock import TICK
from flashcrowd.sim import agenda
from flashcrowd.sim.agenda import BEGIN, PAGE, PUBLISH, due_order, tick_of

MOST_MEMBERS = 400_000_000
MILLISECONDS = st.integers(min_value=0, max_value=59_999)
ENTRIES = st.tuples(
    st.integers(min_value=0, max_value=MOST_MEMBERS - 1),
    st.sampled_from((PUBLISH, BEGIN, PAGE)),
    MILLISECONDS,
)


def test_tick_holds_its_first_and_not_its_last_instant() -> None:
    """60 s belong to tick 1, what comes just before to tick 0."""
    assert [tick_of(t) for t in (0.0, 59.999, 60.0, 119.5, 86_400.0)] == [0, 0, 1, 1, 1440]


def test_images_come_before_visits_and_visits_before_pages() -> None:
    """Whatever their times inside the tick."""
    assert due_order(7, PUBLISH, 59.9) < due_order(7, BEGIN, 30.0) < due_order(7, PAGE, 0.0)


def test_members_come_in_order_of_their_number() -> None:
    """Whatever is due, and when."""
    assert due_order(7, PAGE, 59.999) < due_order(8, PUBLISH, 0.0)


@given(ENTRIES, ENTRIES, st.integers(min_value=0, max_value=100_000))
def test_order_is_by_member_then_kind_then_time(
    one: tuple[int, int, int], other: tuple[int, int, int], tick: int
) -> None:
    """Up to 400 million members, in any tick of 70 days; times are told apart to a millisecond."""
    (u, kind, ms), (v, other_kind, other_ms) = one, other
    here = due_order(u, kind, tick * TICK + ms / 1000)
    there = due_order(v, other_kind, tick * TICK + other_ms / 1000)
    assert 0 <= here < 2**63
    if (u, kind) != (v, other_kind):
        assert (here < there) == ((u, kind) < (v, other_kind))
    elif abs(ms - other_ms) >= 2:
        assert (here < there) == (ms < other_ms)


def test_compiled_order_equals_plain_order() -> None:
    """Also for members beyond 2**13, whose shifted number does not fit into the 32 bits of its column."""
    compiled = numba.njit(lambda member, kind, t: due_order(member, kind, t))
    for member in (0, 8191, 8192, 399_999_999):
        for kind in (PUBLISH, BEGIN, PAGE):
            plain = due_order(member, kind, 123_456.789)
            assert compiled(np.int32(member), np.int8(kind), 123_456.789) == plain


def test_kinds_are_distinct() -> None:
    """Two bits of the order hold the kind."""
    assert len({agenda.PUBLISH, agenda.BEGIN, agenda.PAGE}) == 3
    assert max(agenda.PUBLISH, agenda.BEGIN, agenda.PAGE) < 4
