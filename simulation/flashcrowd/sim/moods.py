"""Visits in moods that are wished for: of the moments at which a member may come, one with such a mood.

A visit's moods are drawn from who comes and when, to the millisecond. Posting moods differ so much that a
load of thousands of visits would bring several per cent more or fewer posts by chance.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from flashcrowd.core.draws import Purpose
from flashcrowd.sim import session
from flashcrowd.sim.compiled import compiled_key, hot
from flashcrowd.sim.population import Floats

Longs = npt.NDArray[np.int64]


def begins_in_mood(
    seed: int, members: npt.NDArray[np.int32], earliest_s: Floats, choices: Longs, shares: Floats
) -> Floats:
    """When visits begin: each within `choices` milliseconds, where its posting mood is nearest to a wish.

    Nearest on a circle, on which the most ready mood is next to the least: so where the wishes are evenly
    distributed, so are the moods, as in the society.

    Args:
        members: who comes, shape `(n,)`.
        earliest_s: scenario times, s; `(n,)`.
        choices: milliseconds to choose from, 1 or more; `(n,)`.
        shares: wished moods, as `session.posting_mood_share`, 0..1; `(n,)`.

    Returns:
        Scenario times, s; `(n,)`. With one choice, `earliest_s`.
    """
    begins_s = np.empty(len(members))
    _choose(compiled_key(seed, Purpose.SESSION), members, earliest_s, choices, shares, begins_s)
    return begins_s


@hot
def _choose(key: Any, members: Any, earliest_s: Any, choices: Any, shares: Any, begins_s: Any) -> None:
    for n in range(len(members)):
        nearest = 2.0
        for later in range(choices[n]):
            begin_s = earliest_s[n] + later / 1000.0
            mood = session.posting_mood(session.session_key(key, members[n], begin_s))
            apart = abs(session.posting_mood_share(mood) - shares[n])
            apart = min(apart, 1.0 - apart)
            if apart < nearest:
                nearest = apart
                begins_s[n] = begin_s
