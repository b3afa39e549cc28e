"""Whether a queue grows in a window, and how many it lets through: read off the observations alone.

While a queue stands, what leaves it leaves at the rate that the platform can serve, whatever comes. So the
number of those that came before an observation, drawn over the moment at which that one was through, is a
straight line whose slope is that rate; how evenly they came does not matter.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from flashcrowd.report.capacity.observed import Floats, Observed
from flashcrowd.report.validity import Z_99, drift

BATCHES: Final = 12
"""Into which a window is divided, each with its own quantile."""

STANDING: Final = 0.5
"""A queue stands while the quantile is at least this part of its peak in the window."""

LEAST_BATCHES: Final = 2
LEAST_STANDING: Final = 24
"""Batches and observations, while a queue stands, that its rate needs."""

FAR: Final = 6
"""Into so many parts the time is divided in which a queue stands, to see how evenly it is served."""

MOST_STANDING: Final = 250
"""Of them that are looked at: every pair is compared."""


@dataclass(frozen=True)
class Trend:
    """How the quantile of a latency moves in a window.

    Attributes:
        now_ms: the quantile at the end of the window.
        slope: seconds by which it rises a second; negative = it falls.
        low, high: 99 % interval of it.
    """

    now_ms: float = math.nan
    slope: float = math.nan
    low: float = math.nan
    high: float = math.nan

    def carried_on(self, further_s: float) -> tuple[float, float, float]:
        """(low, middle, high) of the quantile (ms) after so many more seconds."""
        low, middle, high = (
            self.now_ms + 1000 * slope * further_s for slope in (self.low, self.slope, self.high)
        )
        return low, middle, high

    @property
    def grows(self) -> bool:
        """Whether the slope is clearly positive."""
        return self.low > 0


@dataclass(frozen=True)
class Served:
    """How many a queue lets through while it stands.

    Attributes:
        per_s: of what came; NaN where no queue stood long enough.
        most: upper end of its 99 % interval: of the slope, and of what is served by chance in that time.
    """

    per_s: float = math.nan
    most: float = math.nan


UNKNOWN: Final = Served()


def trend(seen: Observed, level: float) -> Trend:
    """The trend of the quantile `level`; all NaN for too few observations."""
    batches = _batches(seen)
    if not batches:
        return Trend()
    middle_s = np.array([batch.at_s.mean() for batch in batches])
    quantile_ms = _quantiles(batches, level)
    slopes = np.array(drift(middle_s, quantile_ms)) / (1000 * float(np.ptp(middle_s)))
    return Trend(float(np.median(quantile_ms[-3:])), *map(float, slopes))


def served(seen: Observed, level: float, came_s: Floats) -> Served:
    """How many the queue let through a second, where one stood around the highest quantile.

    Args:
        came_s: when each came that takes a place in the queue, seconds since the run began; sorted.
    """
    through = seen.where(seen.through)
    batches = _batches(through)
    first, last = _standing(_quantiles(batches, level)) if batches and len(came_s) else (0, 0)
    if last - first < LEAST_BATCHES:
        return UNKNOWN
    from_s, until_s = batches[first].at_s[0], batches[last - 1].at_s[-1]
    counted = (through.at_s >= max(from_s, came_s[0])) & (through.at_s <= min(until_s, came_s[-1]))
    standing = through.where(counted)
    through_s, place = np.unique(standing.at_s + standing.value_ms / 1000, return_index=True)
    if len(place) < LEAST_STANDING:
        return UNKNOWN
    every = math.ceil(len(place) / MOST_STANDING)
    through_s = through_s[::every]
    before = np.searchsorted(came_s, standing.at_s[place[::every]]).astype(float)
    middle, _, most = np.array(drift(through_s, before)) / float(np.ptp(through_s))
    if not middle > 0:
        return UNKNOWN
    spread = _unevenness(through_s - before / middle, before) * middle / math.sqrt(float(np.ptp(before)))
    return Served(float(middle), float(max(most, middle * (1 + Z_99 * spread))))


def _unevenness(behind_s: Floats, before: Floats) -> float:
    """Standard deviation of the time that one more takes, seconds, from how far apart they drift.

    Each is through by chance a little sooner or later, and each is seen by chance a little later: what lies
    between two of them varies by the latter always alike, by the former the more the more there are between.
    """
    far = len(behind_s) // FAR
    near_s2, far_s2 = (float(np.mean((behind_s[step:] - behind_s[:-step]) ** 2)) for step in (1, far))
    near, far_n = (float(np.mean(before[step:] - before[:-step])) for step in (1, far))
    return math.sqrt(max(0.0, (far_s2 - near_s2) / (far_n - near))) if far_n > near else 0.0


def _standing(quantile_ms: Floats) -> tuple[int, int]:
    """First batch, and the one after the last, around the highest in which the queue stands."""
    peak = int(np.argmax(quantile_ms))
    falls = np.flatnonzero(quantile_ms < STANDING * quantile_ms[peak])
    first = int(falls[falls < peak].max(initial=-1)) + 1
    return first, int(falls[falls > peak].min(initial=len(quantile_ms)))


def _batches(seen: Observed) -> list[Observed]:
    """Equal parts of the window's observations, those without a value left out; none of too few."""
    known = np.flatnonzero(np.isfinite(seen.value_ms))
    if len(known) < 2 * BATCHES:
        return []
    parts = np.array_split(known, BATCHES)
    return [seen.where(part) for part in parts]


def _quantiles(batches: list[Observed], level: float) -> Floats:
    return np.array([np.quantile(batch.value_ms, level) for batch in batches])
