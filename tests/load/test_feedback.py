"""How members answer to slowness: closed forms of the drawn distributions."""

import math

import pytest

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.core.scenario import Feedback
from flashcrowd.load import feedback

KEY = root_key(1, Purpose.PATIENCE)
N = 20_000
USUAL = Feedback()


def test_half_have_left_a_feed_after_three_seconds():
    """Nobody leaves in the first second, half after three (+-0.0106 = 3 standard errors at n = 20,000)."""
    patience = [feedback.feed_patience_s(fold(KEY, n), USUAL) for n in range(N)]
    assert min(patience) >= USUAL.patience
    gone = sum(p < USUAL.half_gone for p in patience) / N
    assert gone == pytest.approx(0.5, abs=3 * math.sqrt(0.25 / N))


def test_one_second_more_makes_the_next_click_nineteen_tenths_later():
    """The wait itself and 0.9 of it again."""
    assert 1.0 + feedback.extra_think_s(1.0, USUAL) == pytest.approx(1.9)


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
    assert feedback.is_retried(outcome, status, attempt, USUAL) is retried


def test_retry_delays_double_within_their_jitter():
    """Attempt n waits 2^(n-1) s, give or take a half."""
    for attempt in (1, 2, 3):
        for n in range(200):
            delay = feedback.retry_delay_s(fold(KEY, n), attempt, None, USUAL)
            assert 0.5 * 2 ** (attempt - 1) <= delay <= 1.5 * 2 ** (attempt - 1)


def test_retry_after_is_obeyed_up_to_a_bound():
    """What the platform asks for is waited, but not for ever."""
    assert feedback.retry_delay_s(KEY, 1, 7.0, USUAL) == 7.0
    assert feedback.retry_delay_s(KEY, 1, 1e9, USUAL) == USUAL.longest_delay


def test_few_members_never_return():
    """The chance after one failed visit is 2.32 %: +-0.32 % = 3 standard errors at n = 20,000."""
    share = sum(feedback.never_returns(fold(KEY, n), USUAL) for n in range(N)) / N
    assert share == pytest.approx(0.0232, abs=3 * math.sqrt(0.0232 / N))


def test_slow_visits_cost_later_ones_in_proportion():
    """400 ms more cost 0.6 % of the next visits, 10 s 15 % (+-3 standard errors at n = 20,000)."""
    for latency_s in (0.4, 10.0):
        share = sum(feedback.skips_next(fold(KEY, n), latency_s, USUAL) for n in range(N)) / N
        expected = 0.015 * latency_s
        assert share == pytest.approx(expected, abs=3 * math.sqrt(expected / N))


@pytest.mark.parametrize(
    ("switch", "felt"),
    [
        ("pace", lambda off: feedback.extra_think_s(9.0, off)),
        ("retry", lambda off: feedback.is_retried("failed", 503, 1, off)),
        ("leaving", lambda off: feedback.ends_visit(99, off)),
        ("returning", lambda off: any(feedback.never_returns(fold(KEY, n), off) for n in range(500))),
        ("returning", lambda off: any(feedback.skips_next(fold(KEY, n), 60.0, off) for n in range(500))),
    ],
)
def test_switch_turns_its_mechanism_off(switch, felt):
    """Each mechanism has its switch, and no other's."""
    assert felt(USUAL)
    assert not felt(Feedback(**{switch: False}))


def test_parameters_of_the_scenario_decide():
    """Other patience, attempts, delays and chances than the usual ones are obeyed."""
    mine = Feedback(extra_think=2.0, patience="2s", half_gone="5s", attempts=5, first_delay="4s", failures=1)
    assert feedback.extra_think_s(3.0, mine) == 6.0
    patience = sorted(feedback.feed_patience_s(fold(KEY, n), mine) for n in range(N))
    assert patience[0] >= 2.0
    assert patience[N // 2] == pytest.approx(5.0, abs=0.15)
    assert feedback.is_retried("failed", 503, 4, mine)
    assert not feedback.is_retried("failed", 503, 5, mine)
    assert 2.0 <= feedback.retry_delay_s(KEY, 1, None, mine) <= 6.0
    assert feedback.ends_visit(1, mine)


def test_half_cannot_be_gone_before_the_first_leaves():
    """A hazard that would have to be negative is refused."""
    with pytest.raises(ValueError, match="half_gone is 1; must be > patience"):
        Feedback(half_gone="1s")
