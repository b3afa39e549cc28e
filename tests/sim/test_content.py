"""What items are like, against closed forms; what may be calibrated is read from the module."""

import math

import numpy as np
import pytest
from draws_of import assert_log_normal, assert_mean, keys
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.sim import content

N = 20_000
AGE = st.floats(min_value=0.0, max_value=1e7)
LIFE = st.floats(min_value=0.1, max_value=1e6)
SHARE = st.floats(min_value=0.0, max_value=1.0)
TYPICAL_AGES_S = np.geomspace(1.0, 1e6, 50)


def test_freshness_has_its_closed_form() -> None:
    """Whole at first; after three shelf lives an eighth of what wears off is left."""
    assert content.freshness(0.0, 300.0, 0.02) == 1.0
    assert content.freshness(900.0, 300.0, 0.0) == pytest.approx(1 / 8)
    assert content.freshness(900.0, 300.0, 0.2) == pytest.approx(0.2 + 0.8 / 8)


def test_freshness_ends_at_the_evergreen_share() -> None:
    """After ten thousand shelf lives 1e-6 of the rest is left."""
    assert content.freshness(3e6, 300.0, 0.2) == pytest.approx(0.2, abs=1e-6)


@given(AGE, AGE, LIFE, SHARE)
def test_freshness_only_falls(age_s: float, more_s: float, life_s: float, evergreen: float) -> None:
    """It lies between the evergreen share and 1."""
    fresh = content.freshness(age_s, life_s, evergreen)
    assert evergreen <= fresh <= 1.0 + 1e-12
    assert content.freshness(age_s + more_s, life_s, evergreen) <= fresh + 1e-12


def test_expected_freshness_is_a_mean() -> None:
    """Its weights add up to 1: what does not wear off keeps all, what is gone at once keeps the floor."""
    assert content.expected_freshness(300.0, 1.0) == pytest.approx(1.0)
    assert content.expected_freshness(1e12, 0.0) == pytest.approx(1.0, abs=1e-6)
    assert content.expected_freshness(1e-6, 0.3) == pytest.approx(0.3, abs=1e-6)


@given(LIFE, LIFE, SHARE)
def test_expected_freshness_grows_with_shelf_life(life_s: float, more_s: float, evergreen: float) -> None:
    """Normalising by it therefore gives perishable and evergreen items the same expected yield."""
    less = content.expected_freshness(life_s, evergreen)
    assert 0.0 < less <= content.expected_freshness(life_s + more_s, evergreen) + 1e-12


def test_shelf_life_is_log_normal() -> None:
    """Around its median."""
    lives = [content.shelf_life(key) for key in keys(N)]
    assert_log_normal(lives, content.SHELF_LIFE_S, content.SHELF_LIFE_SIGMA)


def test_evergreen_share_is_log_normal_up_to_one() -> None:
    """Half of the items lie below the median (binomial); none exceeds 1, and some reach it."""
    shares = np.array([content.evergreen(key) for key in keys(N)])
    assert abs((shares < content.EVERGREEN).mean() - 0.5) < 5 * 0.5 / math.sqrt(N)
    assert shares.min() > 0.0
    assert shares.max() == 1.0


def test_transferability_has_mean_one() -> None:
    """Log-normal: median exp(-sigma^2 / 2), so that the mean is 1 whatever the spread."""
    sigma = content.TRANSFER_SIGMA
    transfers = [content.transferability(key) for key in keys(N)]
    assert_log_normal(transfers, math.exp(-sigma * sigma / 2), sigma)
    assert_mean(transfers, 1.0, math.sqrt(math.exp(sigma * sigma) - 1))


@pytest.mark.parametrize("sigma", [0.5, 1.5, 4.0])
def test_appeal_is_log_normal_around_one(sigma: float) -> None:
    """With the spread that the scenario asks for."""
    assert_log_normal([content.raw_appeal(key, sigma) for key in keys(N)], 1.0, sigma)


def test_appeal_without_spread_is_one() -> None:
    """All items are alike then, up to how they wear off."""
    assert {content.raw_appeal(key, 0.0) for key in keys(100)} == {1.0}


def test_appeal_reaches_far_into_its_tail() -> None:
    """The largest of 20,000 lies beyond the 1 / 4,096 quantile: giants are not cut off."""
    largest = max(math.log(content.raw_appeal(key, 1.0)) for key in keys(N))
    assert largest > 3.49


def test_traits_are_those_of_the_key() -> None:
    """The named tuple holds what the functions give, and appeal is normalised by the expected freshness."""
    for key in keys(50):
        traits = content.item_traits(key, 1.5)
        assert traits == content.item_traits(key, 1.5)
        assert traits.raw_appeal == content.raw_appeal(key, 1.5)
        assert traits.shelf_life_s == content.shelf_life(key)
        assert traits.evergreen == content.evergreen(key)
        assert traits.transfer == content.transferability(key)
        mean = content.expected_freshness(traits.shelf_life_s, traits.evergreen)
        assert traits.appeal == pytest.approx(traits.raw_appeal / mean)


def test_traits_of_an_item_are_uncorrelated() -> None:
    """Each is drawn at its own address: Pearson's r of the logarithms has sigma 1 / sqrt(n)."""
    drawn = [content.item_traits(key, 1.5) for key in keys(N)]
    logs = np.log([(one.raw_appeal, one.shelf_life_s, one.evergreen, one.transfer) for one in drawn])
    r = np.corrcoef(logs.T)
    assert np.abs(r - np.eye(4)).max() < 5 / math.sqrt(N)


def test_topics_have_words() -> None:
    """Each topic of the largest scenario has its own, made of what a hashtag may hold."""
    words = [content.topic_word(topic) for topic in range(1000)]
    assert len(set(words)) == 1000
    assert all(word.isalnum() and word.isascii() for word in words)
