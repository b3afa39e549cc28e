"""Notifications against the process they stand for: each follower comes with a small chance, at its hour."""

import math

import numpy as np
import pytest
from draws_of import FIVE_SIGMA, assert_log_normal, assert_mean, assert_share, assert_shares, keys

from flashcrowd.sim import notify
from flashcrowd.sim.behaviour import post_probability
from flashcrowd.sim.calendar import PEAK_HOUR, day_profile

N = 20_000


def test_busiest_hour_is_the_peak_of_the_day() -> None:
    """The two modules mean the same peak, so no share exceeds 1."""
    assert pytest.approx(day_profile(PEAK_HOUR)) == notify.BUSIEST
    assert max(day_profile(hour) for hour in np.arange(0, 24, 0.01)) <= notify.BUSIEST + 1e-9


@pytest.mark.parametrize("followers", [0, 1, 300, 20_000])
def test_pushes_of_a_post_are_poisson(followers: int) -> None:
    """Mean and variance are the busiest chance times the followers, also beyond the limit of inversion."""
    mean = notify.BUSIEST * 0.004 * followers
    counts = np.array([notify.pushes(key, followers, 0.004) for key in keys(N)])
    assert counts.min() >= 0
    assert_mean(counts, mean, math.sqrt(mean))
    kurtosis = 3 + 1 / max(mean, 1e-9)
    assert abs(counts.var() - mean) <= FIVE_SIGMA * mean * math.sqrt((kurtosis - 1) / N) + 0.1


def test_pushes_go_to_every_follower_alike() -> None:
    """The place in the list is uniform; with one follower it is the only one."""
    assert_shares([notify.follower_pushed(key, 7) for key in keys(N)], [1 / 7] * 7)
    assert {notify.follower_pushed(key, 1) for key in keys(100)} == {0}


def test_delay_of_a_push_is_log_normal() -> None:
    """Around its median."""
    delays = [notify.push_delay(key) for key in keys(N)]
    assert_log_normal(delays, notify.DELAY_S, notify.DELAY_SIGMA)


@pytest.mark.parametrize("hour", [4.0, 8.0, 20.0])
def test_followers_come_as_the_hour_allows(hour: float) -> None:
    """Thinning by the profile: over a day a push succeeds with the share that the scenario names."""
    for keen in (1.0, 0.3, 0.0):
        share = min(1.0, keen * day_profile(hour) / notify.BUSIEST)
        assert_share([notify.comes(key, hour, keen) for key in keys(N)], share)


def test_visit_that_a_notification_causes_is_short() -> None:
    """Other visits keep their mean."""
    assert notify.visit_budget(540.0, False) == 540.0
    assert notify.visit_budget(540.0, True) == pytest.approx(notify.SHORT_VISIT * 540.0)
    assert 0.0 < notify.SHORT_VISIT <= 1.0


def test_who_is_called_does_not_post() -> None:
    """The mood of a visit of its own accord stays; in one that a notification causes a member never posts."""
    assert notify.visit_mood(1.7, pushed=False) == 1.7
    assert post_probability(0.5, notify.visit_mood(1.7, pushed=True)) == 0.0
