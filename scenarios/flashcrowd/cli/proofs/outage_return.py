"""While the platform is down nobody is served; then those who were turned away come back at once."""

from collections.abc import Mapping

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, between, event_of, over
from flashcrowd.core.clock import MINUTE

CALM = "without the outage"


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Against the same evening without the outage. A good third of its visits are quick returns and answers
    to notifications, which an outage does not bring about: so many fewer are turned away."""
    run, calm = seen[AS_IS], seen[CALM]
    event = event_of(run, "outage")
    up = event.at + event.lasts
    came, usual = (one.of("session_start")["t"] for one in (run, calm))
    refused = run.of("home", outcome="failed")["t"]
    return [
        Claim("visits begun while it was down", between(came, event.at, up), "count", 0, 0),
        Claim("members turned away, over the visits of that hour without it",
              over(len(refused), between(usual, event.at, up)), "x", 0.4, 1),
        Claim("visits in the ten minutes after it, over the same without it",
              over(between(came, up, up + 10 * MINUTE), between(usual, up, up + 10 * MINUTE)), "x", 2),
        Claim("the same in the third hour after it",
              over(between(came, up + 120 * MINUTE, up + 180 * MINUTE),
                   between(usual, up + 120 * MINUTE, up + 180 * MINUTE)), "x", 0.8, 1.25),
    ]  # fmt: skip


PROOF = Proof(claims, {CALM: {"events": ()}})
