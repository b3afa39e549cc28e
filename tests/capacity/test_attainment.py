"""Whether a window says that an objective is kept."""

import math

import numpy as np
import pytest

from flashcrowd.core.events import ACTION_CODE
from flashcrowd.report.capacity import attainment
from flashcrowd.report.capacity.attainment import (
    FAIL,
    OPEN,
    PASS,
    can_be_probed,
    is_of_the_moment,
    judged,
    may_end,
    settled,
)
from flashcrowd.report.capacity.observed import observed
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


def attained(objective, measured, horizon_s=0.0):
    """What a window says of an objective."""
    return attainment.attained(objective, observed(objective, measured), horizon_s)


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
    waves.response_ms[1500:1520] = 400.0
    assert attained(P95, spread).verdict == PASS
    wide = attained(P95, waves)
    assert wide.high - wide.low > 2 * (attained(P95, spread).high - attained(P95, spread).low)


def test_few_requests_say_nothing_unless_they_clearly_miss():
    """Less than ten requests in the later half leave it open; all too slow they fail it: where nothing comes
    through there is little to observe."""
    few = attained(P95, window(0.06, n=17))
    assert (few.verdict, math.isnan(few.kept), settled([few])) == (OPEN, True, PASS)
    missed = attained(P95, window(1.0, n=17))
    assert (missed.verdict, missed.kept, settled([missed])) == (FAIL, 0.0, FAIL)
    assert attained(parse("post.p95 < 1s"), window(1.0)).verdict == OPEN


def test_one_missed_objective_fails_all():
    """Pass needs all, fail needs one."""
    kept, missed, open_ = (attained(P95, window(slow)) for slow in (0.01, 0.2, 0.05))
    assert judged([kept, missed]) == FAIL
    assert judged([kept, open_]) == OPEN
    assert judged([kept]) == PASS


def test_what_there_was_too_little_of_does_not_settle_it():
    """At the end of the longest window: too little to be clear, and nothing missed, passes; where something
    missed it stays open, for it is near the edge."""
    kept, few = attained(P95, window(0.01)), attained(P95, window(0.0, n=100))
    assert few.verdict == OPEN
    assert settled([kept, few]) == settled([few]) == settled([]) == PASS
    assert settled([kept, attained(P95, window(0.05))]) == OPEN


def test_limit_that_will_be_broken_does_not_pass():
    """A latency that rises from 50 to 150 ms in 20 s is below 300 ms, and is not after 40 s more."""
    rising = window(0.0)
    rising.response_ms[:] = np.linspace(50, 150, 2000) + np.random.default_rng(1).normal(0, 5, 2000)
    assert attained(P95, rising).verdict == PASS
    assert attained(P95, rising, horizon_s=10.0).verdict == PASS
    far = attained(P95, rising, horizon_s=40.0)
    assert (far.verdict, far.is_breaking) == (FAIL, True)
    assert far.forecast_ms[0] < 350 < far.forecast_ms[2]


@pytest.mark.parametrize(("middle_ms", "verdict"), [(200.0, PASS), (350.0, OPEN)])
def test_trend_that_is_not_clear_counts_as_it_most_likely_is(middle_ms, verdict):
    """At the end of a window a latency that may or may not rise to the limit passes where it more likely does
    not, and stays open where it more likely does."""
    found = attainment.Attained(P95, 500, 0.99, 0.95, 0.96, 1.0, (50.0, middle_ms, 500.0), OPEN)
    assert judged([found]) == OPEN
    assert settled([found]) == verdict


@pytest.mark.parametrize(
    ("kept", "low", "forecast_ms", "of_the_moment"),
    [
        (0.99, 0.96, (50.0, 350.0, 500.0), True),  # kept now, and the trend would break it
        (1.0, 0.90, (50.0, 350.0, 500.0), True),  # too few to be clear, none of them missed
        (0.96, 0.92, (50.0, 350.0, 500.0), False),  # not clear as it is
        (0.99, 0.96, (50.0, 200.0, 500.0), False),  # passes
    ],
)
def test_only_a_trend_is_of_the_moment(kept, low, forecast_ms, of_the_moment):
    """What is kept and may not stay so is worth a longer look; what is not clear as it is had its window."""
    found = attainment.Attained(P95, 500, kept, 0.95, low, 1.0, forecast_ms, OPEN)
    assert is_of_the_moment([found]) == of_the_moment
    missed = attainment.Attained(P95, 500, 0.5, 0.95, 0.4, 0.6, (math.nan,) * 3, FAIL)
    assert not is_of_the_moment([found, missed])


def test_only_the_later_half_counts():
    """What was slow at the beginning and recovered passes; the other way round fails."""
    early, late = window(0.0), window(0.0)
    early.response_ms[:400] = 400.0
    late.response_ms[-900:] = 400.0
    assert attained(P95, early).verdict == PASS
    assert attained(P95, late).verdict == FAIL


def sightings(seen_after_s, made_s=None):
    """Posts that were looked for: when each was seen after it was made (infinite = not within 5 s)."""
    after_ns = np.where(np.isinf(seen_after_s), 5.0, seen_after_s) * 1e9
    made_ns = (np.linspace(0, 20, len(after_ns)) if made_s is None else made_s) * 1e9
    seen = np.where(np.isinf(seen_after_s), -1, made_ns + after_ns).astype(np.int64)
    return {
        "made_ns": made_ns.astype(np.int64),
        "seen_ns": seen,
        "ended_ns": (made_ns + after_ns).astype(np.int64),
    }


@pytest.mark.parametrize(("after_s", "verdict"), [(0.2, PASS), (2.0, FAIL), (math.inf, FAIL)])
def test_freshness_is_judged_by_the_posts_looked_for(after_s, verdict):
    """Posts that are seen after 0.2 s keep p90 < 1 s; those seen after 2 s, or never, do not."""
    objective = parse("freshness.p90 < 1s")
    seen = observed(objective, window(0.0), sightings(np.full(100, after_s)))
    assert attainment.attained(objective, seen).verdict == verdict


def test_backlog_is_what_the_last_of_them_took():
    """Posts that took ever longer, at last 4 s: so long the queue before the feeds needs to be empty."""
    seen = observed(parse("freshness.p90 < 1s"), window(0.0), sightings(np.linspace(0, 4, 50)))
    assert seen.backlog_s(20.0) == pytest.approx(4.0)
    assert observed(parse("freshness.p90 < 1s"), window(0.0), None).backlog_s(20.0) == 0.0


def test_backlog_grows_with_the_time_of_which_nothing_is_known():
    """Where the last post that was seen came in the middle, the queue is twice as long at the end."""
    made_s = np.linspace(0, 10, 50)
    seen = observed(parse("freshness.p90 < 1s"), window(0.0), sightings(np.linspace(0, 4, 50), made_s))
    assert seen.backlog_s(20.0) == pytest.approx(8.0)


def unseen_after(made_s, delay_s, until_s):
    """Posts that were looked for until then."""
    rows, late = sightings(delay_s, made_s), made_s + delay_s > until_s
    rows["seen_ns"] = np.where(late, -1, rows["seen_ns"])
    rows["ended_ns"] = np.minimum(rows["ended_ns"], int(until_s * 1e9))
    return observed(parse("freshness.p90 < 1s"), window(0.0), rows)


def test_posts_that_are_not_seen_yet_do_not_shorten_the_backlog():
    """Of those that came last it is only known that they were not there when the looking ended."""
    seen = unseen_after(np.linspace(0, 20, 100), np.linspace(0, 12, 100), 20.0)
    assert seen.backlog_s(20.0) == pytest.approx(12.0)


def test_where_nothing_comes_through_the_backlog_is_as_long_as_it_is_waited_for():
    """Longer than the first was waited for it may be; that is all that is known."""
    assert unseen_after(np.linspace(0, 20, 100), np.full(100, 99.0), 20.0).backlog_s(20.0) == pytest.approx(
        20
    )


def test_post_that_was_lost_is_no_backlog():
    """Others that came later are through."""
    delay_s = np.full(100, 0.1)
    delay_s[70] = 99.0
    assert unseen_after(np.linspace(0, 20, 100), delay_s, 30.0).backlog_s(20.0) < 0.2


def test_posts_that_are_looked_for_still_say_nothing():
    """Looking that ended with the run, before the limit, is left out; without posts nothing is known."""
    objective = parse("freshness.p90 < 9s")
    assert len(observed(objective, window(0.0), sightings(np.full(100, math.inf)))) == 0
    assert len(observed(objective, window(0.0), None)) == 0


def test_interval_of_a_share_holds_it_nearly_always():
    """Of 300 windows with 5 % slow requests at most 5 % miss the truth (the interval is 98 %, +3 sigma)."""
    missed = sum(
        not found.low <= 0.95 <= found.high
        for found in (attained(P95, window(0.05, n=1000, seed=seed)) for seed in range(300))
    )
    assert missed / 300 <= 0.02 + 0.024


def test_means_cannot_be_probed():
    """An objective on a mean or maximum is none on a share of requests."""
    assert not can_be_probed(parse("home.mean < 1s"))
    assert not can_be_probed(parse("home.max < 1s"))
    after_the_run = ("lost_writes < 1%", "wrong_counts < 1%", "freshness.never < 1%")
    assert not any(can_be_probed(parse(line)) for line in after_the_run)
    in_it = ("freshness.p95 < 10s", "home.p95 < 300ms", "errors < 1%", "like.errors < 1%", "late < 5%")
    assert all(can_be_probed(parse(line)) for line in in_it)


def look(verdict, kept=1.0, forecast_ms=(50.0, 100.0, 150.0)):
    """An objective in a window."""
    low = {PASS: 0.97, OPEN: 0.96, FAIL: 0.1}[verdict]
    return [
        attainment.Attained(P95, 500, kept, 0.95, low, 0.5 if verdict == FAIL else 1.0, forecast_ms, verdict)
    ]


CLEAR, MISSED = look(PASS), look(FAIL, 0.3)
BY_TREND = look(OPEN, 0.99, (50.0, 350.0, 500.0))


@pytest.mark.parametrize(
    ("found", "window_s", "grows", "ends"),
    [
        (CLEAR, 5.0, True, False),  # too short for anything
        (CLEAR, 6.0, True, True),  # a short look, and nothing speaks against it
        (CLEAR, 20.0, False, False),  # what passes lasts its window
        (CLEAR, 29.5, False, True),
        (MISSED, 17.0, False, False),
        (MISSED, 18.0, False, True),
        (BY_TREND, 30.0, False, False),  # goes on
        (BY_TREND, 6.0, True, False),
    ],
)
def test_probe_ends_when_it_is_clear_or_its_window_is_whole(found, window_s, grows, ends):
    """Short looks early, failures after some time, passes at the end; what a trend leaves open goes on."""
    assert may_end(found, window_s, 30.0, grows) == ends


def test_short_look_passes_what_only_a_trend_speaks_against():
    """It will be looked at again; a whole window leaves it open."""
    assert settled(BY_TREND, brief=True) == PASS
    assert settled(BY_TREND) == OPEN
    assert settled(MISSED, brief=True) == FAIL
