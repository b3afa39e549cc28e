"""A whole duel: its verdict, its sentence, when it is clear."""

import numpy as np
import pytest

from flashcrowd.core.errors import ExitCode
from flashcrowd.report.duel.looks import ALPHA, last_look, look_at, looks
from flashcrowd.report.duel.outcome import outcome

HEADS = {"all.p50": 1.0, "all.p95": 1.0, "throughput": 1.0}


def test_nothing_changed_is_the_same(pairs_of):
    """Quiet blocks of two equal builds are decided as the same, and a look may end the duel."""
    found = outcome(pairs_of(HEADS, noise=0.004), 8)
    assert (found.verdict, found.exit_code, found.is_clear) == ("same", ExitCode.PASS, True)


def test_slower_action_is_a_regression_though_the_rest_is_the_same(pairs_of):
    """One action that became slower is enough, is named first, and ends the duel."""
    found = outcome(pairs_of(HEADS | {"post.p95": 1.3}), 8)
    assert (found.verdict, found.exit_code, found.is_clear) == ("slower", ExitCode.REGRESSION, True)
    assert found.comparisons[0].figure.name == "post.p95"
    assert "post.p95 is " in found.sentence
    assert "% higher (+" in found.sentence


def test_faster_build_passes(pairs_of):
    """An improvement is told, and is no failure."""
    found = outcome(pairs_of({"all.p50": 0.7, "all.p95": 0.7, "throughput": 1.0}), 8)
    assert (found.verdict, found.exit_code) == ("faster", ExitCode.PASS)


def test_noisy_blocks_are_inconclusive_and_say_what_would_settle_it(pairs_of):
    """Where blocks differ a lot nothing is claimed, and the number of pairs that would do is stated."""
    found = outcome(pairs_of(HEADS, noise=0.1), 8)
    assert (found.verdict, found.exit_code) == ("inconclusive", ExitCode.INCONCLUSIVE)
    assert found.pairs_needed > 8
    assert f"About {found.pairs_needed} pairs" in found.sentence


def test_figure_that_some_blocks_lack_is_left_out(pairs_of):
    """A figure is compared only where every block has it."""
    pairs = pairs_of(HEADS | {"like.p95": 5.0})
    del pairs[3][1]["like.p95"]
    assert "like.p95" not in [one.figure.name for one in outcome(pairs, 8).comparisons]


def test_no_blocks_say_nothing():
    """An empty duel is inconclusive."""
    found = outcome([], 8)
    assert (found.verdict, found.comparisons) == ("inconclusive", ())


@pytest.mark.parametrize("most", [3, 4, 5, 8, 20, 200])
def test_looks_spend_no_more_than_is_allowed(most):
    """The errors of all looks add up to 5 %, and the last look is at the end."""
    due = looks(most)
    assert sum(look.alpha for look in due) == pytest.approx(ALPHA)
    assert due[-1].pairs == most
    assert all(look_at(look.pairs, most) == look for look in due)


def test_duel_ended_between_looks_is_judged_as_the_next_one():
    """An interrupted duel is held to what the look after it may spend."""
    assert last_look(5, 8) == looks(8)[1]
    assert look_at(5, 8) is None


def test_false_alarms_over_a_whole_duel_stay_below_the_limit(pairs_of):
    """Of 200 duels without a change, looked at three times, at most 5 % (+4.6 %, 3 sigma) call one."""
    alarms = 0
    for seed in range(200):
        pairs = pairs_of(HEADS | {"home.p50": 1.0, "home.p95": 1.0, "post.p50": 1.0}, noise=0.06, seed=seed)
        alarms += any(outcome(pairs[: look.pairs], 8).verdict in ("slower", "faster") for look in looks(8))
    assert alarms / 200 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
