"""Concentration of attention against closed forms."""

import made_runs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.report.metrics.attention import attention, attention_metrics, gini

received = st.lists(st.integers(0, 50), min_size=1, max_size=30).filter(any)


@given(received)
def test_gini_is_half_the_relative_mean_difference(values: list[int]):
    """Proves the sorted formula against the definition: mean |x_i - x_j| over twice the mean."""
    x = np.array(values, float)
    expected = np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean())
    assert gini(x, len(x)) == pytest.approx(expected, abs=1e-12)


@given(received, st.integers(0, 100))
def test_gini_with_zeros_left_out_is_the_same(values: list[int], more: int):
    """Proves that members who received nothing count although they are not listed."""
    x = np.array(values)
    full = np.concatenate([x, np.zeros(more, int)])
    assert gini(x[x > 0], len(full)) == pytest.approx(gini(full, len(full)), abs=1e-12)


def test_gini_of_one_who_has_everything_is_one_less_one_nth():
    """Proves the upper end."""
    assert gini(np.array([17]), 1000) == pytest.approx(1 - 1 / 1000)


def test_attention_counts_reposts_and_likes_by_author_over_all_members():
    """Proves what is counted, that failed rows are not, and the denominator."""
    rows = made_runs.action_rows(
        6,
        action=["repost", "like", "like", "reply", "like", "post"],
        author=np.array([1, 1, 2, 2, 2, 3]),
        member=np.array([0, 0, 0, 0, 0, 3]),
        outcome=["ok", "ok", "ok", "ok", "failed", "ok"],
    )
    found = attention(rows, 100)
    assert found.received.tolist() == [2, 1]
    assert (found.members, found.authors, found.total) == (100, 3, 3)
    assert found.top_share(0.01) == pytest.approx(2 / 3)
    assert found.author_gini == pytest.approx(gini(np.array([2, 1, 0]), 3))


def test_lorenz_curve_encloses_the_gini_coefficient():
    """Proves that curve and coefficient agree: G = 1 - 2 x the area under the curve."""
    rows = made_runs.action_rows(60, action=["like"] * 60, author=np.arange(60) % 7)
    found = attention(rows, 40)
    x, y = found.lorenz(found.members)
    area = float((np.diff(x) * (y[1:] + y[:-1]) / 2).sum())
    assert 1 - 2 * area == pytest.approx(found.gini, abs=1e-9)
    assert (x[0], y[0], x[-1], y[-1]) == pytest.approx((0, 0, 1, 1))


def test_attention_of_nobody_is_no_metric():
    """Proves that the empty table has a defined answer."""
    found = attention(made_runs.action_rows(0), 10)
    assert np.isnan(found.gini)
    assert np.isnan(found.top_share(0.1))
    assert attention_metrics(found) == []
