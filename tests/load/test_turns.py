"""A schedule that is played in turns."""

import numpy as np
import pytest

from flashcrowd.core.scenario import Load
from flashcrowd.load.schedule import Schedule
from flashcrowd.load.turns import in_turns, lasting

LOAD = Load(duration=3, warm_up=0.5, time_lapse=10.0, starts_at=100.0)


def schedule(wall_s):
    """Arrivals at these wall seconds of the run."""
    wall_s = np.asarray(wall_s, float)
    n = len(wall_s)
    t = LOAD.starts_at + wall_s * LOAD.time_lapse
    return Schedule(t, np.arange(n, dtype=np.int32), t, np.full(n, 60.0), np.arange(n) == 0)


def test_arrivals_come_in_every_other_turn():
    """Half a second of warm-up takes its turn and a pause; then a second of visits, a second of none, …"""
    moved = in_turns(schedule([0.0, 0.4, 0.5, 1.4, 1.5, 2.6]), LOAD, 1.0)
    wall_s = (moved.t - LOAD.starts_at) / LOAD.time_lapse
    assert wall_s == pytest.approx([0.0, 0.4, 2.0, 2.9, 4.0, 6.1])
    assert moved.resumed.tolist() == [True] + 5 * [False]  # who only comes later is new all the same


def test_window_holds_all_turns_and_turns_of_two_builds_never_meet():
    """Every arrival stays in its part of the longer run, and none falls into a pause of its own build."""
    wall_s = np.linspace(0, 3.499, 200)
    moved = in_turns(schedule(wall_s), LOAD, 0.5)
    longer = lasting(LOAD, 0.5)
    found = (moved.t - LOAD.starts_at) / LOAD.time_lapse
    warm = wall_s < 0.5
    assert (found[warm] < longer["load.warm_up"]).all()
    assert (found[~warm] >= longer["load.warm_up"]).all()
    assert found.max() < longer["load.warm_up"] + longer["load.duration"]
    assert (np.floor(found / 0.5) % 2 == 0).all()
