"""A rush: the platform is in the talk elsewhere, and members of all interests come to look."""

from typing import Any, Final

import numpy as np

from flashcrowd.core.draws import fold, uniform
from flashcrowd.core.timeline import Rush
from flashcrowd.sim.happenings.kind import Call, Crowd, Kind, about_nothing, calm


def calls(event: Rush, key: Any, crowd: Crowd) -> list[Call]:
    """Each member comes with probability reach x wakefulness, at a time drawn evenly."""
    everybody = np.arange(crowd.size, dtype=np.uint64)
    chance = event.reach * crowd.awake(event.at)
    members = np.flatnonzero(np.asarray(uniform(fold(fold(key, 0), everybody))) < chance)
    moments = np.asarray(uniform(fold(fold(key, 1), members.astype(np.uint64))))
    return [Call(members, event.at + event.lasts * moments)]


KIND: Final = Kind(calls, about_nothing, calm)
