"""The generator is saturated: requests rise, all slots work, people wait and give up."""

import math
from collections.abc import Mapping

import numpy as np

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, event_of, over
from flashcrowd.core.clock import HOUR
from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.report.metrics.images import offline_waits
from flashcrowd.report.metrics.quantiles import quantile


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Of the busiest hour after the launch: requests, work of the slots, waits, who gives up."""
    run = seen[AS_IS]
    launch = int(event_of(run, "feature_launch").at / HOUR)
    made, given_up = run.of("generate")["t"], run.of("generate", outcome="abandoned")["t"]
    asked = run.per(HOUR, np.concatenate((made, given_up)))
    hour = launch + int(np.argmax(asked[launch:]))
    begun, waited = _waits(run)
    inside = (begun >= hour * HOUR) & (begun < (hour + 1) * HOUR)
    before = begun < launch * HOUR
    work_s = run.scenario.generation.median
    gone = over(((given_up >= hour * HOUR) & (given_up < (hour + 1) * HOUR)).sum(), asked[hour])
    return [
        Claim("requests of the busiest hour over the median hour",
              over(asked[hour], np.median(asked)), "x", 4),
        Claim("work of the generator's slots in that hour", _load(run, hour), "share", 0.9, 1.1),
        Claim("wait for an image in that hour, median", quantile(waited[inside], 0.5), "s", 5 * work_s,
              basis="settings", why="five times the work on one"),
        Claim("the same before the launch", quantile(waited[before], 0.5), "s", 0, 2 * work_s,
              basis="settings", why="twice the work on one"),
        Claim("requests given up in that hour", gone, "share", 0.2),
    ]  # fmt: skip


def _waits(run: Seen) -> tuple[np.ndarray, np.ndarray]:
    actions = run.analysis.run.actions
    ok = actions["outcome"] == OUTCOME_CODE["ok"]
    made = ok & (actions["action"] == ACTION_CODE["generate"])
    begun, ended = offline_waits(actions, made, ok & (actions["action"] == ACTION_CODE["post"]))
    return begun, ended - begun


def _load(run: Seen, hour: int) -> float:
    """Images posted in an hour times the mean work on one, over the time of all slots."""
    settings = run.scenario.generation
    posted = run.of("post")
    images = run.per(HOUR, posted["t"][posted["ai"]])[hour]
    mean_s = settings.median * math.exp(settings.sigma**2 / 2)
    return float(images * mean_s / (settings.slots_for(run.scenario.population.members) * HOUR))


PROOF = Proof(claims)
