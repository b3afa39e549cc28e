"""A broadcast: the most followed accounts of a persona post, and a share of their followers comes to see."""

from typing import Any, Final

import numpy as np
from scipy.special import ndtri

from flashcrowd.core.draws import fold, uniform
from flashcrowd.core.timeline import Broadcast
from flashcrowd.sim.happenings.kind import Call, Crowd, Kind, about_its_topic, calm

DELAY_SIGMA: Final = 0.9
"""Spread of the logarithm of the time until a follower comes; as for news."""


def calls(event: Broadcast, key: Any, crowd: Crowd) -> list[Call]:
    """The accounts come and post; of the followers of each comes a share of those awake, after every post.

    They look at their home feed, as after any notification.
    """
    accounts = crowd.accounts(event.persona, event.at)[: event.accounts]
    found = []
    for number in range(event.posts):
        at = event.at + number * event.every
        found.append(Call(accounts, np.full(len(accounts), at), event.topic, 1.0, event.image, acts=True))
        awake = crowd.awake(at)
        for account in accounts.tolist():
            found.append(_followers(event, fold(fold(key, number), account), crowd, account, at, awake))
    return found


def _followers(event: Broadcast, key: Any, crowd: Crowd, account: int, at: float, awake: Any) -> Call:
    followers = crowd.followers(account)
    who = followers.astype(np.uint64)
    comes = np.asarray(uniform(fold(fold(key, 0), who))) < event.reach * awake[followers]
    spread = ndtri(np.asarray(uniform(fold(fold(key, 1), who[comes]))))
    return Call(followers[comes], at + 60.0 + event.delay * np.exp(DELAY_SIGMA * spread))


KIND: Final = Kind(calls, about_its_topic, calm)
