"""Arms against the control: closed forms, and what shared seeds are worth."""

import math

import numpy as np
import pytest
from scipy import stats

from flashcrowd.report.study.contrast import contrast, estimate

RNG = np.random.default_rng(7)
LUCK = RNG.normal(size=20)


def test_difference_is_the_paired_t_interval() -> None:
    """The same interval as SciPy's paired t-test at 99 %."""
    arm, control = LUCK + 0.5 + 0.1 * RNG.normal(size=20), LUCK
    found = contrast(arm.tolist(), control.tolist())
    expected = stats.ttest_rel(arm, control).confidence_interval(0.99)
    assert (found.difference.low, found.difference.high) == pytest.approx((expected.low, expected.high))
    assert found.word == "higher"
    assert found.higher == 20


def test_shared_seeds_make_the_interval_narrower() -> None:
    """By the ratio of Welch's interval to the paired one; nothing is gained where seeds share nothing."""
    arm = LUCK + 0.1 * RNG.normal(size=20)
    found = contrast(arm.tolist(), LUCK.tolist())
    welch = stats.ttest_ind(arm, LUCK, equal_var=False).confidence_interval(0.99)
    assert found.narrower == pytest.approx((welch.high - welch.low) / 2 / found.difference.half_width)
    assert found.narrower > 5


def test_effect_size_is_hedges_g() -> None:
    """Two arms one spread apart, 20 seeds: g = 1 x (1 - 3 / 75)."""
    control = np.array([-1.0, 1.0] * 10) / math.sqrt(20 / 19)
    found = contrast((control + 1).tolist(), control.tolist())
    assert found.effect == pytest.approx(1 - 3 / 75)
    assert found.difference.half_width == pytest.approx(0, abs=1e-12)


def test_interval_covers_the_truth_in_99_of_100_studies() -> None:
    """2,000 studies of normal differences: 99 % +- 0.7 (three binomial standard errors)."""
    draws = RNG.normal(0.3, 1.0, (2000, 20))
    spans = [contrast(row.tolist(), [0.0] * 20).difference for row in draws]
    covered = np.mean([span.low <= 0.3 <= span.high for span in spans])
    assert covered == pytest.approx(0.99, abs=0.007)


def test_seeds_that_do_not_know_a_figure_are_left_out() -> None:
    """A pair counts when both arms know it; one seed has no interval, none has nothing."""
    nan = math.nan
    found = contrast([1.0, nan, 3.0, 5.0], [0.0, 1.0, nan, 2.0])
    assert (found.difference.n, found.difference.value) == (2, 2.0)
    assert math.isnan(contrast([1.0], [0.0]).difference.low)
    assert math.isnan(estimate([]).value)


def test_arms_that_do_the_same_differ_by_nothing() -> None:
    """Equal values in every seed: no difference, no effect size, undecided."""
    found = contrast([1.0, 2.0], [1.0, 2.0])
    assert (found.difference.low, found.difference.high, found.word) == (0.0, 0.0, "undecided")
    assert math.isnan(found.effect)
