"""Discovery against closed forms: which cell, how far back, whether an old item is taken."""

import math

import numpy as np
import pytest
from draws_of import FIVE_SIGMA, assert_share, assert_shares, keys
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.draws import fold, uniform
from flashcrowd.sim import discovery
from flashcrowd.sim.discovery import CELL, POOL, cell_visited, cells, entry_visited, like_enters, takes_entry

LOOKS = 20_000
KEYS = keys(LOOKS)
U64 = st.integers(min_value=0, max_value=2**64 - 1)


@pytest.mark.parametrize(("members", "expected"), [(2, 1), (CELL, 1), (CELL + 1, 2), (10 * CELL, 10)])
def test_cells_hold_all_members(members: int, expected: int) -> None:
    """The last cell may be smaller; the last member has one."""
    assert cells(members) == expected
    assert (members - 1) // CELL < cells(members)


@pytest.mark.parametrize(
    ("own", "parts"), [(3, [1, 1, 1, 1, 1, 1, 0, 0]), (7, [0, 0, 0, 0, 0, 0, 1, 5])], ids=["inner", "last"]
)
def test_members_look_mostly_into_their_own_cell(own: int, parts: list[int]) -> None:
    """The own cell with 0.9 and its part of the rest, those of its neighbourhood equally, others never; of 8
    cells, the last stands for the four that its neighbourhood lacks."""
    visited = [cell_visited(key, own * CELL + 17, 8) for key in KEYS]
    shares = np.array(parts) * (1 - discovery.OWN_CELL) / discovery.NEARBY
    shares[own] += discovery.OWN_CELL
    assert_shares(visited, shares)


@pytest.mark.parametrize("entries", [1, 2, 7, POOL])
def test_members_look_at_the_newest_entries(entries: int) -> None:
    """Entry i of n is met with ((i + 1) / n)^(1/3) - (i / n)^(1/3): the cubic bias in closed form."""
    visited = [entry_visited(key, entries) for key in KEYS]
    edges = (np.arange(entries + 1) / entries) ** (1 / 3)
    assert_shares(visited, np.diff(edges))


@given(U64, st.integers(min_value=1, max_value=POOL), st.integers(min_value=1, max_value=60_000))
def test_looks_stay_inside(key: int, entries: int, n_cells: int) -> None:
    """No look beyond the entries, none outside the cells."""
    assert 0 <= entry_visited(key, entries) < entries
    assert 0 <= cell_visited(key, (n_cells * CELL) - 1, n_cells) < n_cells


@pytest.mark.parametrize("age_in_scales", [0.0, 1.0, 4.0, 30.0])
def test_old_entries_are_taken_reluctantly(age_in_scales: float) -> None:
    """(1 + age / scale)^-power of the looks, within five binomial sigma; what is new is always taken."""
    taken = [takes_entry(key, age_in_scales * discovery.AGE_SCALE_S) for key in KEYS]
    assert_share(taken, (1 + age_in_scales) ** -discovery.AGE_POWER)


@given(key=U64, age_s=st.floats(min_value=0.0, max_value=1e7))
def test_bounds_decide_as_the_power_does(key: int, age_s: float) -> None:
    """Whatever the age and the draw: what the cheap powers decide is what the exact one would."""
    exact = math.exp(-discovery.AGE_POWER * math.log(1.0 + age_s / discovery.AGE_SCALE_S))
    assert takes_entry(key, age_s) == (uniform(fold(key, 3)) < exact)


def test_bounds_enclose_the_power_that_is_set() -> None:
    """The cheap powers are -1 and -0.75."""
    assert 0.75 < discovery.AGE_POWER < 1.0


def test_some_likes_enter_the_pool() -> None:
    """The stated share of likes, within five binomial sigma."""
    assert_share([like_enters(key) for key in KEYS], discovery.LIKES_ENTER)


def test_looks_at_trends_are_shared_among_them() -> None:
    """The stated share of looks, each of the places as often."""
    visited = [discovery.trend_visited(key) + 1 for key in KEYS]
    each = discovery.TREND_SHARE / discovery.TRENDS
    assert_shares(visited, [1 - discovery.TREND_SHARE, *[each] * discovery.TRENDS])


def test_draws_of_a_look_are_independent() -> None:
    """Whether an entry is taken says nothing about which one it was (r has sigma 1 / sqrt(n))."""
    entry = [entry_visited(key, POOL) for key in KEYS]
    taken = [takes_entry(key, discovery.AGE_SCALE_S) for key in KEYS]
    assert abs(np.corrcoef(entry, taken)[0, 1]) < FIVE_SIGMA / math.sqrt(LOOKS)
