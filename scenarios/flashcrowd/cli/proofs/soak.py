"""Nothing creeps up: one day is like the other."""

from collections.abc import Mapping

import numpy as np

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, over
from flashcrowd.core.clock import DAY


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """The last two days over the second and third: visits, writes, and writes a visit."""
    run = seen[AS_IS]
    visits = run.per(DAY, run.of("session_start")["t"])
    writes = run.per(DAY, run.of("post", "reply", "repost", "quote", "like")["t"])
    early, late = slice(1, 3), slice(-2, None)
    drift = [over(np.sum(counts[late]), np.sum(counts[early])) for counts in (visits, writes)]
    return [
        Claim("visits of the last two days over the second and third", drift[0], "x", 0.95, 1.05),
        Claim("posts and reactions of the last two days over the same", drift[1], "x", 0.9, 1.1),
    ]


PROOF = Proof(claims)
