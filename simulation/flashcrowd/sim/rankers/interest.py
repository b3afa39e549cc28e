"""For you: what fits the viewer, is engaged with, and is new.

The weights of likes, reposts and replies (1 : 2 : 27) and the half-life of six hours are those that Twitter
published with "the-algorithm" (2023: the heavy ranker's 0.5, 1.0 and 13.5, and `ageDecayHalflife` 360 min of
its search ranking). How interest and engagement are put together is ours: the published ranker is a neural
network.
"""

import math

LIKE = 1.0
REPOST = 2.0
REPLY = 27.0
HALF_LIFE_S = 6.0 * 3600.0
LEAST_FIT = 0.03
"""Fit of a topic of no interest, as in `behaviour.match`."""


def score(age_s: float, likes: int, reposts: int, replies: int, interest: float, luck: float) -> float:
    """fit x (1 + ln(1 + weighted engagement)) x 2^(-age / 6 h), with fit from 0.03 to 1 at interest 0.5.

    >>> score(600.0, 0, 0, 0, 0.9, 0.5) > score(600.0, 9, 0, 0, 0.0, 0.5) > score(7200.0, 9, 0, 0, 0.0, 0.5)
    True
    """
    fit = LEAST_FIT + (1.0 - LEAST_FIT) * min(1.0, 2.0 * interest)
    engagement = LIKE * likes + REPOST * reposts + REPLY * replies
    return fit * (1.0 + math.log(1.0 + engagement)) * math.exp(-math.log(2.0) * age_s / HALF_LIFE_S)
