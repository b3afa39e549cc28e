"""Quantiles of the tail, on samples whose order statistics are known."""

import numpy as np

from flashcrowd.report.metrics.tail import LEVELS, tail


def test_tail_of_ten_thousand_counts_what_is_beyond():
    """Proves quantiles and counts on 1 … 20,000."""
    found = tail(np.arange(1.0, 20_001.0)[::-1])
    assert [found.at(level) for level in LEVELS] == [10_000, 18_000, 19_000, 19_800, 19_980, 19_998]
    assert [found.beyond_at(level) for level in LEVELS] == [10_000, 2000, 1000, 200, 20, 2]


def test_tail_ends_where_fewer_than_two_values_are_left():
    """Proves that a quantile that is as good as the maximum is not told."""
    found = tail(np.arange(1.0, 101.0))
    assert np.isnan(found.at(0.99))
    assert found.at(0.95) == 95
    assert found.value.max() <= 98


def test_tail_of_nothing_is_empty():
    """Proves the answer for an empty sample."""
    assert len(tail(np.empty(0)).level) == 0


def test_tail_counts_equal_values_once():
    """Proves that values equal to the quantile are not beyond it."""
    assert tail(np.ones(1000)).beyond_at(0.99) == 0
