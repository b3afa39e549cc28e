"""An attack by a coordinated group: some accounts post into a topic, the others pass it on within minutes."""

from typing import Any, Final

import numpy as np
from scipy.special import ndtri

from flashcrowd.core.draws import fold, uniform
from flashcrowd.core.timeline import Attack
from flashcrowd.sim.happenings.kind import Call, Crowd, Kind, about_its_topic, calm

DELAY_SIGMA: Final = 0.6
"""Spread of the logarithm of the time until an account passes a post on; an assumption."""

MOST_PASSED_ON: Final = 8
"""Most posts that an account looks at in one visit of an attack."""


def calls(event: Attack, key: Any, crowd: Crowd) -> list[Call]:
    """Each account that posts comes so many times, evenly over the attack; after each round the others come
    for one page."""
    accounts = crowd.accounts(event.persona, event.at)
    posting = accounts[: event.seeds] if event.seeds else accounts
    others = accounts[len(posting) :]
    found = []
    for number in range(event.posts):
        begin = event.at + number * event.lasts / event.posts
        round_key = fold(key, number)
        when = np.asarray(uniform(fold(fold(round_key, 0), posting.astype(np.uint64))))
        times = begin + when * event.lasts / event.posts
        found.append(Call(posting, times, event.topic, 1.0, event.image, glance=0, acts=True))
        if len(others) and len(posting):
            found.append(_passing_on(event, round_key, others, times))
    return found


def _passing_on(event: Attack, key: Any, others: Any, posted: Any) -> Call:
    """Each of the others comes after one of the posts of a round."""
    who = others.astype(np.uint64)
    after = (np.asarray(uniform(fold(fold(key, 1), who))) * len(posted)).astype(np.int64)
    spread = ndtri(np.asarray(uniform(fold(fold(key, 2), who))))
    return Call(
        others,
        posted[after] + 60.0 + event.delay * np.exp(DELAY_SIGMA * spread),
        glance=min(event.posts * len(posted), MOST_PASSED_ON),
        acts=True,
    )


KIND: Final = Kind(calls, about_its_topic, calm)
