"""One visit against the distributions it claims; what may be calibrated is read from the module."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from draws_of import (
    FIVE_SIGMA,
    assert_distribution,
    assert_log_normal,
    assert_mean,
    assert_share,
    assert_shares,
    keys,
)
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from flashcrowd.core.clock import MINUTE
from flashcrowd.core.draws import Purpose, root_key
from flashcrowd.core.events import ACTION_CODE
from flashcrowd.sim import session

N = 20_000
KEY = root_key(1, Purpose.SESSION)


def test_codes_of_reads_are_those_of_the_record() -> None:
    """A read is written into the record as it is."""
    assert (ACTION_CODE["home"], ACTION_CODE["trends"]) == (session.HOME, session.TRENDS)


def test_time_budget_is_inverse_gaussian() -> None:
    """Mean m, shape lambda: variance m^3 / lambda, kurtosis 3 + 15 m / lambda; and the whole distribution."""
    mean, shape = 540.0, 540.0 * session.BUDGET_SHAPE
    budgets = np.array([session.time_budget(key, mean) for key in keys(N)])
    variance = mean**3 / shape
    assert budgets.min() > 0.0
    assert_mean(budgets, mean, math.sqrt(variance))
    spread = variance * math.sqrt((2 + 15 * mean / shape) / N)
    assert abs(budgets.var() - variance) < FIVE_SIGMA * spread
    assert_distribution(budgets, stats.invgauss(mean / shape, scale=shape).cdf)


@pytest.mark.parametrize(
    ("mood", "sigma"),
    [
        (session.pace, session.PACE_SIGMA),
        (session.posting_mood, session.POST_MOOD_SIGMA),
        (session.engaging_mood, session.ENGAGE_MOOD_SIGMA),
    ],
)
def test_moods_are_log_normal_with_mean_one(mood: Callable[[Any], float], sigma: float) -> None:
    """A mood redistributes what members do and adds nothing."""
    moods = [mood(key) for key in keys(N)]
    assert_log_normal(moods, math.exp(-sigma * sigma / 2), sigma)
    assert_mean(moods, 1.0, math.sqrt(math.exp(sigma * sigma) - 1))


def test_share_of_a_posting_mood_is_uniform() -> None:
    """What part of the visits is less ready to post: the distribution function of moods, at a mood."""
    shares = np.array([session.posting_mood_share(session.posting_mood(key)) for key in keys(N)])
    assert_distribution(shares, stats.uniform.cdf)


def test_moods_of_a_session_are_uncorrelated() -> None:
    """Each has its own address: r has sigma 1 / sqrt(n)."""
    drawn = [(session.pace(k), session.posting_mood(k), session.engaging_mood(k)) for k in keys(N)]
    assert np.abs(np.corrcoef(np.log(drawn).T) - np.eye(3)).max() < FIVE_SIGMA / math.sqrt(N)


def test_think_time_is_a_fifth_and_an_exponential() -> None:
    """Never below a fifth of the mean; the rest is exponential."""
    times = np.array([session.think_time(key, 50.0) for key in keys(N)])
    assert times.min() >= 10.0
    assert_mean(times, 50.0, 40.0)
    assert_distribution(times, stats.expon(10.0, 40.0).cdf)


@pytest.mark.parametrize("mean", [0.5, 3.5, 40.0])
def test_items_examined_are_poisson_up_to_the_most(mean: float) -> None:
    """As many stop at the most as the Poisson distribution has from there on."""
    found = [session.items_examined(key, mean) for key in keys(N)]
    most = session.MOST_ITEMS
    counts = np.arange(most)
    shares = [*stats.poisson(mean).pmf(counts), stats.poisson(mean).sf(most - 1)]
    assert_shares(found, shares)


def test_visit_begins_at_home() -> None:
    """Whatever the draw and the share of discovery."""
    assert {session.page_read(key, 0, True, 1.0, False) for key in keys(100)} == {session.HOME}


def test_visit_for_a_topic_begins_with_a_search() -> None:
    """Later pages of it are one for the stated share, and else what they would be."""
    assert {session.page_read(key, 0, True, 1.0, True) for key in keys(100)} == {session.SEARCH}
    reads = [session.page_read(key, 3, False, 0.0, True) == session.SEARCH for key in keys(N)]
    assert_share(reads, session.SEEKING_SHARE)


@pytest.mark.parametrize(("exhausted", "share"), [(False, 0.08), (True, 0.9)])
def test_later_pages_turn_to_discovery(exhausted: bool, share: float) -> None:
    """With the scenario's share while home lasts, nine times in ten after."""
    reads = np.array([session.page_read(key, 3, exhausted, 0.08, False) for key in keys(N)])
    assert_share(reads != session.HOME, share)
    assert_share(reads == session.SEARCH, share * session.SEARCH_SHARE)


def test_some_sessions_begin_with_the_notifications() -> None:
    """The stated share."""
    assert_share([session.reads_notifications(key) for key in keys(N)], session.NOTIFICATIONS_SHARE)


def test_some_sessions_are_followed_by_a_return() -> None:
    """The scenario's share."""
    assert_share([session.returns_soon(key, 0.35) for key in keys(N)], 0.35)


def test_gap_to_a_return_is_log_normal_and_no_shorter_than_a_tick() -> None:
    """A return never falls into the tick in which the visit ended."""
    gaps = np.array([session.return_gap(key) for key in keys(N)])
    assert gaps.min() >= MINUTE
    above = gaps[gaps > MINUTE]
    gap = stats.lognorm(session.RETURN_GAP_SIGMA, scale=session.RETURN_GAP_S)
    assert_share(gaps == MINUTE, float(gap.cdf(MINUTE)))
    assert_distribution(above, lambda x: (gap.cdf(x) - gap.cdf(MINUTE)) / gap.sf(MINUTE))


def test_sessions_have_their_own_addresses() -> None:
    """Members and times (to a millisecond) tell sessions apart; so do pages inside one."""
    sessions = {session.session_key(KEY, u, ms / 1000 + 1e-6) for u in range(50) for ms in range(50)}
    assert len(sessions) == 2500
    assert len({session.page_key(key, page) for key in list(sessions)[:50] for page in range(50)}) == 2500


@given(st.integers(min_value=0, max_value=2**64 - 1), st.floats(min_value=0.001, max_value=1e6))
def test_durations_are_positive(key: int, mean_s: float) -> None:
    """Time always goes on, so that every visit ends."""
    assert session.time_budget(key, mean_s) > 0.0
    assert session.think_time(key, mean_s) > 0.0
