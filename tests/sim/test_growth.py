"""Growth curves against their closed forms."""

import math

import numpy as np
import pytest
from societies import busy

from flashcrowd.core.clock import DAY
from flashcrowd.core.growth import Growth
from flashcrowd.sim.growth import CURVES
from flashcrowd.sim.population import build_population

U = (np.arange(10_000) + 0.5) / 10_000
"""Evenly spread uniform numbers: a curve's times are then its quantiles."""

CIRCLES = np.repeat((0.05, 0.45, 0.95), (2000, 3000, 5000))


def test_bass_sign_ups_follow_the_curve() -> None:
    """By any time the share that Bass's F(t) gives has signed up, to the spacing of the numbers."""
    growth = Growth(innovation=0.02, imitation=0.5, period=DAY)
    times = CURVES.get("bass")(growth, U, CIRCLES)
    for days in (0.5, 3.0, 8.0, 20.0):
        decay = math.exp(-(0.02 + 0.5) * days)
        share = (1.0 - decay) / (1.0 + 0.5 / 0.02 * decay)
        assert (times <= days * DAY).mean() == pytest.approx(share, abs=1e-4)


def test_bass_without_imitation_is_exponential() -> None:
    """q = 0 leaves 1 - e^-pt."""
    times = CURVES.get("bass")(Growth(innovation=2.0, imitation=0.0, period=DAY), U, CIRCLES)
    assert times == pytest.approx(-DAY / 2.0 * np.log1p(-U))


def test_given_sign_ups_follow_the_points() -> None:
    """Linear between the points, none where the curve is flat, never beyond the last share."""
    growth = Growth(points=((10.0, 0.0), (20.0, 0.4), (50.0, 0.4), (60.0, 0.9)))
    times = CURVES.get("given")(growth, U, CIRCLES)
    for t, share in ((10.0, 0.0), (15.0, 0.2), (20.0, 0.4), (49.0, 0.4), (55.0, 0.65), (1e9, 0.9)):
        assert (times <= t).mean() == pytest.approx(share, abs=2e-4)


def test_waves_invite_communities_together() -> None:
    """Members of a community come after the wave that it is in, exponentially, as many waves as are given."""
    growth = Growth(waves=(0.0, 100.0, 500.0), acceptance=20.0)
    times = CURVES.get("waves")(growth, U, CIRCLES)
    for circle, wave in ((0.05, 0.0), (0.45, 100.0), (0.95, 500.0)):
        assert times[circle == CIRCLES].min() >= wave
    late = CURVES.get("waves")(growth, U, np.full(len(U), 0.95)) - 500.0
    assert late.mean() == pytest.approx(20.0, rel=0.01)
    assert np.median(late) == pytest.approx(20.0 * math.log(2.0), rel=0.01)


@pytest.mark.parametrize("curve", CURVES.names())
def test_asked_share_of_the_members_signs_up(curve: str) -> None:
    """A binomial share, within four sigma; the others are there from the start."""
    people = build_population(busy(**{"growth.share": 0.3, "growth.curve": curve}))
    share = 1.0 - np.isnan(people.joined).mean()
    assert abs(share - 0.3) < 4 * math.sqrt(0.3 * 0.7 / people.size)
    assert (people.joined[~np.isnan(people.joined)] > 0).all()
