"""AI images: who posts them, how long they take, what the policy refuses."""

from typing import Final

import numpy as np

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.report.metrics.attention import top_share
from flashcrowd.report.metrics.images import offline_waits
from flashcrowd.report.realism.fact import Figure, Reading, absent
from flashcrowd.report.realism.measures.grids import cdf_on, held_by_top
from flashcrowd.report.realism.measures.observation import Observation
from flashcrowd.report.realism.measures.posting import LEAST_DAYS

WAITS_S: Final = np.geomspace(1, 600, 121)


def ai_concentration(seen: Observation) -> Reading:
    """Share of the posts with AI images that the top tenth of their authors makes."""
    if seen.days < LEAST_DAYS:
        return Reading()
    posts = seen.done("post")
    made = np.bincount(posts["member"][posts["ai"]], minlength=1)
    made = np.sort(made[made > 0])[::-1]
    figure = Figure(top_share(made, len(made), 0.1), int(made.sum()))
    return Reading({"share": figure}, curve=held_by_top(made, len(made)))


def generation_latency(seen: Observation) -> Reading:
    """Median and spread (of the logarithm) of the seconds from asking for an image to its post."""
    rows = seen.window
    ok = rows["outcome"] == OUTCOME_CODE["ok"]
    made, posted = (ok & (rows["action"] == ACTION_CODE[name]) for name in ("generate", "post"))
    begun, ended = offline_waits(rows, made, posted)
    waits = ended - begun
    if not len(waits):
        return absent("no images were made")
    spread = float(np.log(np.maximum(waits, 1e-3)).std())
    figures = {"median": Figure(float(np.median(waits)), len(waits)), "sigma": Figure(spread, len(waits))}
    return Reading(figures, curve=cdf_on(WAITS_S, waits))


def generation_blocks(seen: Observation) -> Reading:
    """Share of the prompts that the policy refuses."""
    rows = seen.window
    asked = rows["outcome"][rows["action"] == ACTION_CODE["generate"]]
    if not len(asked):
        return absent("no images were asked for")
    return Reading({"share": Figure(float((asked == OUTCOME_CODE["blocked"]).mean()), len(asked))})
