"""How members answer to slowness: closed forms of the drawn distributions."""

import math

import pytest

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.load import feedback

KEY = root_key(1, Purpose.PATIENCE)
N = 20_000


def test_half_have_left_a_feed_after_three_seconds():
    """Nobody leaves in the first second, half after three (+-0.0106 = 3 standard errors at n = 20,000)."""
    patience = [feedback.feed_patience_s(fold(KEY, n)) for n in range(N)]
    assert min(patience) >= feedback.PATIENT_S
    gone = sum(p < feedback.HALF_GONE_S for p in patience) / N
    assert gone == pytest.approx(0.5, abs=3 * math.sqrt(0.25 / N))


def test_one_second_more_makes_the_next_click_nineteen_tenths_later():
    """The wait itself and 0.9 of it again."""
    assert 1.0 + feedback.extra_think_s(1.0) == pytest.approx(1.9)


@pytest.mark.parametrize(
    ("outcome", "status", "attempt", "retried"),
    [
        ("failed", 500, 1, True),
        ("failed", 503, 2, True),
        ("failed", 503, 3, False),
        ("failed", 0, 1, True),
        ("failed", 422, 1, False),
        ("failed", 200, 1, False),
        ("timeout", 0, 1, True),
        ("refused", 0, 1, True),
        ("limited", 429, 1, True),
        ("abandoned", 0, 1, False),
        ("dropped", 0, 1, False),
        ("blocked", 400, 1, False),
        ("ok", 200, 1, False),
    ],
)
def test_only_what_may_pass_later_is_retried(outcome, status, attempt, retried):
    """Server errors, silence and 429 are tried again, twice; refusals for good are not."""
    assert feedback.is_retried(outcome, status, attempt) is retried


def test_retry_delays_double_within_their_jitter():
    """Attempt n waits 2^(n-1) s, give or take a half."""
    for attempt in (1, 2, 3):
        for n in range(200):
            delay = feedback.retry_delay_s(fold(KEY, n), attempt, None)
            assert 0.5 * 2 ** (attempt - 1) <= delay <= 1.5 * 2 ** (attempt - 1)


def test_retry_after_is_obeyed_up_to_a_bound():
    """What the platform asks for is waited, but not for ever."""
    assert feedback.retry_delay_s(KEY, 1, 7.0) == 7.0
    assert feedback.retry_delay_s(KEY, 1, 1e9) == feedback.LONGEST_DELAY_S


def test_amplification_at_a_third_of_errors_is_the_closed_form():
    """Three attempts at error share p cost 1 + p + p^2 requests."""
    p = 0.3
    attempts = 0
    for n in range(N):
        attempt, draw = 1, fold(KEY, n)
        while (draw := fold(draw, attempt)) / 2**64 < p and feedback.is_retried("failed", 503, attempt):
            attempt += 1
        attempts += attempt
    assert attempts / N == pytest.approx(1 + p + p * p, rel=0.01)


def test_few_members_never_return():
    """The chance after one failed visit is 2.32 %: +-0.32 % = 3 standard errors at n = 20,000."""
    share = sum(feedback.never_returns(fold(KEY, n)) for n in range(N)) / N
    assert share == pytest.approx(0.0232, abs=3 * math.sqrt(0.0232 / N))
