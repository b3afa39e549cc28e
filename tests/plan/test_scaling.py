"""Demand over the size of the society, and how far it can be carried."""

import numpy as np
import pytest

from flashcrowd.report.plan.scaling import law

SIZES = np.repeat([1000.0, 2000.0, 4000.0, 8000.0], 5)


def noisy(exponent, sigma, seed):
    """Values of a known law, at `SIZES`."""
    return 3.0 * (SIZES / 8000) ** exponent * np.exp(np.random.default_rng(seed).normal(0, sigma, len(SIZES)))


@pytest.mark.parametrize("exponent", [0.0, 0.1, -0.05])
def test_intervals_hold_the_exponent(exponent):
    """Of 200 noisy laws, the 95 % interval holds the exponent in 91 % at least (3 standard errors below)."""
    held = 0
    for seed in range(200):
        low, high = law("reads", SIZES, noisy(exponent, 0.05, seed)).interval
        held += low <= exponent <= high
    assert held >= 0.95 * 200 - 3 * np.sqrt(200 * 0.95 * 0.05)


def test_carried_interval_holds_the_truth_a_thousand_times_further():
    """Extrapolated a thousandfold, the interval is wide, and holds the truth as often as it says."""
    truth = 3.0 * 1000**0.1
    held, widths = 0, []
    for seed in range(200):
        low, _, high = law("reads", SIZES, noisy(0.1, 0.02, seed)).carried(8_000_000)
        held += low <= truth <= high
        widths.append(high / low)
    assert held >= 0.95 * 200 - 3 * np.sqrt(200 * 0.95 * 0.05)
    assert 1.1 < np.median(widths) < 1.3


def test_wide_interval_is_not_carried():
    """With much noise, what is known of a thousandfold society is too little, and that is said."""
    found = law("images", SIZES, noisy(0.0, 0.3, 1))
    assert found.trouble(8000) == ""
    assert "are only known to be" in found.trouble(8e9)


def test_bend_is_not_carried():
    """Demand that levels off with size does not lie on one law."""
    values = (1 - np.exp(-SIZES / 1500)) * np.exp(np.random.default_rng(1).normal(0, 0.01, len(SIZES)))
    assert "do not lie on one law" in law("reads", SIZES, values).trouble(1e6)


def test_one_size_tells_nothing_of_size():
    """Societies of one size give a level and no law."""
    found = law("reads", [1000] * 5, [3.0, 3.1, 2.9, 3.0, 3.0])
    assert found.level == pytest.approx(3.0, rel=0.01)
    assert "nothing is known of how they change" in found.trouble(2000)


def test_futures_spread_as_the_interval_says():
    """Nineteen of twenty futures lie in the 95 % interval."""
    found = law("reads", SIZES, noisy(0.1, 0.05, 3))
    low, middle, high = found.carried(1e6)
    made = found.drawn(1e6, np.array([-1.959964, 0.0, 1.959964]))
    assert made == pytest.approx([low, middle, high], rel=1e-4)
