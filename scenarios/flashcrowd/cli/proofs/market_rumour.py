"""The ring carries the rumour to people whom it would not have reached, and some of them pass it on."""

from collections.abc import Mapping

import numpy as np

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, beyond_chance, over
from flashcrowd.core.clock import DAY

ALONE = "without amplification"
RING = "amplifier"


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Exposures of people outside the ring, with the same posts and seed, and their own reposts."""
    pushed, alone = (_outside(seen[arm]) for arm in (AS_IS, ALONE))
    return [
        Claim("exposures outside the ring over those without amplification",
              over(pushed[0], alone[0]), "x", 2),
        Claim("members outside the ring who see it, over the same",
              over(pushed[1], alone[1]), "x", beyond_chance(pushed[1], alone[1]),
              why="more than chance brings"),
        Claim("reposts by people outside the ring", pushed[2], "count", 1),
    ]  # fmt: skip


def _outside(run: Seen) -> tuple[int, int, int]:
    """Exposures to the rumour, different members exposed, and reposts of it: outside the ring."""
    outside = run.members["persona"] != RING
    harm = run.analysis.run.harm
    seen = outside[harm["member"]]
    reposts = run.of("repost")
    about = np.isin(reposts["root"], np.unique(harm["root"])) & outside[reposts["member"]]
    return int(seen.sum()), len(np.unique(harm["member"][seen])), int(about.sum())


def _alone() -> dict[str, object]:
    """The attack, whose posts nobody of the ring passes on before the scenario is over."""
    return {"events.0.delay": 30 * DAY}


PROOF = Proof(claims, {ALONE: _alone()})
