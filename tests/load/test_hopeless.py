"""Early stop: a pure function of the window before."""

import numpy as np
import pytest

from flashcrowd.core.events import OUTCOME_CODE
from flashcrowd.core.wishes import parse_abort
from flashcrowd.load.hopeless import Watch, batch_of, hopeless

RULE = parse_abort("errors > 20% for 2s")


def rows(errors, sent=100, response_ms=10.0):
    """Rows of `requests`, `errors` of them failed."""
    outcome = np.where(np.arange(sent) < errors, OUTCOME_CODE["failed"], OUTCOME_CODE["ok"])
    intended = np.zeros(sent, np.int64)
    end = intended + int(response_ms * 1e6)
    return {"outcome": outcome, "start_ns": intended, "intended_ns": intended, "end_ns": end}


def batches(*errors):
    """Batches half a second apart."""
    return [batch_of(rows(each), 0.5 * (n + 1)) for n, each in enumerate(errors)]


@pytest.mark.parametrize(
    ("errors", "broken"),
    [
        ((20, 20, 20, 20), False),  # exactly the limit
        ((21, 20, 20, 20), True),
        ((100, 0, 0, 0), True),  # a quarter of the window
        ((100, 0, 0, 0, 0), False),  # it has left the window
        ((100, 100, 100), False),  # the window is not over yet
        ((0, 0, 0, 0, 0, 30, 30, 30), True),
    ],
)
def test_share_over_the_whole_window_decides(errors, broken):
    """Errors over sent of the last two seconds, strictly above the limit, once two seconds have passed."""
    seen = batches(*errors)
    assert bool(hopeless([RULE], seen, seen[-1].at_s)) == broken


def test_few_requests_say_nothing():
    """A window with hardly any request is no reason to give up."""
    few = [batch_of(rows(4, sent=4), 0.5 * n) for n in range(1, 5)]
    assert hopeless([RULE], few, 2.0) == ""


def test_quantile_of_the_window_decides():
    """p95 of all responses of the window, not the mean of the batches' quantiles."""
    slow = [batch_of(rows(0, response_ms=ms), 0.5 * n) for n, ms in enumerate((10, 10, 10, 3000), 1)]
    assert "p95 > 2s for 2s: it was 3,0" in hopeless([parse_abort("p95 > 2s for 2s")], slow, 2.0)
    assert hopeless([parse_abort("p50 > 2s for 2s")], slow, 2.0) == ""


def test_watch_says_it_once_and_keeps_its_reason():
    """The reason of the first window that was broken stays."""
    watch = Watch([RULE])
    said = [watch.note(rows(50), 0.5 * n) for n in range(1, 7)]
    assert said == [False, False, False, True, True, True]
    assert watch.reason == "errors > 20% for 2s: it was 50.0% over the last 2 s"


def test_watch_without_rules_never_gives_up():
    """Nothing is looked at when nothing was asked for."""
    watch = Watch([])
    assert not any(watch.note(rows(100), float(n)) for n in range(100))
