"""What members do about what they are shown, and how that falls with position and with followees."""

from typing import Final

import numpy as np

from flashcrowd.core.events import ACTION_CODE
from flashcrowd.report.realism.fact import Figure, Reading, absent
from flashcrowd.report.realism.measures.grids import on_grid
from flashcrowd.report.realism.measures.observation import Observation
from flashcrowd.report.run import Column

REACTIONS: Final = ("like", "repost", "reply")
POSITIONS: Final = np.arange(25)
FOLLOWEES: Final = np.array([0, 5, 10, 20, 40, 80, 160, 320, 640, 1280])
"""Lower ends of the groups of members by the number of accounts that they follow."""

LEAST_EXPOSURES: Final = 1000
"""Exposures that a position or group needs to count."""


def engagement(seen: Observation) -> Reading:
    """Likes, replies and reposts per item view, and whether likes > reposts > replies."""
    views = int(seen.views_by_post.sum())
    if not views:
        return absent("no views recorded")
    counts = {name: len(seen.done(name)["t"]) for name in REACTIONS}
    rate = sum(counts.values()) / views
    ordered = counts["like"] > counts["repost"] > counts["reply"]
    single = {name: Figure(count / views, views) for name, count in counts.items()}
    return Reading({"rate": Figure(rate, views), "order": Figure(float(ordered), views), **single})


def position_decay(seen: Observation) -> Reading:
    """Slopes of the action rate over feed position, and of the repost rate over followees, in logarithms.

    Both are per exposure, over the members whose exposures are kept; below 0 the rate falls.
    """
    shown = seen.exposures["position"]
    if not len(shown):
        return absent("no exposures recorded")
    acted = seen.done(*REACTIONS)
    acted = {name: acted[name][np.isin(acted["member"], seen.sampled)] for name in acted}
    exposures = _by_position(shown)
    by_place = _rate(_by_position(acted["position"]), exposures)
    figures = {"position": Figure(log_slope(POSITIONS + 1, by_place, exposures), len(shown))}
    if seen.graph is not None:
        follows = np.diff(seen.graph.start)
        group = np.searchsorted(FOLLOWEES, follows, side="right") - 1
        reposters = acted["member"][acted["action"] == ACTION_CODE["repost"]]
        shown_to, passed_on = (
            np.bincount(group[members], minlength=len(FOLLOWEES))
            for members in (seen.exposures["member"], reposters)
        )
        slope = log_slope(FOLLOWEES + 1, _rate(passed_on, shown_to), shown_to)
        figures["followees"] = Figure(slope, int(passed_on.sum()))
    return Reading(figures, curve=on_grid(POSITIONS, by_place))


def log_slope(x: Column, rate: Column, weight: Column) -> float:
    """Slope of ln(rate) over ln(x), points weighted by `weight`; NaN with fewer than two rates above 0.

    >>> round(log_slope(np.array([1, 2, 4]), np.array([8.0, 4.0, 2.0]), np.ones(3)), 9)
    -1.0
    """
    known = np.isfinite(rate) & (rate > 0)
    if known.sum() < 2:
        return float("nan")
    return float(np.polyfit(np.log(x[known]), np.log(rate[known]), 1, w=np.sqrt(weight[known]))[0])


def _by_position(positions: Column) -> Column:
    inside = (positions >= 0) & (positions < len(POSITIONS))
    return np.bincount(positions[inside], minlength=len(POSITIONS))


def _rate(actions: Column, exposures: Column) -> Column:
    """Actions per exposure, NaN where there are too few exposures."""
    enough = exposures >= LEAST_EXPOSURES
    return np.where(enough, actions / np.maximum(exposures, 1), np.nan)
