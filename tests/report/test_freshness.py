"""Time to visibility and correctness, against samples worked out by hand."""

import math

import made_runs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.report.metrics.freshness import freshness, freshness_metrics, upper_share
from flashcrowd.report.metrics.quantiles import quantile

NONE = made_runs.reread_rows(0)
UNSEEN = made_runs.sighting_rows([], [], [], [])


def seen_after(times_ms):
    """Posts made at once and seen after so many ms."""
    n = len(times_ms)
    return made_runs.sighting_rows([0] * n, [-1] * n, times_ms, times_ms)


def test_without_a_post_unseen_the_quantiles_are_those_of_the_sample():
    """Ten posts seen after 100 to 1,000 ms: half within 500, 90 % within 900, 95 % within 1,000."""
    found = freshness(seen_after(np.arange(1, 11) * 100), NONE, 30)
    assert [found.quantile_ms(level) for level in (0.5, 0.9, 0.95)] == [500, 900, 1000]
    assert (found.followed, found.never, found.never_share) == (10, 0, 0.0)


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=60), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_quantile_of_complete_samples_is_the_exact_one(times_ms, level):
    """The product-limit estimate is the sample's own quantile when everything was seen."""
    found = freshness(seen_after(times_ms), NONE, 30)
    assert found.quantile_ms(level) == pytest.approx(quantile(np.array(times_ms, float), level))


def test_posts_whose_follow_up_was_cut_count_for_as_long_as_they_were_followed():
    """Kaplan and Meier by hand: seen at 1, 3, 5 s, cut at 2, 4 s: 1 - 4/5, 1 - 4/5 x 2/3, then all."""
    rows = made_runs.sighting_rows([0] * 5, [-1] * 5, [1, -1, 3, -1, 5], [1, 2, 3, 4, 5])
    at_ms, share = freshness(rows, NONE, 30).visible()
    assert at_ms.tolist() == [1, 3, 5]
    assert share.tolist() == pytest.approx([1 / 5, 7 / 15, 1.0])


def test_quantile_beyond_what_was_seen_is_not_made_up():
    """One of four never came: 75 % is known, 95 % is longer than anything looked for."""
    rows = made_runs.sighting_rows([0] * 4, [-1] * 4, [100, 200, 300, -1], [100, 200, 300, 5000])
    found = freshness(rows, NONE, 5)
    assert found.quantile_ms(0.75) == 300
    assert math.isinf(found.quantile_ms(0.95))
    assert (found.never, found.never_share, found.longest_ms) == (1, 0.25, 5000)


def test_post_that_was_not_looked_for_to_the_end_is_not_never():
    """A run that ends before the limit does not know whether a post would have come."""
    rows = made_runs.sighting_rows([0, 0], [-1, -1], [100, -1], [100, 4000])
    found = freshness(rows, NONE, 5)
    assert (found.never, found.never_share) == (0, 0.0)


def test_resolution_is_the_time_between_reads():
    """From the last read that did not show a post, or its making, to the one that did."""
    rows = made_runs.sighting_rows([0, 0], [-1, 60], [10, 100], [10, 100])
    assert freshness(rows, NONE, 30).resolution_ms == pytest.approx((10 + 40) / 2)


def test_lost_and_wrong_are_told_apart():
    """What is gone is lost and has no counts; what is there with fewer likes than acknowledged is wrong."""
    rows = made_runs.reread_rows(
        4, found=[False, True, True, True], shown_likes=[-1, 1, 2, 3], action=[7, 7, 7, 11]
    )
    found = freshness(UNSEEN, rows, 30)
    assert (found.read, found.lost, found.wrong) == (4, 1, 1)
    assert (found.lost_share, found.wrong_share) == (0.25, pytest.approx(1 / 3))
    assert [(row.action, row.read, row.lost, row.wrong["likes"]) for row in found.rereads] == [
        ("post", 3, 1, 1),
        ("reply", 1, 0, 0),
    ]


def test_share_that_none_of_many_allows_is_the_rule_of_three():
    """0 of n allows about 3 / n, at 95 %."""
    assert upper_share(0, 1000) == pytest.approx(3 / 1000, rel=0.01)


def test_run_that_looked_for_nothing_has_no_figures():
    """The empty tables have a defined answer: no metric, NaN shares."""
    found = freshness(UNSEEN, NONE, 30)
    assert freshness_metrics(found) == []
    assert math.isnan(found.quantile_ms(0.5))
    assert math.isnan(found.lost_share)
    assert math.isnan(found.never_share)


def test_metrics_are_named_and_directed():
    """Every figure says its unit and that less is better; the share of lost writes has its upper bound."""
    found = freshness(seen_after([100]), made_runs.reread_rows(300), 30)
    metrics = {metric.name: metric for metric in freshness_metrics(found)}
    assert metrics["freshness.p95"].value == 100
    assert metrics["freshness.p95"].unit == "ms"
    assert {metrics[name].better for name in ("freshness.p50", "writes.lost_share")} == {"lower"}
    assert metrics["writes.lost_share"].high == pytest.approx(0.01, rel=0.01)
