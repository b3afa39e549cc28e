"""One figure over pairs of blocks: effects, intervals, p-values, verdicts."""

import math

import numpy as np
import pytest
from scipy.stats import false_discovery_control, ttest_1samp

from flashcrowd.report.duel.comparison import Limits, compared, holm, judged, p_same, p_value, pairs_needed
from flashcrowd.report.duel.figures import ERRORS, THROUGHPUT, figure_named

P95 = figure_named("home.p95")


def test_equal_pairs_have_no_effect_and_are_the_same():
    """The same value on both sides is no difference, whatever the minutes were like."""
    values = [10.0, 40.0, 20.0, 80.0]
    (one,) = judged([compared(P95, values, values, Limits())], 0.05, Limits())
    assert (one.effect, one.p, one.verdict) == (0.0, 1.0, "same")


def test_p_is_students_t_on_the_log_ratios():
    """The p-value is that of scipy's one-sample t-test on the logarithms of the ratios."""
    before, after = np.array([10.0, 12.0, 9.0, 11.0]), np.array([11.0, 12.5, 9.9, 12.6])
    one = compared(P95, before, after, Limits())
    assert one.p == pytest.approx(ttest_1samp(np.log(after / before), 0).pvalue)
    assert one.effect == pytest.approx(math.exp(np.log(after / before).mean()) - 1)


def test_interval_holds_the_effect_in_19_of_20_cases():
    """Over 2,000 drawn duels the 95 % interval misses the true effect in 5 % of them, +-1.5 % (3 sigma)."""
    rng = np.random.default_rng(3)
    missed = 0
    for _ in range(2000):
        before = np.exp(rng.normal(3, 0.2, 6))
        one = compared(P95, before, before * np.exp(rng.normal(math.log(1.1), 0.05, 6)), Limits())
        missed += not one.low <= 0.1 <= one.high
    assert missed / 2000 == pytest.approx(0.05, abs=0.015)


def test_holm_is_stricter_than_benjamini_hochberg_and_keeps_order():
    """Adjusted p are never below those of the weaker correction, and sort as the raw ones do."""
    p = [0.001, 0.03, 0.02, 0.5, 0.04]
    assert all(np.array(holm(p)) >= false_discovery_control(p) - 1e-12)
    assert np.argsort(holm(p), kind="stable")[0] == 0
    assert holm([]) == []


@pytest.mark.parametrize(
    ("figure", "factor", "word"),
    [(P95, 1.2, "slower"), (P95, 0.8, "faster"), (THROUGHPUT, 0.8, "slower"), (THROUGHPUT, 1.2, "faster")],
)
def test_direction_decides_between_slower_and_faster(figure, factor, word):
    """Higher is worse for a latency, and better for a throughput."""
    before = np.array([10.0, 11.0, 9.0, 10.5])
    after = before * factor * np.array([1.01, 0.99, 1.0, 1.005])
    (one,) = judged([compared(figure, before, after, Limits())], 0.05, Limits())
    assert one.verdict == word


def test_sure_but_small_effect_is_the_same():
    """A difference of 1 % that is beyond doubt is below what matters."""
    before = np.linspace(10, 11, 8)
    (one,) = judged([compared(P95, before, before * 1.01, Limits())], 0.05, Limits())
    assert (one.verdict, one.adjusted_p < 0.001) == ("same", True)


def test_errors_are_compared_as_a_difference_of_shares():
    """No errors before and 2 % after is two points, though no ratio exists."""
    before, after = [0.0] * 5, [0.02, 0.021, 0.019, 0.02, 0.02]
    (one,) = judged([compared(ERRORS, before, after, Limits())], 0.05, Limits())
    assert (one.effect, one.verdict) == (pytest.approx(0.02), "slower")


def test_two_one_sided_tests_are_those_of_scipy():
    """p of "the same" is the larger one-sided p against both limits."""
    values = np.array([0.01, -0.02, 0.015, 0.0, 0.005])
    mean, error = values.mean(), values.std(ddof=1) / math.sqrt(5)
    expected = max(
        ttest_1samp(values, 0.05, alternative="less").pvalue,
        ttest_1samp(values, -0.05, alternative="greater").pvalue,
    )
    assert p_same(mean, error, 5, 0.05) == pytest.approx(expected)


def test_stated_pairs_find_the_smallest_effect_that_often():
    """With the stated number of pairs an effect of that size is found in 80 % of duels, or a little more."""
    rng = np.random.default_rng(5)
    n = pairs_needed(0.06, math.log(1.05))
    found = [
        p_value(v.mean(), v.std(ddof=1) / math.sqrt(n), n) < 0.05
        for v in rng.normal(math.log(1.05), 0.06, (3000, n))
    ]
    assert 0.78 <= np.mean(found) <= 0.88


def test_one_pair_decides_nothing():
    """A single pair has no interval and no verdict."""
    (one,) = judged([compared(P95, [10.0], [20.0], Limits())], 0.05, Limits())
    assert math.isnan(one.low)
    assert one.verdict == "inconclusive"
