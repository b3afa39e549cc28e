"""The figures of a run under way, added up from batches worked out by hand."""

import pytest
from rows import BATCH, SOURCE, actions

from flashcrowd.load.observed import vitals as module
from flashcrowd.load.observed.vitals import Cascade, Vitals


@pytest.fixture
def vitals():
    """Vitals after one batch."""
    found = Vitals()
    found.hear(BATCH, SOURCE)
    return found


def test_requests_are_counted_by_action_and_outcome(vitals):
    """Every request that was due is in a count; late and dropped have their own."""
    assert vitals.requests == {("home", "ok"): 2, ("like", "failed"): 1, ("home", "dropped"): 1}
    assert (vitals.sent, vitals.late, vitals.dropped) == (3, 1, 1)


def test_response_counts_from_when_it_was_due_and_service_from_when_it_was_sent(vitals):
    """Both latencies of what was sent, with their sums."""
    home = vitals.latency["home"]
    assert (home.response.total, home.service.total) == (2, 2)
    assert home.response.percentile_us(1.0) == pytest.approx(160_000, rel=0.001)
    assert home.service.percentile_us(1.0) == pytest.approx(100_000, rel=0.001)
    assert (home.response_sum_s, home.service_sum_s) == pytest.approx((0.21, 0.14))


def test_actions_leave_out_history_and_brackets(vitals):
    """What was there before the run, and where visits begin, is nothing that members did."""
    assert vitals.actions == {("repost", "ok"): 3, ("home", "ok"): 1}


def test_cascades_that_grow_now_come_first(vitals, monkeypatch):
    """Reposts of the last minute decide, then all reposts."""
    assert vitals.top_cascades(9) == [Cascade(500, 3, 2, 2), Cascade(600, 4, 1, 1)]
    monkeypatch.setattr(module, "RECENT_S", -1.0)
    vitals.hear({}, SOURCE)
    monkeypatch.setattr(module, "RECENT_S", 60.0)
    vitals.hear({"actions": actions(("repost", 600, 4, 8))}, SOURCE)
    assert vitals.top_cascades(1) == [Cascade(600, 4, 2, 1)]
    assert vitals.largest_cascade == 2


def test_who_is_there_is_asked_of_the_run(vitals):
    """Members online and visits are those of the run's own counts; before a run there is nobody."""
    assert (vitals.online, vitals.sessions) == (7, {"started": 9, "dropped": 1})
    assert (Vitals().online, Vitals().sessions, Vitals().rate_per_s("home")) == (0, {}, 0.0)


def test_rate_is_that_of_the_last_seconds(vitals):
    """Requests that left, over the time since the first batch of the window, at least a second."""
    assert vitals.rate_per_s("home") == 2.0
    assert vitals.rate_per_s("post") == 0.0
