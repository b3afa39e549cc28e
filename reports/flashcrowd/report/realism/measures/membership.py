"""Who comes back, and what is reported."""

from typing import Final

import numpy as np

from flashcrowd.core.clock import DAY
from flashcrowd.core.events import ACTION_CODE
from flashcrowd.report.realism.fact import Figure, Reading, absent
from flashcrowd.report.realism.measures.grids import on_grid
from flashcrowd.report.realism.measures.observation import Observation
from flashcrowd.report.run import Column

RETURNS: Final = {"d1": 1, "d7": 7, "d30": 30}
"""Part -> day after the sign-up on which a member must come again."""

MONTH_DAYS: Final = 30


def retention(seen: Observation) -> Reading:
    """Share of the members who signed up during the run that come again 1, 7 and 30 days later."""
    if not np.isfinite(seen.joined).any():
        return absent("nobody signs up during the run")
    begun = seen.brackets["action"] == ACTION_CODE["session_start"]
    member, t = seen.brackets["member"][begun], seen.brackets["t"][begun]
    shares = [returned(seen.joined, member, t, day, seen.end_s) for day in range(1, MONTH_DAYS + 1)]
    figures = {name: shares[day - 1] for name, day in RETURNS.items()}
    return Reading(figures, curve=on_grid(np.arange(1, 31), np.array([share.value for share in shares])))


def returned(joined: Column, member: Column, t: Column, day: int, end_s: float) -> Figure:
    """Share of a cohort that begins a session `day` days (to `day` + 1) after joining; n is the cohort.

    Args:
        joined: scenario seconds, NaN = before the run, (members,); who joined too late to be seen on that day
            is left out.
        member, t: of all sessions that began.
    """
    cohort = np.isfinite(joined) & (joined + (day + 1) * DAY <= end_s)
    age = (t - joined[member]) // DAY
    came = np.unique(member[cohort[member] & (age == day)])
    many = int(cohort.sum())
    return Figure(len(came) / many if many else float("nan"), many)


def stickiness(seen: Observation) -> Reading:
    """Mean daily active members over those active in the window (a month, or less where it is shorter)."""
    begun = (seen.brackets["action"] == ACTION_CODE["session_start"]) & (seen.brackets["t"] >= seen.start_s)
    day = ((seen.brackets["t"][begun] - seen.start_s) // DAY).astype(np.int64)
    whole = day < seen.days // 1
    member, day = seen.brackets["member"][begun][whole], day[whole]
    if not len(member):
        return absent("has no visits")
    daily = len(np.unique(day * seen.members + member)) / (int(day.max()) + 1)
    monthly = len(np.unique(member))
    return Reading({"ratio": Figure(daily / monthly, monthly)})


def moderation_load(seen: Observation) -> Reading:
    """Reports per original post."""
    posts, reports = len(seen.done("post")["t"]), seen.totals["report"]
    if not reports:
        return absent("nobody reports")
    return Reading({"share": Figure(reports / posts if posts else float("nan"), reports)})
