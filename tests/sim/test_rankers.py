"""What every ranker of the table keeps to, ours and those of others."""

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.errors import UsageError
from flashcrowd.sim.compiled import compiled_score
from flashcrowd.sim.rankers import RANKERS

AGE = st.floats(min_value=0.0, max_value=1e9)
COUNT = st.integers(min_value=0, max_value=10**9)
INTEREST = st.floats(min_value=0.0, max_value=1.0)


@pytest.fixture(params=RANKERS.names())
def score(request: pytest.FixtureRequest) -> Any:
    return RANKERS.get(request.param)


@given(AGE, COUNT, COUNT, COUNT, INTEREST)
def test_score_is_a_number(age: float, likes: int, reposts: int, replies: int, interest: float) -> None:
    """Finite for whatever can be in a feed, so that an order exists."""
    for name in RANKERS.names():
        assert math.isfinite(RANKERS.get(name)(age, likes, reposts, replies, interest, 0.5))


@pytest.mark.parametrize("name", [name for name in RANKERS.names() if name != "random"])
def test_of_equal_items_the_newer_stands_higher(name: str) -> None:
    """Over a minute, an hour, a day and a month, whatever its counts; only luck knows no age."""
    score = RANKERS.get(name)
    for counts in ((0, 0, 0), (5, 1, 0), (1000, 300, 40)):
        scores = [score(age, *counts, 0.3, 0.5) for age in (0.0, 60.0, 3600.0, 86_400.0, 2.6e6)]
        assert all(later < earlier for earlier, later in pairwise(scores))


@given(AGE, COUNT, COUNT, COUNT, INTEREST, COUNT)
def test_engagement_never_lowers_an_item(
    age: float, likes: int, reposts: int, replies: int, interest: float, more: int
) -> None:
    """One more like, repost or reply does no harm under any ranker."""
    for name in RANKERS.names():
        score = RANKERS.get(name)
        before = score(age, likes, reposts, replies, interest, 0.5)
        assert score(age, likes + more, reposts, replies, interest, 0.5) >= before
        assert score(age, likes, reposts + more, replies, interest, 0.5) >= before
        assert score(age, likes, reposts, replies + more, interest, 0.5) >= before


def test_compiled_score_equals_the_plain_one(score: Any) -> None:
    """To the last bit, so that both engines order a feed alike."""
    call = compiled_score(score).ctypes
    for age in (0.0, 0.1, 59.999, 3600.0, 1e5, 1e7):
        for likes, reposts, replies in ((0, 0, 0), (1, 0, 0), (7, 3, 1), (10**6, 10**5, 10**4)):
            for interest in (0.0, 0.005, 0.905):
                plain = score(age, likes, reposts, replies, interest, 0.5)
                assert call(age, likes, reposts, replies, interest, 0.5) == plain


def test_chronological_order_is_that_of_age() -> None:
    """Nothing but age counts."""
    score = RANKERS.get("chronological")
    assert score(10.0, 0, 0, 0, 0.0, 0.5) > score(11.0, 10**6, 10**6, 10**6, 1.0, 0.5)
    assert score(10.0, 0, 0, 0, 0.0, 0.5) == score(10.0, 5, 5, 5, 1.0, 0.5)


def test_engagement_weighs_replies_above_reposts_above_likes() -> None:
    """And lets an old success fall behind a small new one."""
    score = RANKERS.get("engagement")
    hour = 3600.0
    assert (
        score(hour, 0, 0, 1, 0.0, 0.5)
        > score(hour, 0, 1, 0, 0.0, 0.5)
        > score(hour, 1, 0, 0, 0.0, 0.5)
        > score(hour, 0, 0, 0, 0, 0.5)
    )
    assert score(hour, 2, 0, 0, 0.0, 0.5) > score(30 * 24 * hour, 1000, 100, 0, 0.0, 0.5)


def test_engagement_is_worn_down_by_a_power_of_age() -> None:
    """(age + 2 h)^-1.8: after 2 h an untouched item has 2^-1.8 of its first score."""
    score = RANKERS.get("engagement")
    assert score(7200.0, 0, 0, 0, 0.0, 0.5) / score(0.0, 0, 0, 0, 0.0, 0.5) == pytest.approx(2**-1.8)


def test_interest_puts_what_fits_above_what_is_liked() -> None:
    """The closed form: fit x (1 + ln(1 + engagement)) x 2^(-age / 6 h)."""
    score = RANKERS.get("interest")
    assert score(0.0, 0, 0, 0, 0.5, 0.5) == pytest.approx(1.0)
    assert score(6 * 3600.0, 1, 1, 1, 0.25, 0.5) == pytest.approx(0.515 * (1 + math.log(31)) / 2)
    assert score(0.0, 0, 0, 0, 0.9, 0.5) > score(0.0, 10, 0, 0, 0.0, 0.5)


def test_random_is_luck_alone() -> None:
    """Nothing else counts."""
    score = RANKERS.get("random")
    assert score(5.0, 1, 2, 3, 0.4, 0.25) == score(9e9, 0, 0, 0, 0.0, 0.25) == 0.25


def test_unknown_ranker_is_told_with_the_nearest() -> None:
    """The error lists what is known."""
    with pytest.raises(UsageError, match=r"unknown ranker 'chronologic'; known: .*mean chronological\?"):
        RANKERS.get("chronologic")
