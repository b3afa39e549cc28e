"""A probe of a capacity search: its load, what the platform made of it, what it says of each objective."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from flashcrowd.core.events import ACTIONS
from flashcrowd.report.capacity.attainment import PASS, Attained
from flashcrowd.report.capacity.evidence import Probed
from flashcrowd.report.metrics.accounting import in_flight
from flashcrowd.report.metrics.quantiles import quantile
from flashcrowd.report.metrics.traffic import Traffic


@dataclass(frozen=True)
class Probe:
    """A probe that was made.

    Attributes:
        probed: what the search goes by.
        run: name of its run directory.
        requests_per_s: sent.
        answered_per_s: answered in the window without error, whenever they were due.
        concurrency: mean requests in flight.
        service_s: mean time that the platform took.
        response_ms: 95 % quantile of the response time.
        mean_response_s: mean of it.
        window_s: how long it was measured.
        objectives: what it says of each.
        due: requests that were due in the window, by action.
    """

    probed: Probed
    run: str
    requests_per_s: float
    answered_per_s: float
    concurrency: float
    service_s: float
    response_ms: float
    window_s: float
    objectives: tuple[Attained, ...]
    due: Counter[str] = field(default_factory=Counter)
    mean_response_s: float = math.nan

    @property
    def worst(self) -> Attained | None:
        """The objective that is furthest from being kept; None when every one is."""
        failed = [one for one in self.objectives if one.kept < one.wanted or one.is_breaking]
        return max(failed, key=lambda one: one.used, default=None)

    @property
    def weakest(self) -> Attained | None:
        """The worst objective, or else the one with the least to spare; None without any."""
        known = [one for one in self.objectives if not math.isnan(one.kept)] or self.objectives
        return self.worst or max(known, key=lambda one: one.used, default=None)

    @property
    def rising(self) -> Attained | None:
        """The objective that is not kept and whose latency rises fastest, of those whose queue is known; None
        without one."""
        rising = [one for one in self.objectives if one.verdict != PASS and one.served.per_s > 0]
        return max(rising, key=lambda one: one.growth, default=None)


def probe_of(
    measured: Traffic, whole: Traffic, objectives: Sequence[Attained], probed: Probed, run: str
) -> Probe:
    """The figures of a probe's measured window.

    Args:
        measured: requests due in it.
        whole: all of the run, of which some were due before and answered in it.
    """
    sent, window_s = measured.where(measured.sent), measured.window_s or math.nan
    return Probe(
        probed=probed,
        run=run,
        requests_per_s=len(sent) / window_s,
        answered_per_s=_answered(whole, measured) / window_s,
        concurrency=in_flight(measured),
        service_s=float(sent.service_ms.mean()) / 1000 if len(sent) else math.nan,
        response_ms=quantile(sent.response_ms, 0.95),
        window_s=window_s,
        objectives=tuple(objectives),
        due=_counted(measured),
        mean_response_s=float(sent.response_ms.mean()) / 1000 if len(sent) else math.nan,
    )


def _answered(whole: Traffic, measured: Traffic) -> int:
    """Requests that were answered without error while those measured were due."""
    if not len(measured):
        return 0
    in_time = (whole.end_s >= measured.intended_s.min()) & (whole.end_s <= measured.intended_s.max())
    return int((in_time & ~whole.error).sum())


def _counted(measured: Traffic) -> Counter[str]:
    """Requests by action."""
    counts = np.bincount(measured.action.astype(np.int64), minlength=len(ACTIONS))
    return Counter({ACTIONS[code]: int(n) for code, n in enumerate(counts) if n})
