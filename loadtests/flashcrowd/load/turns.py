"""Two builds visited in turns: what is slow about a second of the machine then falls on both."""

import math

import numpy as np

from flashcrowd.core.scenario import Load
from flashcrowd.load.schedule import Schedule


def lasting(load: Load, turn_s: float) -> dict[str, float]:
    """Window and warm-up of a build that is visited every other turn, as changes of `load`: whole turns.

    >>> lasting(Load(duration=4, warm_up=0.5), 1.0)
    {'load.duration': 8.0, 'load.warm_up': 2.0}
    """
    return {
        "load.duration": 2 * turn_s * math.ceil(load.duration / turn_s - 1e-9),
        "load.warm_up": 2 * turn_s * math.ceil(load.warm_up / turn_s - 1e-9),
    }


def in_turns(schedule: Schedule, load: Load, turn_s: float) -> Schedule:
    """The same arrivals, with a pause of `turn_s` wall seconds after every `turn_s` of them.

    Arrivals of the warm-up stay in the warm-up: its turns come first, and may be longer than it.
    """
    wall_s = (schedule.t - load.starts_at) / load.time_lapse
    warm = wall_s < load.warm_up
    warm_turns = math.ceil(load.warm_up / turn_s - 1e-9)
    begun_s = np.where(warm, 0.0, load.warm_up)
    ahead_s = np.where(warm, 0.0, 2 * turn_s * warm_turns)
    passed_s = wall_s - begun_s
    moved_s = ahead_s + passed_s + turn_s * np.floor(passed_s / turn_s)
    t = load.starts_at + moved_s * load.time_lapse
    return Schedule(t, schedule.member, schedule.began, schedule.budget_s, schedule.resumed)
