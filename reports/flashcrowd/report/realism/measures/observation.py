"""What the facts are measured on: one run, reduced to what they need."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from flashcrowd.core.clock import DAY, HOUR
from flashcrowd.core.events import ACTION_CODE, ACTIONS, OUTCOME_CODE
from flashcrowd.report.metrics.forest import Forest, forest
from flashcrowd.report.metrics.virality import Spread, spread
from flashcrowd.report.run import Column, Columns

NO_MEMBERS: Columns = {"member": np.empty(0, np.int64)}


@dataclass(frozen=True)
class FollowLists:
    """Who follows whom: member `u` follows `followees[start[u]:start[u + 1]]`, ascending, without repeats."""

    start: Column
    followees: Column

    @property
    def members(self) -> int:
        """Number of accounts."""
        return len(self.start) - 1


@dataclass(frozen=True)
class Observation:
    """One run in memory. Rows before `start_s` are a warm-up: they belong to cascades, but are not judged.

    Attributes:
        members: size of the population.
        start_s, end_s: the window that is judged, scenario seconds, whole hours.
        follow_up_s: cascades are judged when their original is at least this old at the end.
        actions: rows of `actions` other than reads and brackets of sessions, of the whole run.
        brackets: `seq`, `t`, `member`, `action` of session starts and ends.
        counts: rows by hour of the run, region and action, int64 (hours, regions, actions).
        offset_h: hours east of UTC, (regions,).
        exposures: `t`, `member`, `position` of what the sampled members were shown in the window.
        sampled: the sampled members, ascending.
        views_by_post: views of each original in the window, int64; empty when not recorded.
        joined: scenario seconds at which each member signed up, NaN = before the run.
        graph: the follow graph; None where it is not this run's own.
    """

    members: int
    start_s: float
    end_s: float
    follow_up_s: float
    actions: Columns
    brackets: Columns
    counts: Column
    offset_h: Column
    exposures: Columns
    sampled: Column
    views_by_post: Column
    joined: Column
    graph: FollowLists | None = None

    @property
    def days(self) -> float:
        """Length of the window."""
        return (self.end_s - self.start_s) / DAY

    @cached_property
    def window(self) -> dict[str, Any]:
        """Rows of `actions` inside the window."""
        inside = self.actions["t"] >= self.start_s
        return {name: self.actions[name][inside] for name in self.actions}

    @cached_property
    def totals(self) -> dict[str, int]:
        """Action -> rows in the window, whatever their outcome."""
        sums = self.counts[int(self.start_s // HOUR) :].sum(axis=(0, 1))
        return {name: int(sums[code]) for code, name in enumerate(ACTIONS)}

    @cached_property
    def forest(self) -> Forest:
        """Every cascade of the run, the warm-up's too."""
        return forest(self.actions)

    @cached_property
    def spread(self) -> Spread:
        """One row of measures per cascade of `forest`."""
        return spread(self.forest, NO_MEMBERS)

    @cached_property
    def followed(self) -> Column:
        """Which cascades are judged: begun in the window and followed up, bool (n_cascades,)."""
        trees = self.forest
        begun = trees.t[: trees.n_cascades]
        return np.asarray((begun >= self.start_s) & (begun <= self.end_s - self.follow_up_s))

    def done(self, *names: str) -> Columns:
        """Rows in the window of these actions that ended ok."""
        rows = self.window
        chosen = np.isin(rows["action"], [ACTION_CODE[name] for name in names])
        chosen &= rows["outcome"] == OUTCOME_CODE["ok"]
        return {name: rows[name][chosen] for name in rows}

    def per_member(self, *names: str) -> Column:
        """How often each member did these in the window, int64 (members,)."""
        return np.bincount(self.done(*names)["member"], minlength=self.members)
