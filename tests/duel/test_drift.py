"""Where the runs of a branch began to be different."""

import numpy as np
import pytest

from flashcrowd.report.duel.comparison import Limits
from flashcrowd.report.duel.drift import drift, splits
from flashcrowd.report.duel.recorded import Shot


def shots(levels, noise=0.03, seed=1):
    """Runs whose p50 has these levels, and whose throughput stays."""
    rng = np.random.default_rng(seed)
    figures = [
        {
            name: level * np.exp(rng.normal(0, noise))
            for name, level in (("all.p50", p50), ("throughput", 300.0))
        }
        for p50 in levels
    ]
    return [Shot(f"run-{i}", f"t{i:03}", "smoke", one) for i, one in enumerate(figures)]


def test_step_is_found_at_its_run_and_its_size():
    """A step of 20 % after 12 of 24 runs: one change of that figure, within a run and 5 %; no other."""
    (change,) = drift(shots([20.0] * 12 + [24.0] * 12), Limits())
    assert (change.figure.name, change.is_worse) == ("all.p50", True)
    assert abs(change.place - 12) <= 1
    assert change.effect == pytest.approx(0.2, abs=0.05)


def test_two_steps_are_two_changes():
    """Slower after ten runs and quick again after ten more: both, the second one for the better."""
    found = drift(shots([20.0] * 10 + [26.0] * 10 + [20.0] * 10), Limits())
    assert [(abs(one.place - at) <= 1, one.is_worse) for one, at in zip(found, (10, 20), strict=True)] == [
        (True, True),
        (True, False),
    ]


def test_one_slow_run_is_no_change():
    """A single run of twice the time does not move the level."""
    levels = [20.0] * 20
    levels[11] = 40.0
    assert drift(shots(levels), Limits()) == []


def test_too_few_runs_show_nothing():
    """Five runs cannot be split into two parts of three."""
    assert drift(shots([20.0, 20.0, 40.0, 40.0, 40.0]), Limits()) == []


def test_false_alarms_of_a_test_keep_their_share():
    """Of 400 series of 30 without a change, heavy-tailed, at most 5 % (+3.3 %, 3 sigma) are split at 5 %."""
    rng = np.random.default_rng(4)
    split = sum(bool(splits(rng.standard_t(3, 30), 0.05)) for _ in range(400))
    assert split / 400 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)
