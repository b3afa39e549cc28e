"""A rush: the platform is in the talk elsewhere, and members of all interests come to look."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from flashcrowd.core.draws import fold, uniform
from flashcrowd.core.timeline import Rush
from flashcrowd.sim.happenings.kind import Kind

NOTHING: Final = -1


def calls(event: Rush, key: Any, awake: Any, interest: Callable[[int], Any]) -> tuple[Any, Any]:
    """Each member comes with probability reach x wakefulness, at a time drawn evenly."""
    everybody = np.arange(len(awake), dtype=np.uint64)
    members = np.flatnonzero(np.asarray(uniform(fold(fold(key, 0), everybody))) < event.reach * awake)
    return members, event.at + event.lasts * np.asarray(
        uniform(fold(fold(key, 1), members.astype(np.uint64)))
    )


def subject(event: Rush) -> tuple[int, float]:
    """Nothing in particular."""
    return NOTHING, 0.0


def fervour(event: Rush, t: float) -> float:
    """Nobody reacts otherwise than ever."""
    return 1.0


KIND: Final = Kind(calls, subject, fervour)
