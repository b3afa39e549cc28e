"""Delays of reposts: counted without favour, held against the published curve."""

import math
from typing import Any

import numpy as np
import pytest
from observed import observed, post, repost, rows

from flashcrowd.core.clock import DAY, HOUR, MINUTE
from flashcrowd.report.metrics.forest import Forest
from flashcrowd.report.realism import published
from flashcrowd.report.realism.fact import Reading
from flashcrowd.report.realism.measures.delays import (
    EDGES_S,
    SIZES,
    delay_error,
    delays_within,
    pooled_counts,
    reshare_delay,
)


def _stars(begun: np.ndarray, delay: np.ndarray) -> Forest:
    """A star for each row of delays, (n, m): its reposts hang on the original."""
    n, m = delay.shape
    root = np.repeat(np.arange(n), m)
    cascade = np.concatenate([np.arange(n), root])
    t = np.concatenate([begun, (begun[:, None] + delay).ravel()])
    parent = np.concatenate([np.full(n, -1), root])
    return Forest(n, n, np.arange(n), np.zeros(n, bool), parent, cascade, t, np.zeros(len(t), np.int64))


def test_published_delays_in_a_short_run_have_no_error() -> None:
    """Delays that follow the published log-normal, seen for seven days, miss the curve by less than 0.02.

    Its own distance to the published points is 0.012; chance adds 1.6 / sqrt(n) = 0.006.
    """
    rng = np.random.default_rng(1)
    begun = rng.uniform(0, 5 * DAY, 1000)
    delay = np.exp(rng.normal(published.DELAY_MU, published.DELAY_SIGMA, (1000, 80)))
    trees = _stars(begun, delay)
    found = delays_within(trees, np.ones(1000, bool), 7 * DAY, 2 * DAY)
    counts = np.bincount(np.searchsorted(EDGES_S, found), minlength=len(EDGES_S))
    reading = Reading(samples={"horizon_s": [2 * DAY]}, curve=(EDGES_S.tolist(), counts.tolist()))
    figures = delay_error([reading])
    assert figures["error"].value < 0.02
    assert figures["error_uncut"].value > figures["error"].value
    assert figures["error"].n == len(found)


def test_delays_below_young_nodes_are_left_out() -> None:
    """A parent that is younger than the horizon at the end tells of short delays only."""
    trees = _stars(np.array([0.0, 6 * DAY]), np.full((2, 55), HOUR))
    assert len(delays_within(trees, np.ones(2, bool), 7 * DAY, 2 * DAY)) == 55


def test_sizes_that_the_data_does_not_have_are_left_out() -> None:
    """Of 55, 56, 999 and 1,000 nodes the two in the middle count; `error_all` knows the last one, too."""
    lines: list[dict[str, Any]] = []
    for author, size in enumerate((55, *SIZES, 1000)):
        first = len(lines)
        lines.append(post(0.0, author, author))
        lines += [repost(HOUR, member, author, first) for member in range(10, size + 9)]
    figures = delay_error([reshare_delay(observed(rows(*lines), members=2000, days=8, follow_up=2))])
    assert figures["error"].n == 55 + 998
    assert figures["error_all"].n == 55 + 998 + 999


def test_delay_is_that_between_child_and_parent() -> None:
    """A chain of an hour each counts hours, not the time since the original."""
    lines = [post(0.0, 0, 0)]
    lines += [repost(HOUR * number, number, 0, number - 1) for number in range(1, 60)]
    reading = reshare_delay(observed(rows(*lines), members=100, days=8, follow_up=2))
    counts = pooled_counts([reading])
    assert counts.sum() == 59
    assert EDGES_S[np.flatnonzero(counts)].tolist() == [HOUR]


def test_error_is_the_largest_over_the_points() -> None:
    """All delays within five minutes: the error is largest there, 1 - 0.191 cut at the horizon."""
    counts = np.zeros(len(EDGES_S))
    counts[1] = 2000
    reading = Reading(samples={"horizon_s": [7 * DAY]}, curve=(EDGES_S.tolist(), counts.tolist()))
    figures = delay_error([reading])
    assert figures["within_5_min"].value == 1.0
    assert figures["error"].value == pytest.approx(1 - published.delay_within(5 * MINUTE, 7 * DAY))
    assert figures["error_uncut"].value == pytest.approx(1 - 0.191)


def test_counts_of_seeds_add_up_and_nothing_is_unknown() -> None:
    """Counts are summed over seeds; without any delay there is no error to speak of."""
    one = Reading(samples={"horizon_s": [DAY]}, curve=(EDGES_S.tolist(), np.ones(len(EDGES_S)).tolist()))
    assert pooled_counts([one, one]).tolist() == [2] * len(EDGES_S)
    assert math.isnan(delay_error([reshare_delay(observed(rows(), follow_up=2))])["error"].value)
