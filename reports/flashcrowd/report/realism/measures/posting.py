"""Who posts how much, and how unevenly in time."""

from typing import Final

import numpy as np

from flashcrowd.core.clock import DAY
from flashcrowd.core.events import WRITES
from flashcrowd.report.metrics.attention import top_share
from flashcrowd.report.realism.fact import Figure, Reading
from flashcrowd.report.realism.measures.grids import cdf_on, held_by_top
from flashcrowd.report.realism.measures.observation import Observation
from flashcrowd.report.run import Column

MONTH_S: Final = 30 * DAY
LEAST_DAYS: Final = 4
"""In fewer days the many who post now and then look like members who never do."""

EVENTS: Final = 30
"""Events that a member must have for its burstiness to be measured."""

BURSTINESS: Final = np.linspace(-1, 1, 81)


def posting_concentration(seen: Observation) -> Reading:
    """Share of posts and reposts by the most active tenth of members, and the median member's per month."""
    if seen.days < LEAST_DAYS:
        return Reading()
    made = np.sort(seen.per_member("post", "repost"))[::-1]
    per_month = float(np.median(made)) * MONTH_S / (seen.end_s - seen.start_s) if len(made) else float("nan")
    n = int(made.sum())
    return Reading(
        {"share": Figure(top_share(made, len(made), 0.1), n), "median": Figure(per_month, len(made))},
        curve=held_by_top(made, len(made)),
    )


def lurkers(seen: Observation) -> Reading:
    """Share of the members who put nothing into anybody's feed."""
    if seen.days < LEAST_DAYS:
        return Reading()
    made = seen.per_member(*WRITES)
    return Reading({"share": Figure(float((made == 0).mean()) if len(made) else float("nan"), len(made))})


def media_share(seen: Observation) -> Reading:
    """Share of the posts that carry an image."""
    images = seen.done("post")["ai"]
    return Reading({"share": Figure(float(images.mean()) if len(images) else float("nan"), len(images))})


def burstiness(seen: Observation) -> Reading:
    """Median over members of the burstiness of what they write (posts, replies, reposts, quotes)."""
    written = seen.done(*WRITES)
    found = burstiness_of(written["member"], written["t"])
    middle = float(np.median(found)) if len(found) else float("nan")
    return Reading({"median": Figure(middle, len(found))}, curve=cdf_on(BURSTINESS, found))


def burstiness_of(member: Column, t: Column, events: int = EVENTS) -> Column:
    """B = (s - m) / (s + m) of the gaps between the events of each member that has enough of them.

    m and s are mean and standard deviation of its gaps: -1 for a clock, 0 for a Poisson process, 1 at most
    (Goh & Barabási, EPL 2008, equation 1).

    >>> burstiness_of(np.zeros(30, int), np.arange(30.0)).tolist()
    [-1.0]
    """
    order = np.lexsort((t, member))
    member, t = member[order], t[order]
    own = member[1:] == member[:-1]
    _, of_member = np.unique(member[1:][own], return_inverse=True)
    gap = np.diff(t)[own]
    many = np.bincount(of_member)
    mean = np.bincount(of_member, gap) / many
    spread = np.sqrt(np.bincount(of_member, (gap - mean[of_member]) ** 2) / many)
    enough = (many + 1 >= events) & (spread + mean > 0)
    return np.asarray((spread[enough] - mean[enough]) / (spread[enough] + mean[enough]))
