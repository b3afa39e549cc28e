"""Whether a queue grows, and how many it lets through while it stands."""

import heapq
import math

import numpy as np
import pytest

from flashcrowd.report.capacity.backlog import served, trend
from flashcrowd.report.capacity.observed import Observed

SERVED_PER_S = 20.0
LEVEL = 0.9


def queue(came_s, servers=1, service=None):
    """What comes to so many servers that let 20 a second through; `service`: a factor for each."""
    free, through_s = [0.0] * servers, []
    for at_s, factor in zip(came_s, np.ones(len(came_s)) if service is None else service, strict=True):
        through_s.append(max(at_s, heapq.heappop(free)) + factor * servers / SERVED_PER_S)
        heapq.heappush(free, through_s[-1])
    yes = np.ones(len(came_s), bool)
    return Observed(came_s, yes, (np.array(through_s) - came_s) * 1000, yes)


def by_chance(rate, lasts_s=30.0, seed=1):
    """When they come that are sent by chance (Poisson)."""
    rng = np.random.default_rng(seed)
    return np.sort(rng.uniform(0, lasts_s, rng.poisson(rate * lasts_s)))


@pytest.mark.parametrize("servers", [1, 6])
@pytest.mark.parametrize("rate", [22.0, 25.0, 40.0])
def test_standing_queue_tells_its_rate_whatever_comes(rate, servers):
    """10 % too much or twice too much, unevenly: the rate at which it is served is known to 2 %."""
    for seed in range(10):
        came_s = by_chance(rate, seed=seed)
        found = served(queue(came_s, servers), LEVEL, came_s)
        assert found.per_s == pytest.approx(SERVED_PER_S, rel=0.02)
        assert found.per_s <= found.most < 1.05 * SERVED_PER_S


def test_sample_tells_the_rate_of_all():
    """Every fifth is observed; what took a place in the queue is counted."""
    came_s = by_chance(26.0)
    found = served(queue(came_s).where(np.arange(0, len(came_s), 5)), LEVEL, came_s)
    assert found.per_s == pytest.approx(SERVED_PER_S, rel=0.02)


def test_only_the_time_in_which_the_queue_stands_counts():
    """Ten seconds of little, then too much: the rate is that of the end, not of the whole."""
    came_s = np.sort(np.concatenate([by_chance(5.0, 10.0), 10.0 + by_chance(30.0, 15.0)]))
    assert served(queue(came_s), LEVEL, came_s).per_s == pytest.approx(SERVED_PER_S, rel=0.02)


def test_times_that_differ_widen_the_interval():
    """Service times by chance (exponential): the upper end holds the truth nearly always, 99 % asked for."""
    missed = 0
    for seed in range(40):
        came_s = by_chance(30.0, seed=seed)
        factors = np.random.default_rng(seed).exponential(size=len(came_s))
        missed += served(queue(came_s, 1, factors), LEVEL, came_s).most < SERVED_PER_S
    assert missed <= 4


@pytest.mark.parametrize("timeout_s", [3.0, 6.0])
def test_what_was_given_up_was_not_served(timeout_s):
    """Whose answer did not come in time is not through after it: those before say the rate."""
    came_s = by_chance(30.0)
    seen = queue(came_s)
    answered = seen.value_ms < 1000 * timeout_s
    given_up = Observed(came_s, answered, np.minimum(seen.value_ms, 1000 * timeout_s), answered)
    assert served(given_up, LEVEL, came_s).per_s == pytest.approx(SERVED_PER_S, rel=0.03)


def test_what_came_before_or_after_is_not_counted():
    """What is observed of the time before the count began, or after it ended, is left out."""
    came_s = by_chance(26.0)
    seen = queue(came_s)
    for counted in (came_s > 15.0, came_s < 25.0):
        assert served(seen, LEVEL, came_s[counted]).per_s == pytest.approx(SERVED_PER_S, rel=0.02)


def test_too_few_tell_nothing():
    """Neither few observations, nor a queue that stood for a moment only, nor a count of nobody."""
    came_s = by_chance(26.0)
    seen = queue(came_s)
    assert math.isnan(served(seen.where(np.arange(20)), LEVEL, came_s).per_s)
    value_ms = np.where(np.arange(len(came_s)) % 400 < 5, 3000.0, 10.0)
    moment = Observed(seen.at_s, seen.kept, value_ms, seen.through)
    assert math.isnan(served(moment, 0.99, came_s).per_s)
    assert math.isnan(served(seen, LEVEL, np.empty(0)).per_s)


def test_growing_waits_are_told_from_steady_ones():
    """At twice the rate waits grow by a second a second; at half of it they do not."""
    grows = trend(queue(by_chance(2 * SERVED_PER_S)), LEVEL)
    assert grows.grows
    assert grows.slope == pytest.approx(1.0, rel=0.1)
    assert not trend(queue(by_chance(SERVED_PER_S / 2)), LEVEL).grows


def test_trend_is_carried_on():
    """A second a second for ten more seconds."""
    grows = trend(queue(by_chance(2 * SERVED_PER_S)), LEVEL)
    low, middle, high = grows.carried_on(10.0)
    assert low < middle < high
    assert middle == pytest.approx(grows.now_ms + 10_000 * grows.slope)
