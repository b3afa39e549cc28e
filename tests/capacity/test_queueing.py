"""Closed forms of queues against each other and against a simulated one."""

import heapq
import math

import numpy as np
import pytest

from flashcrowd.report.capacity.queueing import erlang_c, mean_wait_s, servers_for, wait_quantile_s


def simulated_waits(servers, rate, service_s, n, seed):
    """Waits of M/M/c, first come first served."""
    rng = np.random.default_rng(seed)
    arrivals = np.cumsum(rng.exponential(1 / rate, n))
    free, waits = [0.0] * servers, []
    for at, work in zip(arrivals, rng.exponential(service_s, n), strict=True):
        begins = max(at, heapq.heappop(free))
        heapq.heappush(free, begins + work)
        waits.append(begins - at)
    return np.array(waits)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (4, 3.0), (8, 6.8)])
def test_erlang_c_is_what_a_simulated_queue_does(servers, load):
    """Share that waits, mean wait and 90 % quantile over 200,000 arrivals, within 8 % (autocorrelated)."""
    waits = simulated_waits(servers, load, 1.0, 200_000, 1)[5000:]
    assert (waits > 0).mean() == pytest.approx(erlang_c(servers, load), rel=0.08)
    assert waits.mean() == pytest.approx(mean_wait_s(servers, load, 1.0), rel=0.08)
    assert np.quantile(waits, 0.9) == pytest.approx(wait_quantile_s(servers, load, 1.0, 0.9), rel=0.08)


def test_single_server_is_m_m_1():
    """With one server the closed forms are those of M/M/1."""
    assert erlang_c(1, 0.8) == pytest.approx(0.8)
    assert mean_wait_s(1, 0.8, 1.0) == pytest.approx(0.8 / 0.2)


def test_saturated_queue_waits_for_ever():
    """At or beyond saturation everyone waits, without bound."""
    assert erlang_c(3, 3.0) == 1.0
    assert mean_wait_s(3, 3.0, 1.0) == wait_quantile_s(3, 3.0, 1.0, 0.9) == math.inf


def test_servers_are_the_fewest_that_do():
    """One fewer would not keep the target."""
    c = servers_for(20.0, 0.6, 1.0, 0.95)
    assert wait_quantile_s(c, 20.0, 0.6, 0.95) <= 1.0 < wait_quantile_s(c - 1, 20.0, 0.6, 0.95)
