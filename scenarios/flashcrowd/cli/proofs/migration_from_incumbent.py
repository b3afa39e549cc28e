"""People arrive, some go back, and those who stay find each other again."""

from collections.abc import Mapping

import numpy as np

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, over

BLIND = "nobody looks for others"


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Arrival, loss, and the share of missed follows, between members who are here at the end, that were made
    again."""
    run, blind = seen[AS_IS], seen[BLIND]
    joined, left = run.members["joined"], run.members["left"]
    newcomer = ~np.isnan(joined)
    came = np.isfinite(joined)
    return [
        Claim("newcomers who have come", over(came.sum(), newcomer.sum()), "share", 0.7),
        Claim("of them gone back", over((np.isfinite(left) & came).sum(), came.sum()), "share", 0.05, 0.6),
        Claim("missed follows that were made again", _regrown(run), "share", 0.1),
        Claim("the same where nobody looks for others", _regrown(blind), "share", 0, 0.5 * _regrown(run)),
    ]


def _regrown(run: Seen) -> float:
    ties = run.world.ties
    assert ties is not None, "the scenario has a migration"
    joined, left = run.members["joined"], run.members["left"]
    here = ~np.isinf(joined) & np.isnan(left)
    size = len(here)
    source = np.repeat(np.arange(size), np.diff(ties.missed.start))
    both = here[source] & here[ties.missed.followees]
    missed = source[both] * size + ties.missed.followees[both]
    follows = run.of("follow")
    made = follows["member"].astype(np.int64) * size + follows["author"]
    return over(np.isin(missed, made).sum(), len(missed))


PROOF = Proof(claims, {BLIND: {"migration.finds": 0.0}})
