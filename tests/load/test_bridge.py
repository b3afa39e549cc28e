"""Locust's own figures, fed in batches."""

import numpy as np
import pytest
from locust.env import Environment

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.load.bridge import METHOD, Bridge

MS = 1_000_000


def batch(rows):
    """Columns of requests out of (action, intended ms, start ms, end ms, bytes, outcome)."""
    action, intended, start, end, size, outcome = zip(*rows, strict=True)
    return {
        "action": np.array([ACTION_CODE[name] for name in action], np.int8),
        "intended_ns": np.array(intended) * MS,
        "start_ns": np.array([s * MS if s >= 0 else -1 for s in start]),
        "end_ns": np.array(end) * MS,
        "bytes_in": np.array(size),
        "outcome": np.array([OUTCOME_CODE[name] for name in outcome], np.int8),
    }


ROWS = [
    ("home", 0, 10, 50, 100, "ok"),
    ("home", 0, 0, 150, 300, "ok"),
    ("like", 5, 5, 9, 10, "failed"),
    ("home", 7, -1, -1, 0, "dropped"),
]


@pytest.fixture
def environment():
    """Locust as a library, with its runner's listener."""
    made = Environment()
    made.create_local_runner()
    yield made
    made.runner.quit()


def test_batch_becomes_entries_with_response_times(environment):
    """Times count from when a request was due; what never left is a failure without a time."""
    Bridge(environment).feed(batch(ROWS))
    home = environment.stats.get("home", METHOD)
    assert (home.num_requests, home.num_none_requests, home.num_failures) == (3, 1, 1)
    assert (home.min_response_time, home.max_response_time) == (50.0, 150.0)
    assert home.avg_response_time == pytest.approx(100.0)
    assert home.total_content_length == 400
    assert environment.stats.total.num_requests == 4


def test_two_batches_add_up(environment):
    """Feeding twice is feeding both."""
    bridge = Bridge(environment)
    bridge.feed(batch(ROWS))
    bridge.feed(batch(ROWS))
    assert environment.stats.total.num_requests == 8
    assert environment.stats.get("like", METHOD).num_failures == 2


def test_failures_are_listed_by_action_and_outcome(environment):
    """The error table says which action ended how, and how often."""
    Bridge(environment).feed(batch(ROWS))
    found = {(e.name, e.error): e.occurrences for e in environment.stats.errors.values()}
    assert found == {("like", "failed"): 1, ("home", "dropped"): 1}


def test_listeners_of_others_hear_every_request(environment):
    """Whoever listens to Locust's `request` event is called for each row, and nothing is counted twice."""
    heard = []
    environment.events.request.add_listener(lambda **told: heard.append(told))
    Bridge(environment).feed(batch(ROWS))
    assert [told["name"] for told in heard] == ["home", "home", "like", "home"]
    assert [told["response_time"] for told in heard] == [50.0, 150.0, 4.0, None]
    assert [told["exception"] is None for told in heard] == [True, True, False, False]
    assert environment.stats.total.num_requests == 4
