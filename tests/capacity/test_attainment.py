"""Whether a window says that an objective is kept."""

import numpy as np
import pytest

from flashcrowd.core.events import ACTION_CODE
from flashcrowd.report.capacity.attainment import FAIL, OPEN, PASS, attained, can_be_probed, judged, likelier
from flashcrowd.report.metrics.traffic import Traffic
from flashcrowd.report.slo import parse

P95 = parse("home.p95 < 300ms")


def window(slow, n=2000, errors=0.0, seed=1):
    """Home requests of which a share takes 400 ms, the others 100 ms; a share fails."""
    rng = np.random.default_rng(seed)
    response = np.where(rng.random(n) < slow, 400.0, 100.0)
    no = np.zeros(n, bool)
    home = np.full(n, ACTION_CODE["home"], np.int8)
    return Traffic(home, np.linspace(0, 20, n), np.linspace(0, 20, n), response, response, response * 0,
                   ~no, rng.random(n) < errors, no, no)  # fmt: skip


@pytest.mark.parametrize(("slow", "verdict"), [(0.01, PASS), (0.2, FAIL), (0.05, OPEN)])
def test_quantile_is_judged_as_a_share_of_requests(slow, verdict):
    """With 1 % of slow requests p95 is kept, with 20 % it is missed, with 5 % it is not decided."""
    found = attained(P95, window(slow))
    assert found.verdict == verdict
    assert found.kept == pytest.approx(1 - slow, abs=0.02)
    assert found.low < found.kept < found.high


def test_failed_requests_are_not_answered_in_time():
    """A quick error keeps no latency objective, and misses the one on errors."""
    assert attained(P95, window(0.0, errors=0.2)).verdict == FAIL
    assert attained(parse("errors < 1%"), window(0.0, errors=0.2)).verdict == FAIL
    assert attained(parse("errors < 1%"), window(0.0)).verdict == PASS


def test_requests_in_waves_are_less_certain():
    """The same share of slow requests, all in one stretch of time, is less certain than spread ones."""
    spread = window(0.02)
    waves = window(0.0)
    waves.response_ms[1000:1040] = 400.0
    assert attained(P95, spread).verdict == PASS
    wide = attained(P95, waves)
    assert wide.high - wide.low > 2 * (attained(P95, spread).high - attained(P95, spread).low)


def test_few_requests_say_nothing():
    """Less than a hundred requests leave it open."""
    assert attained(P95, window(0.5, n=99)).verdict == OPEN
    assert attained(parse("post.p95 < 1s"), window(0.5)).verdict == OPEN


def test_one_missed_objective_fails_all():
    """Pass needs all, fail needs one; in doubt the shares themselves decide."""
    kept, missed, open_ = (attained(P95, window(slow)) for slow in (0.01, 0.2, 0.055))
    assert judged([kept, missed]) == FAIL
    assert judged([kept, open_]) == OPEN
    assert judged([kept]) == PASS
    assert likelier([kept, open_]) == (FAIL if open_.kept < 0.95 else PASS)


def test_interval_of_a_share_holds_it_nearly_always():
    """Of 300 windows with 5 % slow requests at most 8 % miss the truth (the interval is 95 %, +-3 sigma)."""
    missed = sum(
        not found.low <= 0.95 <= found.high
        for found in (attained(P95, window(0.05, n=500, seed=seed)) for seed in range(300))
    )
    assert missed / 300 <= 0.05 + 0.038


def test_means_cannot_be_probed():
    """An objective on a mean or maximum is none on a share of requests."""
    assert not can_be_probed(parse("home.mean < 1s"))
    assert not can_be_probed(parse("home.max < 1s"))
    looked_at = ("freshness.p95 < 10s", "freshness.never < 1%", "lost_writes < 1%", "wrong_counts < 1%")
    assert not any(can_be_probed(parse(line)) for line in looked_at)
    assert all(map(can_be_probed, (P95, parse("errors < 1%"), parse("like.errors < 1%"), parse("late < 5%"))))
