"""One account moves the load and takes the attention."""

from collections.abc import Mapping

import numpy as np

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, between, event_of, over
from flashcrowd.core.clock import MINUTE

CALM = "without the broadcast"


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Against the same day without the broadcast: visits of the ten minutes after the first post, and the
    share of all reposts and likes that the account receives meanwhile."""
    loud, calm = seen[AS_IS], seen[CALM]
    event = event_of(loud, "broadcast")
    end = event.at + event.posts * event.every
    came = [between(run.of("session_start")["t"], event.at, event.at + 10 * MINUTE) for run in (loud, calm)]
    account = _most_noticed(loud, event.topic, event.at, end)
    shares = [_share(run, account, event.at, end) for run in (loud, calm)]
    return [
        Claim("visits in the ten minutes after the post over the same without it", over(*came), "x", 2),
        Claim("share of all attention that falls on the account", shares[0], "share", 0.05),
        Claim("the same without the broadcast", shares[1], "share", 0, 0.5 * shares[0]),
    ]


def _most_noticed(run: Seen, topic: int, begin_s: float, end_s: float) -> int:
    """The account whose posts in the topic get most reactions in that time."""
    rows = run.of("like", "repost")
    inside = (rows["t"] >= begin_s) & (rows["t"] < end_s) & (rows["topic"] == topic)
    counts = np.bincount(rows["author"][inside], minlength=1)
    return int(counts.argmax())


def _share(run: Seen, account: int, begin_s: float, end_s: float) -> float:
    rows = run.of("like", "repost")
    inside = (rows["t"] >= begin_s) & (rows["t"] < end_s)
    return over((rows["author"][inside] == account).sum(), inside.sum())


PROOF = Proof(claims, {CALM: {"events": ()}})
