"""One account moves the load."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, between, event_of, over
from flashcrowd.core.clock import MINUTE

CALM = "without the broadcast"


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Visits of the ten minutes after the first post, against the same day without the broadcast; likes and
    reposts of a post that is broadcast.

    That it takes everybody's attention is not claimed, for it hangs on luck: over seeds a post of a broadcast
    received between once and twenty times as much as the account's posts before.
    """
    loud, calm = seen[AS_IS], seen[CALM]
    event = event_of(loud, "broadcast")
    came = [between(run.of("session_start")["t"], event.at, event.at + 10 * MINUTE) for run in (loud, calm)]
    return [
        Claim("visits in the ten minutes after the post, over the same without it", over(*came), "x", 2),
        Claim("likes and reposts of a post of the broadcast", _received(loud, event), "count", 1),
    ]


def _received(run: Seen, event: Any) -> float:
    """Mean likes and reposts, by the end of the run, of what the account broadcasts."""
    posts, liked = run.of("post"), run.of("like", "repost")
    mine = posts["member"] == _account(run, event)
    begins = event.at + event.every * np.arange(event.posts)
    broadcast = posts["post"][mine][np.searchsorted(posts["t"][mine], begins)]
    return float(np.isin(liked["root"], broadcast).sum() / event.posts)


def _account(run: Seen, event: Any) -> int:
    """The account that posts."""
    from flashcrowd.sim.happenings.programme import crowd_of

    crowd = crowd_of(run.scenario, run.world.population, run.world.graph)
    return int(crowd.accounts(event.persona, event.at)[0])


PROOF = Proof(claims, {CALM: {"events": ()}})
