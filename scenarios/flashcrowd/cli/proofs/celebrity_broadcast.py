"""One account moves the load and takes the attention."""

from collections.abc import Mapping
from typing import Any

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, between, beyond_chance, event_of, over
from flashcrowd.core.clock import MINUTE

CALM = "without the broadcast"


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Against the same day without the broadcast: visits of the ten minutes after the first post, and likes
    and reposts that the account receives meanwhile.

    No share of all attention is asked for: how much one account takes hangs on how many others there are.
    """
    loud, calm = seen[AS_IS], seen[CALM]
    event = event_of(loud, "broadcast")
    end = event.at + (event.posts + 1) * event.every
    came = [between(run.of("session_start")["t"], event.at, event.at + 10 * MINUTE) for run in (loud, calm)]
    account = _account(loud, event)
    received, usual = (_received(run, account, event.at, end) for run in (loud, calm))
    return [
        Claim("visits in the ten minutes after the post, over the same without it", over(*came), "x", 2),
        Claim("likes and reposts of the account meanwhile, over those without the broadcast",
              over(received, max(usual, 1)), "x", beyond_chance(received, max(usual, 1)),
              why="more than chance brings"),
    ]  # fmt: skip


def _account(run: Seen, event: Any) -> int:
    """The account that posts."""
    from flashcrowd.sim.happenings.programme import crowd_of

    crowd = crowd_of(run.scenario, run.world.population, run.world.graph)
    return int(crowd.accounts(event.persona, event.at)[0])


def _received(run: Seen, account: int, begin_s: float, end_s: float) -> int:
    rows = run.of("like", "repost")
    return between(rows["t"][rows["author"] == account], begin_s, end_s)


PROOF = Proof(claims, {CALM: {"events": ()}})
