"""What an objective of a capacity search looks at: one value an observation, and whether it was kept."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flashcrowd.core.events import ACTIONS
from flashcrowd.report.metrics.traffic import Traffic
from flashcrowd.report.run import Columns
from flashcrowd.report.slo import FRESHNESS, Objective

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Observed:
    """Observations of an objective, in order of time; arrays of shape `(n,)`.

    Attributes:
        at_s: when each was due, seconds since the run began.
        kept: whether it keeps the objective's limit.
        value_ms: the latency or time to visibility; NaN where the objective is on a share.
        through: whether it was answered, or seen, after so long; not what failed or was given up.
    """

    at_s: Floats
    kept: npt.NDArray[np.bool_]
    value_ms: Floats
    through: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.at_s)

    def backlog_s(self, until_s: float) -> float:
        """How long a queue in order of arrival needs at `until_s` until it is empty again, s.

        As long as the last that are through took at most, a tenth as many as came, the more the longer ago
        they came; and as long as any is waited for that came after them. 0 where nothing is known.
        """
        known = self.where(np.isfinite(self.value_ms))
        through = known.where(known.through)
        last = through.where(np.arange(len(through)) >= len(through) - max(1, len(self) // 10))
        took_s = last.value_ms / 1000 * np.maximum(1.0, until_s / np.maximum(last.at_s, 1.0))
        waiting = known.value_ms[~known.through & (known.at_s > through.at_s.max(initial=-math.inf))]
        return max(float(took_s.max(initial=0.0)), float(waiting.max(initial=0.0)) / 1000)

    def later_half(self) -> "Observed":
        """Those of the later half of the window: by then a load that is too large has left its mark."""
        if not len(self):
            return self
        return self.where(self.at_s >= (self.at_s[0] + self.at_s[-1]) / 2)

    def where(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> "Observed":
        """Those that a mask, or their places, name."""
        return Observed(self.at_s[which], self.kept[which], self.value_ms[which], self.through[which])


def observed(objective: Objective, measured: Traffic, sightings: Columns | None = None) -> Observed:
    """The observations of an objective in a window.

    Args:
        sightings: rows of that table, for objectives on freshness.
    """
    if objective.subject == FRESHNESS:
        return _seen(objective, sightings or {})
    about = np.ones(len(measured), bool)
    if objective.subject != "all":
        about = measured.action == ACTIONS.index(objective.subject)
    if objective.statistic == "errors":
        return _ordered(about & measured.sent, measured, ~measured.error)
    if objective.statistic == "late":
        return _ordered(about, measured, ~measured.late)
    if objective.statistic == "dropped":
        return _ordered(about, measured, ~measured.dropped)
    times = measured.response_ms if objective.time == "response" else measured.service_ms
    # What failed or was never sent has not been answered within the limit.
    return _ordered(about, measured, measured.sent & ~measured.error & (times < objective.limit), times)


def _ordered(about: Any, measured: Traffic, kept: Any, values: Any = None) -> Observed:
    order = np.argsort(measured.intended_s[about], kind="stable")
    value_ms = np.full(len(order), np.nan) if values is None else values[about][order]
    through = (measured.sent & ~measured.error)[about][order]
    return Observed(measured.intended_s[about][order], kept[about][order], value_ms, through)


def _seen(objective: Objective, sightings: Columns) -> Observed:
    """Posts that were looked for; one whose fate was open when the looking ended says nothing."""
    if not len(sightings.get("made_ns", ())):
        return Observed(np.empty(0), np.empty(0, bool), np.empty(0), np.empty(0, bool))
    made, seen = sightings["made_ns"], sightings["seen_ns"]
    until = np.where(seen >= 0, seen, sightings["ended_ns"])
    value_ms = (until - made) / 1e6
    limit_ms = np.inf if objective.unit == "share" else objective.limit
    kept = (seen >= 0) & (value_ms < limit_ms)
    known = (seen >= 0) | (value_ms >= limit_ms)
    order = np.argsort(made[known], kind="stable")
    return Observed(
        made[known][order] / 1e9, kept[known][order], value_ms[known][order], (seen >= 0)[known][order]
    )
