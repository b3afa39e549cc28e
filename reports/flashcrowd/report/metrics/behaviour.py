"""What the members did: the mix of actions, reads per write, how many came, how long they stayed."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flashcrowd.core.events import ACTION_CODE, ACTIONS, BRACKETS, OUTCOME_CODE, READS, WRITES
from flashcrowd.report.metric import Metric
from flashcrowd.report.metrics.quantiles import quantile
from flashcrowd.report.run import Column, Columns

RATED: Final = ("post", "repost", "like", "reply", "generate", "follow")
"""Actions whose rate per member-day is a metric."""


@dataclass(frozen=True)
class Behaviour:
    """Counts over actions with any outcome; rates are over the members who could act, present or not.

    Attributes:
        counts: action -> rows, without the brackets of sessions.
        failed: action -> rows whose outcome is not ok.
        active: members who did anything.
        members: members who could act.
        member_days: `members` x scenario days.
        session_s: length of every finished session, scenario seconds, float64.
        sessions: sessions begun.
    """

    counts: dict[str, int]
    failed: dict[str, int]
    active: int
    members: int
    member_days: float
    session_s: Column
    sessions: int

    @property
    def total(self) -> int:
        """Actions of every kind."""
        return sum(self.counts.values())

    @property
    def reads(self) -> int:
        """Reads of feeds, threads, profiles …"""
        return sum(self.counts.get(name, 0) for name in READS)

    @property
    def writes(self) -> int:
        """Posts, replies, reposts and quotes."""
        return sum(self.counts.get(name, 0) for name in WRITES)

    @property
    def read_write(self) -> float:
        """Reads per write; NaN without writes."""
        return self.reads / self.writes if self.writes else float("nan")

    def per_member_day(self, action: str) -> float:
        """How often a member did this per scenario day; NaN when the record covers no time."""
        return self.counts.get(action, 0) / self.member_days if self.member_days else float("nan")


def behaviour(actions: Columns, members: int, member_days: float) -> Behaviour:
    """Counts of everything; zeros for an empty table."""
    by_code = np.bincount(actions["action"], minlength=len(ACTIONS))
    not_ok = np.bincount(actions["action"][actions["outcome"] != OUTCOME_CODE["ok"]], minlength=len(ACTIONS))
    shown = [(name, code) for code, name in enumerate(ACTIONS) if by_code[code] and name not in BRACKETS]
    return Behaviour(
        counts={name: int(by_code[code]) for name, code in shown},
        failed={name: int(not_ok[code]) for name, code in shown},
        active=_distinct(actions["member"]),
        members=members,
        member_days=member_days,
        session_s=session_lengths(actions),
        sessions=int(by_code[ACTION_CODE["session_start"]]),
    )


def session_lengths(actions: Columns) -> Column:
    """Scenario seconds from each `session_start` to the same member's next `session_end`, float64."""
    start, end = (ACTION_CODE[name] for name in BRACKETS)
    rows = np.flatnonzero((actions["action"] == start) | (actions["action"] == end))
    member, t, action = (actions[name][rows] for name in ("member", "t", "action"))
    order = np.lexsort((actions["seq"][rows], member))
    member, t, action = member[order], t[order], action[order]
    paired = (action[:-1] == start) & (action[1:] == end) & (member[:-1] == member[1:])
    return np.asarray((t[1:] - t[:-1])[paired], np.float64)


def behaviour_metrics(found: Behaviour) -> list[Metric]:
    """`actions.…`, `members.…`, `sessions.…`; nothing for an empty record."""
    if not found.total:
        return []
    return [
        Metric("actions.total", found.total, "count"),
        Metric("actions.read_write", found.read_write, "1"),
        Metric("actions.browsing_share", found.reads / found.total, "share"),
        *(Metric(f"actions.{name}.count", number, "count") for name, number in found.counts.items()),
        *(Metric(f"actions.{name}.per_member_day", found.per_member_day(name), "1/day") for name in RATED),
        Metric("members.total", found.members, "count"),
        Metric("members.active", found.active, "count"),
        Metric("sessions.recorded", found.sessions, "count"),
        Metric("sessions.length.p50", quantile(found.session_s, 0.5), "s"),
        Metric("sessions.length.p90", quantile(found.session_s, 0.9), "s"),
    ]


def _distinct(values: Column) -> int:
    if not len(values):
        return 0
    return int(np.count_nonzero(np.bincount(values[values >= 0])))
