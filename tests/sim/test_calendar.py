"""When members come: an inhomogeneous Poisson process, checked against the process it claims to be."""

import math

import numpy as np
import pytest
from draws_of import FIVE_SIGMA, assert_distribution
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.draws import Purpose, root_key
from flashcrowd.sim import calendar
from flashcrowd.sim.calendar import (
    SLICE_S,
    SLICES_PER_DAY,
    arrival_time,
    arrivals,
    day_profile,
    slice_profile,
)

KEY = root_key(3, Purpose.ARRIVAL)
MEMBERS = 20_000


def test_profile_of_a_day_has_mean_one() -> None:
    """Both harmonics add up to nothing over 48 slices, so a member's rate is its rate."""
    for offset_h in (-5.0, 0.0, 1.0, 10.0):
        profiles = [slice_profile(number, offset_h) for number in range(48)]
        assert math.isclose(np.mean(profiles), 1.0, abs_tol=1e-12)


@given(st.floats(min_value=0.0, max_value=24.0))
def test_profile_is_positive_and_highest_in_the_evening(hour: float) -> None:
    """No hour is empty, and none is busier than the peak."""
    assert 0.0 < day_profile(hour) <= day_profile(calendar.PEAK_HOUR)


def test_profile_follows_local_time() -> None:
    """A region six hours east of UTC sees at 12:00 UTC what UTC sees at 18:00; days repeat."""
    assert slice_profile(24, 6.0) == pytest.approx(slice_profile(36, 0.0))
    assert slice_profile(7 + 48 * 30, 1.0) == pytest.approx(slice_profile(7, 1.0))


@pytest.mark.parametrize("mean", [0.002, 0.05, 0.6, 2.5])
def test_arrivals_of_a_slice_are_poisson(mean: float) -> None:
    """Mean and variance of 20,000 counts, and the share of members who do not come: within five sigma."""
    counts = np.array([arrivals(KEY, member, 11, mean) for member in range(MEMBERS)])
    assert abs(counts.mean() - mean) < FIVE_SIGMA * math.sqrt(mean / MEMBERS)
    kurtosis = 3 + 1 / mean
    assert abs(counts.var() - mean) < FIVE_SIGMA * mean * math.sqrt((kurtosis - 1) / MEMBERS)
    none = math.exp(-mean)
    assert abs((counts == 0).mean() - none) < FIVE_SIGMA * math.sqrt(none * (1 - none) / MEMBERS)


def test_arrivals_of_a_day_add_up_to_the_rate() -> None:
    """The total over members and slices is Poisson around the sum of the rates: within five of its root."""
    rate, members = 4.0, 1000
    profiles = [slice_profile(number, -5.0) for number in range(int(SLICES_PER_DAY))]
    total = sum(
        arrivals(KEY, member, number, calendar.slice_mean(rate, profile))
        for member in range(members)
        for number, profile in enumerate(profiles)
    )
    assert abs(total - rate * members) < FIVE_SIGMA * math.sqrt(rate * members)


def test_arrivals_of_two_slices_are_independent() -> None:
    """Pearson's r of 20,000 pairs has sigma 1 / sqrt(20,000)."""
    here, there = (np.array([arrivals(KEY, u, number, 0.5) for u in range(MEMBERS)]) for number in (4, 5))
    assert abs(np.corrcoef(here, there)[0, 1]) < FIVE_SIGMA / math.sqrt(MEMBERS)


def test_arrivals_without_a_rate_are_none() -> None:
    """A mean of 0 gives 0."""
    assert {arrivals(KEY, member, 0, 0.0) for member in range(100)} == {0}


def test_arrival_times_are_uniform_over_the_slice() -> None:
    """And lie inside it."""
    places = np.array([arrival_time(KEY, member, 9, member % 3) for member in range(MEMBERS)]) / SLICE_S - 9
    assert places.min() > 0.0
    assert places.max() < 1.0
    assert_distribution(places, lambda place: place)


def test_sessions_of_a_slice_begin_at_different_times() -> None:
    """The number of a session is part of its address."""
    assert len({arrival_time(KEY, 1, 0, number) for number in range(50)}) == 50
