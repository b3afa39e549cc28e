"""Whether a probe keeps its objectives, judged while it runs: the window grows until that is clear.

An objective on a quantile is one on a share: p95 < 300 ms means that at least 95 % of the requests take less
than 300 ms. The share is taken in batches of a few seconds, because neighbouring requests are alike; the
batches give the interval (batch means, Law & Carson, Operations Research 1979).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import t as students_t

from flashcrowd.core.events import ACTIONS
from flashcrowd.report.metrics.traffic import Traffic
from flashcrowd.report.slo import SHARES, Objective, is_on_requests

PASS: Final = "pass"
FAIL: Final = "fail"
OPEN: Final = "open"

BATCHES: Final = 8
"""Into which the window is divided; the t-quantile of 7 degrees is near enough that of many."""

LEAST_REQUESTS: Final = 100
"""Requests that an objective's subject needs before anything is said."""

CONFIDENCE: Final = 0.95


@dataclass(frozen=True)
class Attained:
    """An objective in a window.

    Attributes:
        kept: share of the subject's requests that keep the limit, 0..1; NaN for too few.
        wanted: share that must.
        low, high: interval of `kept`.
        verdict: `pass`, `fail` or `open`.
    """

    objective: Objective
    requests: int
    kept: float
    wanted: float
    low: float
    high: float
    verdict: str


def can_be_probed(objective: Objective) -> bool:
    """Whether an objective is on a share of requests: quantiles, errors, late, dropped; not mean or max."""
    known = objective.statistic in (*SHARES, "errors") or objective.statistic.startswith("p")
    return known and is_on_requests(objective)


def wanted_share(objective: Objective) -> float:
    """The share of requests that must keep an objective's limit."""
    if objective.unit == "share":
        return 1.0 - objective.limit
    return float(objective.statistic[1:]) / 100


def attained(objective: Objective, measured: Traffic) -> Attained:
    """What a window says of an objective."""
    chosen, kept = _kept(objective, measured)
    wanted = wanted_share(objective)
    n = int(chosen.sum())
    if n < LEAST_REQUESTS:
        return Attained(objective, n, math.nan, wanted, math.nan, math.nan, OPEN)
    share = float(kept[chosen].mean())
    low, high = _interval(measured.intended_s[chosen], kept[chosen], share)
    verdict = PASS if low >= wanted else FAIL if high < wanted else OPEN
    return Attained(objective, n, share, wanted, low, high, verdict)


def judged(found: Sequence[Attained]) -> str:
    """The verdict on all objectives: one failed is enough to fail; all must pass to pass."""
    verdicts = {one.verdict for one in found}
    if FAIL in verdicts:
        return FAIL
    return PASS if verdicts == {PASS} else OPEN


def likelier(found: Sequence[Attained]) -> str:
    """The verdict where the longest window left it open: what the shares say; what is unmeasured passes."""
    return FAIL if any(one.kept < one.wanted for one in found) else PASS


def _kept(objective: Objective, measured: Traffic) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """(which requests an objective is about, which of all keep it)."""
    about = np.ones(len(measured), bool)
    if objective.subject != "all":
        about = measured.action == ACTIONS.index(objective.subject)
    if objective.statistic == "errors":
        return about & measured.sent, ~measured.error
    if objective.statistic == "late":
        return about, ~measured.late
    if objective.statistic == "dropped":
        return about, ~measured.dropped
    times = measured.response_ms if objective.time == "response" else measured.service_ms
    # What failed or was never sent has not been answered within the limit.
    return about, measured.sent & ~measured.error & (times < objective.limit)


def _interval(
    at_s: npt.NDArray[np.float64], kept: npt.NDArray[np.bool_], share: float
) -> tuple[float, float]:
    """Interval of a share by batch means, never narrower than that of independent requests (Wilson 1927)."""
    n = len(kept)
    wilson = _wilson(share, n)
    edges = np.linspace(at_s.min(), at_s.max(), BATCHES + 1)[1:-1]
    batch = np.searchsorted(edges, at_s, side="right")
    counts = np.bincount(batch, minlength=BATCHES)
    used = counts > 0
    if used.sum() < BATCHES:
        return wilson
    means = np.bincount(batch, weights=kept, minlength=BATCHES)[used] / counts[used]
    half = float(students_t.ppf((1 + CONFIDENCE) / 2, BATCHES - 1) * means.std(ddof=1) / math.sqrt(BATCHES))
    return min(wilson[0], share - half), max(wilson[1], share + half)


def _wilson(share: float, n: int) -> tuple[float, float]:
    z = float(students_t.ppf((1 + CONFIDENCE) / 2, 10**6))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half
