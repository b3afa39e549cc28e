"""Intervals over seeds."""

import math

import numpy as np
import pytest

from flashcrowd.report.interval import cluster_bootstrap, t_interval


def test_t_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Of 2,000 intervals over five normal values, 99 % hold their mean: 1 % +- 4 standard errors miss it."""
    rng = np.random.default_rng(1)
    ends = [t_interval(list(rng.normal(3.0, 2.0, 5))) for _ in range(2000)]
    missed = sum(not low <= 3.0 <= high for low, high in ends) / len(ends)
    assert missed == pytest.approx(0.01, abs=4 * math.sqrt(0.01 * 0.99 / 2000))


def test_t_interval_of_one_seed_is_unknown() -> None:
    """One run says nothing about how much runs differ."""
    assert all(math.isnan(end) for end in t_interval([1.0]))


def test_bootstrap_draws_whole_runs() -> None:
    """Runs that are all alike have no interval to speak of, however different their members are."""
    runs = [[0.0, 100.0]] * 5
    assert cluster_bootstrap(runs, _mean) == {"mean": (50.0, 50.0)}


def test_bootstrap_of_means_is_about_the_normal_interval() -> None:
    """Over 40 runs of one value it nears mean +- 2.58 s / sqrt(40), to 15 % of its width."""
    values = np.random.default_rng(2).normal(0.0, 1.0, 40)
    low, high = cluster_bootstrap([[value] for value in values], _mean)["mean"]
    assert high - low == pytest.approx(2 * 2.576 * values.std() / math.sqrt(40), rel=0.15)
    assert low < values.mean() < high


def test_bootstrap_leaves_out_what_some_draws_cannot_say() -> None:
    """A figure that is unknown in some resamples is taken over the others; in all, it has no interval."""
    assert cluster_bootstrap([[1.0], []], _mean) == {"mean": (1.0, 1.0)}
    assert cluster_bootstrap([[], []], _mean) == {}
    assert cluster_bootstrap([[1.0]], _mean) == {}


def _mean(runs: list[list[float]]) -> dict[str, float]:
    values = [value for run in runs for value in run]
    return {"mean": float(np.mean(values)) if values else math.nan}
