"""Histograms of latencies against HdrHistogram and exact quantiles."""

import math

import numpy as np
import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.load.histogram import BUCKETS, HIGHEST_US, Histogram, bucket, highest_in


@given(st.integers(0, HIGHEST_US))
def test_bucket_holds_its_value_within_three_digits(value):
    """The bucket of a value ends at most a thousandth above it, and belongs to it."""
    index = int(bucket(value))
    assert 0 <= index < BUCKETS
    assert value <= highest_in(index) <= value * 1.001 + 1
    assert int(bucket(highest_in(index))) == index


def test_percentiles_equal_those_of_hdrhistogram():
    """The same values give the same percentiles as the reference implementation."""
    values = np.exp(np.random.default_rng(1).normal(8, 2, 5000)).astype(np.int64)
    ours, theirs = Histogram(), HdrHistogram(1, HIGHEST_US, 3)
    ours.add(values * 1000)
    for value in values.tolist():
        theirs.record_value(value)
    for share in (0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0):
        assert ours.percentile_us(share) == theirs.get_value_at_percentile(100 * share)


@given(st.lists(st.integers(0, 10**13), max_size=50), st.lists(st.integers(0, 10**13), max_size=50))
def test_merged_histograms_equal_one_of_all_values(left, right):
    """Merging loses nothing."""
    first, second, both = Histogram(), Histogram(), Histogram()
    first.add(left)
    second.add(right)
    both.add(left + right)
    first.merge(second)
    assert first.total == both.total
    assert (first.counts == both.counts).all()


def test_empty_histogram_has_no_percentile():
    """Nothing counted: NaN, not 0."""
    assert math.isnan(Histogram().percentile_us(0.5))


def test_longest_values_count_as_one_hour():
    """A value beyond the range is kept at its end."""
    histogram = Histogram()
    histogram.add([10**18])
    assert histogram.percentile_us(1.0) == pytest.approx(HIGHEST_US, rel=0.001)
