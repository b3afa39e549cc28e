"""While the platform is down nobody is served; then those who were turned away come back at once."""

import math
from collections.abc import Mapping

import numpy as np

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, between, event_of, over
from flashcrowd.core.clock import MINUTE
from flashcrowd.sim.calendar import SLICE_S, SLICES_PER_DAY, slice_profile
from flashcrowd.sim.population import REGION_OFFSET_H

CALM = "without the outage"


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Against the same evening without the outage. Who comes of its own accord, as the calendar has it, is
    turned away in any case, and so is who was called before it; but what would have happened meanwhile calls
    nobody."""
    run, calm = seen[AS_IS], seen[CALM]
    event = event_of(run, "outage")
    up = event.at + event.lasts
    came, usual = (one.of("session_start")["t"] for one in (run, calm))
    refused = run.of("home", outcome="failed")["t"]
    return [
        Claim("visits begun while it was down", between(came, event.at, up), "count", 0, 0),
        Claim("members turned away, over those who come of their own accord",
              over(len(refused), _of_own_accord(run, event.at, up)), "x", 0.95, basis="settings",
              why="all of them, and those who would have returned or were called before it"),
        Claim("the same over the visits of that hour without the outage",
              over(len(refused), between(usual, event.at, up)), "x", 0, 1, basis="settings",
              why="nobody else"),
        Claim("visits in the ten minutes after it, over the same without it",
              over(between(came, up, up + 10 * MINUTE), between(usual, up, up + 10 * MINUTE)), "x", 2),
        Claim("the same in the third hour after it",
              over(between(came, up + 120 * MINUTE, up + 180 * MINUTE),
                   between(usual, up + 120 * MINUTE, up + 180 * MINUTE)), "x", 0.8, 1.25),
    ]  # fmt: skip


def _of_own_accord(run: Seen, begin_s: float, end_s: float) -> float:
    """Visits that the calendar has between two times, on average."""
    people, total = run.world.population, 0.0
    for number in range(int(begin_s / SLICE_S), math.ceil(end_s / SLICE_S)):
        rates = run.world.visits_per_day(number * SLICE_S)
        profile = np.array([slice_profile(number, REGION_OFFSET_H[name]) for name in people.regions])
        total += float((rates * profile[people.region]).sum()) / SLICES_PER_DAY
    return total


PROOF = Proof(claims, {CALM: {"events": ()}})
