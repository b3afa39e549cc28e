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
    """An action of 49 requests has no figure, of 199 no p95, of 200 one; p99 is of all requests only."""
    found = block_of(requests(200, 49), 10.0)
    assert found["home.p50"] == pytest.approx(100.5, abs=0.01)
    assert found["home.p95"] == pytest.approx(190.5, abs=0.6)
    assert {"like.p50", "home.p99"}.isdisjoint(found)
    assert found["throughput"] == 24.9
    assert "home.p95" not in block_of(requests(199, 0), 10.0)
    assert found["errors"] == 0.0


def test_failed_requests_count_as_errors_not_as_fast_answers():
    """What failed lowers the throughput and raises the errors; its time is no response time."""
    found = block_of(requests(200, 0, failed=100), 10.0)
    assert (found["errors"], found["throughput"]) == (0.5, 10.0)
    assert found["home.p50"] == pytest.approx(150.5, abs=0.01)


def test_quantile_among_requests_that_were_cut_is_not_known():
    """Of 300 requests 6 were cut at the end: p50 is known, p95 too little; 294 count as served."""
    block = requests(300, 0)
    block.abandoned[-6:] = True
    found = block_of(block, 10.0)
    assert {"home.p50", "home.p95"} & set(found) == {"home.p50"}
    assert found["throughput"] == 29.4


def test_images_are_in_no_figure_of_all_requests():
    """Images that take a minute leave the quantiles of all requests as they are."""
    alone, both = requests(200, 0), requests(200, 60)
    both.action[200:] = ACTION_CODE["generate"]
    both.response_ms[200:] = 60_000.0
    assert block_of(both, 10.0)["all.p95"] == block_of(alone, 10.0)["all.p95"]


def test_processor_time_is_told_where_it_is_known():
    """The platform's processor time is a figure when the build was started here."""
    assert block_of(requests(60, 0), 1.0, 2.5)["cpu"] == 2.5
    assert "cpu" not in block_of(requests(60, 0), 1.0, math.nan)


def test_block_without_requests_says_nothing():
    """The empty block has no figures."""
    nothing = requests(60, 0).where(np.zeros(60, bool))
    assert block_of(nothing, 1.0) == {}
    assert block_of(requests(10, 0), 1.0) == pytest.approx({"throughput": 10, "errors": 0})
