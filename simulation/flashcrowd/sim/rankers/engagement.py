"""Most engaging first, worn down by age.

Weights of likes, reposts and replies (1 : 2 : 27) follow the order of the heavy ranker published with
"the-algorithm" (Twitter, 2023: like 0.5, repost 1.0, reply 13.5); the decay with age is the one that Hacker
News made known, (age + 2 h)^-1.8.
"""

import math

LIKE = 1.0
REPOST = 2.0
REPLY = 27.0
GRAVITY = 1.8


def score(age_s: float, likes: int, reposts: int, replies: int, interest: float, luck: float) -> float:
    """Weighted engagement plus one, divided by (age in hours + 2)^1.8.

    >>> score(600.0, 10, 2, 0, 0.0, 0.5) > score(600.0, 0, 0, 0, 0.0, 0.5) > score(7200.0, 0, 0, 0, 0.0, 0.5)
    True
    """
    engagement = 1.0 + LIKE * likes + REPOST * reposts + REPLY * replies
    return engagement * math.exp(-GRAVITY * math.log(age_s / 3600.0 + 2.0))
