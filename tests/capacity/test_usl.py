"""The scalability law against published data and known truth."""

import math

import numpy as np
import pytest

from flashcrowd.report.capacity.usl import Law, fit, usl

CISCO = (
    955.16, 1878.91, 2688.01, 3548.68, 4315.54, 5130.43, 5931.37, 6531.08, 7219.8, 7867.61, 8278.71, 8646.7,
    9047.84, 9426.55, 9645.37, 9897.24, 10097.6, 10240.5, 10532.39, 10798.52, 11151.43, 11518.63, 11806,
    12089.37, 12075.41, 12177.29, 12211.41, 12158.93, 12155.27, 12118.04, 12140.4, 12074.39,
)  # fmt: skip
"""Throughput at 1, 2, … 32: a benchmark by Cisco, published with Gunther's law and its parameters."""


def test_published_parameters_are_recovered():
    """sigma, kappa and lambda of the Cisco data to five digits; the peak at a whole number of 35."""
    law = fit(range(1, 33), CISCO).law
    assert law.sigma == pytest.approx(0.02671591, rel=1e-5)
    assert law.kappa == pytest.approx(7.690945e-4, rel=1e-5)
    assert law.lamda == pytest.approx(995.6486, rel=1e-5)
    assert math.floor(law.peak_at) == 35
    assert float(law.throughput(35.0)) == pytest.approx(12_341.7, rel=1e-5)


def test_few_loads_have_no_intervals():
    """Resamples of four loads that must hold four are all the same: an interval of them would be a lie."""
    loads = [1.0, 4.0, 16.0, 64.0]
    found = fit(loads, [float(usl(np.array(n), 0.05, 5e-4, 100.0)) for n in loads])
    assert found.law.sigma == pytest.approx(0.05, rel=1e-3)
    assert np.isnan([*found.sigma, *found.kappa, *found.lamda, *found.peak]).all()


def test_intervals_hold_the_truth():
    """Over 20 noisy samples of a known law, the 95 % intervals of the peak hold it in at least 16."""
    truth = Law(0.05, 5e-4, 100.0)
    n = np.arange(2.0, 80.0, 4.0)
    held = 0
    for seed in range(20):
        noise = np.random.default_rng(seed).normal(1, 0.03, len(n))
        low, high = fit(n, truth.throughput(n) * noise, draws=80).peak
        held += low <= truth.peak <= high
    assert held >= 16


def closed_loop(truth, clients, lasts_s, seed):
    """(requests in flight, answered a second) of so many clients before a platform that obeys a law.

    Each request takes an exponential time whose mean is what the law says for so many under way.
    """
    rng = np.random.default_rng(seed)
    mean_s = clients / float(truth.throughput(clients))
    ends = np.cumsum(rng.exponential(mean_s, (clients, int(3 * lasts_s / mean_s) + 10)), axis=1)
    return float(clients), float((ends < lasts_s).sum()) / lasts_s


def test_imposed_contention_and_coherency_lie_in_their_intervals():
    """A platform with imposed sigma and kappa, measured at 16 loads for 20 s each: the 95 % intervals of both
    hold the truth in at least 16 of 20 runs."""
    truth, held = Law(0.05, 5e-4, 100.0), 0
    for seed in range(20):
        points = [closed_loop(truth, clients, 20.0, (seed, clients)) for clients in range(1, 80, 5)]
        found = fit(*zip(*points, strict=True), draws=60)
        held += found.sigma[0] <= 0.05 <= found.sigma[1] and found.kappa[0] <= 5e-4 <= found.kappa[1]
    assert held >= 16


def test_line_without_contention_is_told_as_one():
    """Throughput in proportion to the load has no peak, and the sentence claims none."""
    found = fit([1, 2, 4, 8, 16], [10, 20, 40, 80, 160])
    assert found.law.sigma == pytest.approx(0, abs=1e-6)
    assert "nothing tested bounds it" in found.sentence


def test_peak_beyond_the_test_is_called_extrapolated():
    """A peak at 43 in flight of which only 10 were tested is marked so."""
    truth = Law(0.05, 5e-4, 100.0)
    n = np.arange(1.0, 11.0)
    found = fit(n, truth.throughput(n))
    assert found.extrapolates
    assert "extrapolated" in found.sentence


def test_too_few_loads_give_no_law():
    """Three parameters need four different loads."""
    assert fit([1, 2, 2, 2, 3], [1, 2, 2, 2, 3]) is None


def test_requests_that_never_meet_give_no_law():
    """Where fewer than two are in flight nothing is known of how they stand in each other's way."""
    loads = np.array([0.05, 0.1, 0.16, 0.15, 0.8])
    assert fit(loads, 600 * loads) is None
    assert fit(10 * loads, 600 * loads) is not None
