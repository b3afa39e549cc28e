"""Whether a probe keeps its objectives, judged while it runs: the window grows until that is clear.

An objective on a quantile is one on a share: p95 < 300 ms means that at least 95 % of the requests take less
than 300 ms. The share is taken over the later half of the window, in batches, because neighbouring requests
are alike; the batches give the interval (batch means, Law & Carson, Operations Research 1979). A load that is
a little too large breaks a limit only after a while, so the trend of the latency is carried on: who keeps the
limit now and breaks it within the horizon does not pass.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import t as students_t

from flashcrowd.report.capacity.backlog import UNKNOWN, Served, Trend, served, trend
from flashcrowd.report.capacity.observed import Floats, Observed
from flashcrowd.report.slo import FRESHNESS, NEVER, SHARES, Objective

PASS: Final = "pass"
FAIL: Final = "fail"
OPEN: Final = "open"

BATCHES: Final = 8
"""Into which the later half of the window is divided."""

LEAST: Final = 10
"""Observations that an objective needs before anything is said."""

SHORT_S: Final = 6.0
"""Shortest window of a probe that feels its way."""

LEAST_SHARE: Final = 0.6
"""Shortest window of every other probe that fails, as a share of the usual one."""

WHOLE: Final = 0.98
"""Part of the usual window after which it counts as whole: its last requests may be due before its end."""

CONFIDENCE: Final = 0.98
"""Of the interval: the window is looked at many times, so more than for one look."""


@dataclass(frozen=True)
class Attained:
    """An objective in a window.

    Attributes:
        requests: observations: requests of its subject, or posts looked for.
        kept: share of them in the later half that keep the limit, 0..1; NaN for too few, unless these clearly
            miss it.
        wanted: share that must.
        low, high: interval of `kept`.
        forecast_ms: (low, middle, high) of the quantile at the horizon, if its trend goes on; else NaN.
        verdict: `pass`, `fail` or `open`.
        reached_ms: the quantile itself, in the later half; NaN for an objective on a share.
        growth: seconds by which the quantile rises a second, in the window or its later half; NaN where it
            does not clearly rise.
        served: what the queue lets through; NaN where none grows.
    """

    objective: Objective
    requests: int
    kept: float
    wanted: float
    low: float
    high: float
    forecast_ms: tuple[float, float, float]
    verdict: str
    growth: float = math.nan
    served: Served = UNKNOWN
    reached_ms: float = math.nan

    @property
    def is_breaking(self) -> bool:
        """Whether its limit will be broken within the horizon, if the trend goes on."""
        return self.forecast_ms[0] >= self.objective.limit

    @property
    def used(self) -> tuple[float, float]:
        """How much of what it allows is used up: of the misses, then of the limit."""
        reached = 0.0 if math.isnan(self.reached_ms) else self.reached_ms / self.objective.limit
        return (1 - self.kept) / (1 - self.wanted + 1e-9), reached

    @property
    def is_kept(self) -> bool:
        """Whether it is kept now: clearly, or without a miss."""
        return self.low >= self.wanted or self.kept == 1.0

    @property
    def is_likely_kept(self) -> bool:
        """Whether it is kept now, and most likely at the horizon: the most that a window can tell which has
        ended."""
        return self.is_kept and not self.forecast_ms[1] >= self.objective.limit


def can_be_probed(objective: Objective) -> bool:
    """Whether an objective is on a share of observations: quantiles, errors, late, dropped; not mean or max,
    and nothing that is only known after the run, or long after, as that a post was never seen."""
    if objective.statistic in ("lost_writes", "wrong_counts", NEVER):
        return False
    return objective.statistic in (*SHARES, "errors") or objective.statistic.startswith("p")


def is_on_freshness(objective: Objective) -> bool:
    """Whether posts must be looked for to judge it."""
    return objective.subject == FRESHNESS


def wanted_share(objective: Objective) -> float:
    """The share of observations that must keep an objective's limit."""
    if objective.unit == "share":
        return 1.0 - objective.limit
    return float(objective.statistic[1:]) / 100


def attained(
    objective: Objective, seen: Observed, horizon_s: float = 0.0, came_s: Floats | None = None
) -> Attained:
    """What a window says of an objective.

    Args:
        horizon_s: how far beyond the window a trend is carried on; 0 = not at all.
        came_s: when each came that takes a place in its queue, seconds since the run began, sorted; None =
            those that are observed.
    """
    wanted, later = wanted_share(objective), seen.later_half()
    if len(later) < LEAST:
        if not _is_missed_by_few(seen, wanted):
            unknown = Trend().carried_on(horizon_s)
            return Attained(objective, len(seen), math.nan, wanted, math.nan, math.nan, unknown, OPEN)
        later = seen
    share = float(later.kept.mean())
    low, high = _interval(later.at_s, later.kept, share)
    moves = [trend(part, wanted) for part in (seen, later)] if horizon_s else [Trend()]
    growth = max((one.slope for one in moves if one.grows), default=math.nan)
    forecast = moves[0].carried_on(horizon_s)
    verdict = PASS if low >= wanted else FAIL if high < wanted else OPEN
    if verdict == PASS and forecast[2] >= objective.limit:
        verdict = OPEN
    reached_ms = float(np.quantile(later.value_ms, wanted))  # NaN when one is, as those of shares are
    came_s = seen.at_s if came_s is None else came_s
    through = UNKNOWN if math.isnan(growth) else served(seen, wanted, came_s)
    found = Attained(
        objective, len(seen), share, wanted, low, high, forecast, verdict, growth, through, reached_ms
    )
    return replace(found, verdict=FAIL) if verdict == OPEN and found.is_breaking else found


def judged(found: Sequence[Attained]) -> str:
    """The verdict on all objectives: one failed is enough to fail; all must pass to pass."""
    verdicts = {one.verdict for one in found}
    if FAIL in verdicts:
        return FAIL
    return PASS if verdicts == {PASS} else OPEN


def is_missed(found: Sequence[Attained]) -> bool:
    """Whether one is clearly missed as it is: a trend alone may be of the moment, before a window ends."""
    return any(one.high < one.wanted for one in found)


def is_of_the_moment(found: Sequence[Attained]) -> bool:
    """Whether all is kept as it is, and only trends that are not clear speak against it: a longer window
    tells whether they are of the moment."""
    return settled(found) == OPEN and all(one.is_kept or math.isnan(one.kept) for one in found)


def seems_kept(found: Sequence[Attained]) -> bool:
    """Whether nothing speaks against a load, so that a short look is enough."""
    return all(one.verdict == PASS or (one.kept == 1.0 and one.is_likely_kept) for one in found)


def may_end(found: Sequence[Attained], window_s: float, usual_s: float, grows: bool) -> bool:
    """Whether a probe may end.

    Args:
        window_s: so long it has been measured.
        usual_s: window of a probe that is not clear before; one that only a trend leaves open goes on.
        grows: whether a short look will do.
    """
    if window_s < (min(SHORT_S, usual_s) if grows else LEAST_SHARE * usual_s):
        return False
    if is_missed(found) or (grows and seems_kept(found)):
        return True
    return window_s >= WHOLE * usual_s and not is_of_the_moment(found)


def settled(found: Sequence[Attained], brief: bool = False) -> str:
    """The verdict at the end of a window, where what is not clear counts as what it most likely is. Too few
    observations that miss nothing clearly pass: it is so small a load.

    Args:
        brief: whether it was a short look; what that lets pass is looked at again.
    """
    if brief and is_of_the_moment(found):
        return PASS
    return PASS if all(_holds_up(one) for one in found) else judged(found)


def _holds_up(found: Attained) -> bool:
    """Whether an objective that is not clear speaks for its load rather than against it."""
    return found.verdict == PASS or found.is_likely_kept or math.isnan(found.kept)


def _is_missed_by_few(seen: Observed, wanted: float) -> bool:
    """Whether the few that there are clearly miss a limit: where nothing comes through, few are observed."""
    return len(seen) > 0 and _wilson(float(seen.kept.mean()), len(seen))[1] < wanted


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
