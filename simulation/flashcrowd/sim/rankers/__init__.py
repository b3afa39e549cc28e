"""Rankers: one file each, one line in the table each.

A ranker is one pure function over scalars, used by the offline platform (compiled) and by the reference
server:

    score(age_s, likes, reposts, replies, interest) -> float

`age_s`: seconds since the item was put into the feed (a repost's own age) · `likes`, `reposts`, `replies`:
counts of the original post so far · `interest`: 0..1, how well its topic fits the viewer. A larger score
stands higher.
"""

from flashcrowd.core.registry import Registry

RANKERS = Registry(
    "rankers",
    {
        "chronological": "flashcrowd.sim.rankers.chronological:score",
        "engagement": "flashcrowd.sim.rankers.engagement:score",
    },
)
