"""Who posts how much, and in what rhythm, on series whose answer is known."""

import numpy as np
import pytest
from observed import observed, post, repost, rows

from flashcrowd.core.clock import DAY
from flashcrowd.report.realism.measures.posting import (
    burstiness,
    burstiness_of,
    lurkers,
    media_share,
    posting_concentration,
)


def test_burstiness_of_a_clock_is_minus_one() -> None:
    """Equal gaps have no spread."""
    assert burstiness_of(np.zeros(40, int), np.arange(40.0)).tolist() == [-1.0]


def test_burstiness_of_a_poisson_process_is_zero() -> None:
    """Exponential gaps have equal mean and spread: |B| within 4 / sqrt(n) of 0."""
    n = 20_000
    t = np.cumsum(np.random.default_rng(1).exponential(5.0, n))
    assert burstiness_of(np.zeros(n, int), t)[0] == pytest.approx(0.0, abs=4 / np.sqrt(n))


def test_burstiness_of_two_bursts_is_that_by_hand() -> None:
    """Two bursts of 15, gaps 1 and one gap of 101: m = 129 / 29, s from the definition."""
    gaps = np.array([1.0] * 14 + [101.0] + [1.0] * 14)
    t = np.concatenate([[0.0], np.cumsum(gaps)])
    m, s = 129 / 29, np.sqrt(((gaps - 129 / 29) ** 2).sum() / 29)
    assert burstiness_of(np.full(30, 7), t)[0] == pytest.approx((s - m) / (s + m))
    assert (s - m) / (s + m) > 0.6


def test_burstiness_takes_members_with_enough_events_only() -> None:
    """29 events say nothing, 30 do; members are kept apart although their events are mixed in time."""
    member = np.array([0, 1] * 29 + [1])
    t = np.arange(len(member), dtype=float)
    assert len(burstiness_of(member, t)) == 1


def test_burstiness_counts_everything_written_in_the_window() -> None:
    """Posts and reposts of one member, half of them before the window: 30 regular ones are left."""
    lines = [post(hour * 3600.0, 0, hour) for hour in range(60)]
    reading = burstiness(observed(rows(*lines), days=2.5, warm_up=30 / 24))
    assert reading.figures["median"].value == pytest.approx(-1.0)
    assert reading.figures["median"].n == 1


def test_posting_concentration_is_that_by_hand() -> None:
    """Nine posts and a repost of one member, one post of another, of ten members, over eight days."""
    lines = [post(DAY + number, 0, number) for number in range(9)]
    lines += [repost(2 * DAY, 0, 9, 9, 1), post(DAY, 1, 9)]
    reading = posting_concentration(observed(rows(*lines)))
    assert reading.figures["share"].value == pytest.approx(10 / 11)
    assert reading.figures["median"].value == 0.0


def test_posting_of_few_days_stays_open() -> None:
    """In two days most members look silent who are not: nothing is said."""
    seen = observed(rows(post(0.0, 0, 0)), days=2)
    assert not posting_concentration(seen).figures
    assert not lurkers(seen).figures


def test_lurkers_and_media_share_are_those_by_hand() -> None:
    """Two of ten members write; one of three posts carries an image."""
    seen = observed(rows(post(1.0, 0, 0, ai=True), post(2.0, 0, 1), post(3.0, 1, 2)))
    assert lurkers(seen).figures["share"].value == 0.8
    assert media_share(seen).figures["share"].value == pytest.approx(1 / 3)
