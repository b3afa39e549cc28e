"""An ordinary day is ordinary: reads a write, night against evening, posts that nobody passes on."""

from collections.abc import Mapping

import numpy as np

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, over
from flashcrowd.core.clock import DAY, HOUR

FEEDS = ("home", "public", "search", "trends")
WRITES = ("post", "reply", "repost", "quote")


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Bands of published facts (`flashcrowd realism` tells of their sources)."""
    run = seen[AS_IS]
    last = run.scenario.duration - DAY
    feeds, writes = (run.of(*names)["t"] for names in (FEEDS, WRITES))
    day = run.per(HOUR, feeds)[-24:]
    return [
        Claim("feed reads a write", over((feeds >= last).sum(), (writes >= last).sum()), "x", 20, 100,
              basis="published", why="50 at Twitter, 2013"),
        Claim("busiest over quietest hour", over(day.max(), day.min()), "x", 1.8, 4,
              basis="published", why="2.4 to 7.8 in ten logs, fewer the more regions"),
        Claim("posts never passed on", float(np.mean(run.analysis.spread.size == 1)), "share", 0.9, 0.98,
              basis="published", why="95 % on Twitter (Goel et al. 2016)"),
    ]  # fmt: skip


PROOF = Proof(claims)
