"""Who comes, given who signs up, and the other way round."""

import numpy as np
import pytest

from flashcrowd.report.plan.curves import bass_sign_ups, continued, fitted_bass, weekly_users
from flashcrowd.report.plan.users import SETTLED_D, users_of_sign_ups, users_of_weekly
from flashcrowd.sim.measured_demand import return_curve

ONE = np.ones(1)


def test_one_cohort_comes_as_its_curve_says():
    """1,000 sign-ups on the first day, none after: those who come are 1,000 times the curve."""
    curve, active = return_curve("typical", 40 + SETTLED_D)
    sign_ups = np.zeros((1, 40))
    sign_ups[0, 0] = 1000
    seen = users_of_sign_ups(sign_ups, curve, ONE, 0.0, active * ONE)
    assert seen.daily[0] == pytest.approx(1000 * curve[:40])
    assert seen.daily[0, [1, 7, 30]] == pytest.approx([260, 120, 60], rel=0.05)


def test_sign_ups_and_users_are_inverse():
    """The sign-ups that a growth of users takes bring exactly these users."""
    curve, _ = return_curve("sticky", 60 + SETTLED_D)
    share = 0.6 * ONE
    weekly = weekly_users(((0.0, 1e6), (60 * 86400.0, 2e6)), 60)[None, :]
    needed = users_of_weekly(weekly, curve, ONE, share)
    back = users_of_sign_ups(needed.sign_ups, curve, ONE, 1e6, share)
    assert back.daily == pytest.approx(needed.daily)
    assert (needed.sign_ups[0, 1:] > 0).all()


def test_retention_factor_moves_who_comes_again_only():
    """With half of those who would come again, the day of the sign-up is as it was, the next half."""
    curve = np.full(10 + SETTLED_D, 0.4)
    sign_ups = np.zeros((1, 10))
    sign_ups[0, 0] = 100
    seen = users_of_sign_ups(sign_ups, curve, 0.5 * ONE, 0.0, ONE)
    assert seen.daily[0, :3].tolist() == [100, 20, 20]


def test_bass_curve_reaches_its_market():
    """Sign-ups of all days add up to F(T) of the market (equation 9), and to the market in the end."""
    p, q, market, days = 0.03, 0.38, 1000.0, 3650
    made = bass_sign_ups(market * ONE, p * ONE, q * ONE, days)[0]
    decay = np.exp(-(p + q) * days / 365)
    assert made.sum() == pytest.approx(market * (1 - decay) / (1 + q / p * decay))
    assert bass_sign_ups(market * ONE, 3.0 * ONE, 3.0 * ONE, days)[0].sum() == pytest.approx(market)


def test_fit_finds_the_curve_that_made_the_counts():
    """Counts of a known Bass curve give back market, p and q."""
    counts = bass_sign_ups(1e6 * ONE, 0.5 * ONE, 6.0 * ONE, 200)[0]
    found, covariance = fitted_bass(counts)
    assert found == pytest.approx([1e6, 0.5, 6.0], rel=1e-3)
    assert np.sqrt(np.diag(covariance)).max() < 0.01


def test_what_follows_a_file_is_its_last_week():
    """Beyond the file comes the mean of its last seven days; a shorter horizon cuts it."""
    counts = np.arange(1.0, 11.0)
    assert continued(counts, 12).tolist() == [*counts.tolist(), 7.0, 7.0]
    assert continued(counts, 3).tolist() == [1.0, 2.0, 3.0]
