"""Whether a live run may be judged at all: was it sent on time, by a rested generator, in a steady window?

The limits are ours. They are wide, because an invalid run is no verdict on the platform, and a verdict is
what the run was made for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from flashcrowd.core.events import ACTIONS
from flashcrowd.report import quantity
from flashcrowd.report.analysis import Analysis
from flashcrowd.report.metrics.accounting import in_flight
from flashcrowd.report.metrics.timeline import timeline
from flashcrowd.report.run import Column

MOST_UNPUNCTUAL: Final = 0.05
"""Largest share of requests late or dropped."""

MOST_DROPPED: Final = 0.01
"""Largest share of requests never sent."""

MOST_LATENESS_MS: Final = 250.0
"""Largest 99 % quantile of lateness."""

MOST_CPU_SHARE: Final = 0.9
"""Largest mean use of one core by a generator process; above it, waiting happens in the generator."""

MOST_DRIFT: Final = 0.5
"""Largest change of the median response over the window, as a share of that median."""

LEAST_DRIFT_MS: Final = 25.0
"""A smaller change does not matter, whatever the share."""

Z_99: Final = 2.5758
"""Quantile of the standard normal distribution for a two-sided 99 % interval."""

LITTLE_SHARE: Final = 0.1
LITTLE_REQUESTS: Final = 1.0
"""Little's law: the two sides may differ by this share, or by this many requests."""


@dataclass(frozen=True)
class Check:
    """One condition of a valid run: what was looked at, whether it held, and a sentence with the figures."""

    name: str
    held: bool
    sentence: str


@dataclass(frozen=True)
class Validity:
    """All conditions of one run."""

    checks: tuple[Check, ...]

    @property
    def valid(self) -> bool:
        """Whether every condition held."""
        return all(check.held for check in self.checks)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentences of the conditions that did not hold."""
        return tuple(check.sentence for check in self.checks if not check.held)


def validity(found: Analysis) -> Validity:
    """The conditions that a live run can be held to; none for an offline run."""
    if not found.run.live:
        return Validity(())
    if not found.accounting.sent:
        return Validity((Check("measured", False, "no request was sent in the measured window"),))
    checks = [
        _punctual(found),
        *_rested(found.run.manifest),
        *_steady(found),
        _little(found),
        *_counted(found),
    ]
    return Validity(tuple(checks))


def tired(manifest: dict[str, Any]) -> str:
    """What speaks against blaming a platform for its slowness: the generator itself was slow; "" = nothing.

    What it would have used, had it not had to wait for a processor, counts as used.
    """
    asked = max(
        (_shares(manifest, "worker_cpu_demand") or _shares(manifest, "worker_cpu_share")), default=0.0
    )
    if asked <= MOST_CPU_SHARE:
        return ""
    return f"the load generator needed {quantity.share(asked)} of one core, so it may have waited for itself"


def drift(t_s: Column, values: Column) -> tuple[float, float, float]:
    """Change of a series over its length, and a 99 % interval.

    The change is the median of the slopes between all pairs of points (Theil 1950; interval: Sen, JASA 1968,
    from the variance n (n - 1) (2 n + 5) / 18 of Kendall's statistic without ties) times the length.
    """
    n = len(values)
    earlier, later = np.triu_indices(n, 1)
    slopes = np.sort((values[later] - values[earlier]) / (t_s[later] - t_s[earlier])) * np.ptp(t_s)
    half = Z_99 * (n * (n - 1) * (2 * n + 5) / 18) ** 0.5 / 2
    low, high = round(len(slopes) / 2 - half) - 1, round(len(slopes) / 2 + half)
    return float(np.median(slopes)), float(slopes[max(low, 0)]), float(slopes[min(high, len(slopes) - 1)])


def _punctual(found: Analysis) -> Check:
    seen = found.accounting
    unpunctual = seen.late_share + seen.dropped_share
    held = (
        unpunctual <= MOST_UNPUNCTUAL
        and seen.dropped_share <= MOST_DROPPED
        and seen.lateness_p99_ms <= MOST_LATENESS_MS
    )
    sentence = (
        f"{quantity.share(seen.late_share)} of the requests were sent over 50 ms late, "
        f"{quantity.share(seen.dropped_share)} were never sent, and 99 % were sent within "
        f"{quantity.milliseconds(seen.lateness_p99_ms)} of when they were due"
    )
    return Check("sent on time", held, sentence + ("" if held else _crowded(found.run.manifest)))


def _crowded(manifest: dict[str, Any]) -> str:
    """Why requests may have waited for others: as many as may be in flight were; "" = they were not."""
    full = [may for most, may in manifest.get("worker_in_flight", ()) if most >= may]
    if not full:
        return ""
    most = quantity.count(min(full))
    return f"; all {most} that may be in flight at once were (load.connections, or the limit of open files)"


def _rested(manifest: dict[str, Any]) -> Iterator[Check]:
    shares = _shares(manifest, "worker_cpu_share")
    if shares:
        held = max(shares) <= MOST_CPU_SHARE
        sentence = f"the load generator used {quantity.share(max(shares))} of one core"
        yield Check("generator CPU", held, sentence + ("" if held else ", so it may have waited for itself"))


def _shares(manifest: dict[str, Any], name: str) -> list[float]:
    """What each process of the generator said."""
    stated = manifest.get(name)
    return [float(s) for s in (stated if isinstance(stated, list) else [stated]) if s is not None]


def _steady(found: Analysis) -> Iterator[Check]:
    """No trend of the median response of the most frequent action; a short window cannot have one."""
    busiest = found.latency[1].action
    series = timeline(found.measured.where(found.measured.action == ACTIONS.index(busiest)))
    p50 = series.response_ms["p50"]
    seen = np.isfinite(p50)
    if seen.sum() < 10:
        return
    change, low, high = drift(series.start_s[seen], p50[seen])
    level = float(np.median(p50[seen]))
    large = abs(change) > max(MOST_DRIFT * level, LEAST_DRIFT_MS)
    held = not large or low <= 0 <= high
    moved = f"{'rose' if change > 0 else 'fell'} by {quantity.milliseconds(abs(change))}"
    how = f"stayed near {quantity.milliseconds(level)}" if held else moved
    yield Check("no trend", held, f"the median response of {busiest} {how} over the window")


def _little(found: Analysis) -> Check:
    """Mean number in flight = rate x mean response time (Little, Operations Research 1961)."""
    measured = found.measured.where(found.measured.sent)
    window = found.accounting.window_s
    flying = in_flight(found.measured)
    expected = len(measured) * float(measured.response_ms.mean()) / 1000 / window if window else 0.0
    held = abs(flying - expected) <= max(LITTLE_SHARE * expected, LITTLE_REQUESTS)
    sentence = (
        f"{quantity.number(flying)} requests were in flight on average; rate x response time says "
        f"{quantity.number(expected)} (Little's law)"
    )
    return Check("Little's law", held, sentence)


def _counted(found: Analysis) -> Iterator[Check]:
    rows = found.reconciliation
    if rows:
        wrong = [row for row in rows if not row.explained]
        total = sum(row.counted for row in rows)
        untold = sum(max(0, row.counted - row.recorded) for row in rows)
        sentence = f"the platform counted {quantity.count(total)} requests, as recorded"
        if untold:
            sentence += f" but for {untold:,} of the last seconds of lost workers"
        if wrong:
            row = max(wrong, key=lambda row: abs(row.recorded - row.counted))
            sentence = (
                f"{row.endpoint}: {row.recorded:,} requests in the record, {row.counted:,} counted there"
            )
        yield Check("counts agree", not wrong, sentence)
