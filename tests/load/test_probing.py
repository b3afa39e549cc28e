"""When a probe of a capacity search is looked at."""

from types import SimpleNamespace

import numpy as np
import pytest

from flashcrowd.load import probing

EVERY_S, WINDOW_S = 0.5, 31.0


class Clock:
    """A clock that is set."""

    def __init__(self):
        self.now_s = 97.0

    def monotonic_ns(self):
        """Nanoseconds."""
        return int(self.now_s * 1e9)


@pytest.fixture
def clock(monkeypatch):
    """The clock that the watcher reads."""
    made = Clock()
    monkeypatch.setattr(probing, "time", made)
    return made


def watched(clock, judge, lasts_s=60.0):
    """When a probe ended whose rows come twice a second, and when it was stopped; its run begins at 100 s."""
    stops = []
    live = SimpleNamespace(crowd=SimpleNamespace(stop=lambda: stops.append(clock.now_s)))
    watcher = probing._Watcher(live, judge, WINDOW_S)
    source = SimpleNamespace(clock=SimpleNamespace(origin_ns=int(100.0 * 1e9)))
    clock.now_s = 100.0
    for _ in range(int(lasts_s / EVERY_S)):
        clock.now_s += EVERY_S
        watcher.take({"requests": {"action": np.zeros(3, np.int8)}}, source)
    return watcher.ended_s, stops


def test_whole_window_is_looked_at_in_time(clock):
    """Looks become rarer, but the one at the end of the window is not missed; more follow."""
    looks_s = []

    def judge(rows):
        looks_s.append(clock.now_s - 100.0)
        return False

    ended_s, stops = watched(clock, judge)
    assert WINDOW_S in looks_s
    assert len(looks_s) < 40
    assert max(looks_s) > WINDOW_S
    assert (ended_s, stops) == (np.inf, [])


def test_clear_verdict_ends_the_probe_once(clock):
    """The judge has every row so far; once it is clear nothing is judged any more."""
    seen = []

    def judge(rows):
        seen.append(len(rows["requests"]["action"]))
        return seen[-1] >= 30

    ended_s, stops = watched(clock, judge)
    assert seen[-1] >= 30 > seen[-2]
    assert stops == [100.0 + ended_s]
