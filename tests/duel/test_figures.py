"""What a block of requests says."""

import math

import numpy as np
import pytest

from flashcrowd.core.events import ACTION_CODE
from flashcrowd.report.duel.figures import block_of
from flashcrowd.report.metrics.traffic import Traffic


def requests(n_home, n_like, failed=0):
    """`n` requests of two actions: home takes 1, 2, … ms, like takes 5 ms; the first ones of home fail."""
    n = n_home + n_like
    response = np.concatenate([np.arange(1, n_home + 1), np.full(n_like, 5)]).astype(float)
    codes = [ACTION_CODE["home"]] * n_home + [ACTION_CODE["like"]] * n_like
    error = np.arange(n) < failed
    no = np.zeros(n, bool)
    return Traffic(np.array(codes, np.int8), np.arange(n) / 100, response, response, response, response * 0,
                   ~no, error, no, no)  # fmt: skip


def test_block_has_quantiles_of_every_action_with_enough_requests():
    """Quantiles are exact; an action of 49 requests is left out, and p99 is of all requests only."""
    found = block_of(requests(100, 49), 10.0)
    assert (found["home.p50"], found["home.p95"]) == (50, 95)
    assert {"like.p50", "home.p99"}.isdisjoint(found)
    assert found["throughput"] == 14.9
    assert found["errors"] == 0.0


def test_failed_requests_count_as_errors_not_as_fast_answers():
    """What failed lowers the throughput and raises the errors; its time is no response time."""
    found = block_of(requests(200, 0, failed=100), 10.0)
    assert (found["errors"], found["throughput"], found["home.p50"]) == (0.5, 10.0, 150)


def test_processor_time_is_told_where_it_is_known():
    """The platform's processor time is a figure when the build was started here."""
    assert block_of(requests(60, 0), 1.0, 2.5)["cpu"] == 2.5
    assert "cpu" not in block_of(requests(60, 0), 1.0, math.nan)


def test_block_without_requests_says_nothing():
    """The empty block has no figures."""
    nothing = requests(60, 0).where(np.zeros(60, bool))
    assert block_of(nothing, 1.0) == {}
    assert block_of(requests(10, 0), 1.0) == pytest.approx({"throughput": 10, "errors": 0})
