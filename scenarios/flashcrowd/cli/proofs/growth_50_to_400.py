"""The audience grows eightfold, and what people do faster: the more of their contacts are here, the more
notifications call them, and the more there is to see."""

from collections.abc import Mapping

import numpy as np

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, over
from flashcrowd.core.clock import DAY


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Members, visits and writes of the last day over the first."""
    run = seen[AS_IS]
    joined = run.members["joined"]
    began, ended = int(np.isnan(joined).sum()), int((np.isnan(joined) | np.isfinite(joined)).sum())
    visits = run.per(DAY, run.of("session_start")["t"])
    writes = run.per(DAY, run.of("post", "reply", "repost", "quote")["t"])
    return [
        Claim("members at the end over the beginning", over(ended, began), "x", 7.5, 8.5),
        Claim("visits of the last day over the first", over(visits[-1], visits[0]), "x", 8),
        Claim(
            "posts, replies and reposts of the last day over the first",
            over(writes[-1], writes[0]),
            "x",
            8,
        ),
    ]


PROOF = Proof(claims)
