"""Rankers: one file each, one line in the table each.

A ranker is one pure function over scalars, used by the offline platform (compiled) and by the reference
server:

    score(age_s, likes, reposts, replies, interest, luck) -> float

`age_s`: seconds since the item was put into the feed (a repost's own age) · `likes`, `reposts`, `replies`:
counts of the original post so far · `interest`: 0..1, how well its topic fits the viewer · `luck`: uniform in
(0, 1), of viewer and item. A larger score stands higher.
"""

from typing import Final

from flashcrowd.core.registry import Registry

RANKERS = Registry(
    "rankers",
    {
        "chronological": "flashcrowd.sim.rankers.chronological:score",
        "engagement": "flashcrowd.sim.rankers.engagement:score",
        "interest": "flashcrowd.sim.rankers.interest:score",
        "random": "flashcrowd.sim.rankers.random:score",
    },
)

WITHOUT_LUCK: Final = ("chronological", "engagement", "interest")
"""Rankers that have no use for `luck`: it is not drawn for them, which takes time."""

OUT_OF_NETWORK: Final = {"interest": 0.5}
"""Ranker -> share of its candidates that come from whom the viewer does not follow, where it is not 0.

Half, as in Twitter's "For You" (engineering blog, March 2023).
"""


def out_of_network(ranker: str, wish: float | None) -> float:
    """The share of candidates from strangers: as the scenario wishes, else as the ranker has it.

    >>> out_of_network("interest", None), out_of_network("interest", 0.1), out_of_network("random", None)
    (0.5, 0.1, 0.0)
    """
    return OUT_OF_NETWORK.get(ranker, 0.0) if wish is None else wish
