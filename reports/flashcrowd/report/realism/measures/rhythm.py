"""The day's rhythm, and the peak of a flash crowd."""

from typing import Final

import numpy as np

from flashcrowd.core.clock import HOUR, MINUTE
from flashcrowd.core.events import ACTION_CODE, BRACKETS, WRITES
from flashcrowd.report.realism.fact import Figure, Reading, absent
from flashcrowd.report.realism.measures.grids import on_grid
from flashcrowd.report.realism.measures.observation import Observation
from flashcrowd.report.run import Column

HOURS: Final = np.arange(24)


def circadian(seen: Observation) -> Reading:
    """Busiest over quietest hour of the mean day: of all regions by UTC, of the largest one by local time.

    Counted are all actions but the brackets of sessions, over the whole days of the window.
    """
    first = int(seen.start_s // HOUR)
    whole = (seen.counts.shape[0] - first) // 24 * 24
    acted = [code for code in range(seen.counts.shape[2]) if code not in [ACTION_CODE[b] for b in BRACKETS]]
    by_hour = seen.counts[first : first + whole][:, :, acted].sum(axis=2)
    if not by_hour.sum():
        return Reading()  # not one whole day
    largest = int(by_hour.sum(axis=0).argmax())
    world = mean_day(by_hour.sum(axis=1), first)
    local = mean_day(by_hour[:, largest], first + seen.offset_h[largest])
    figures = {"world": _peak_over_trough(world), "region": _peak_over_trough(local)}
    n = int(by_hour.sum())
    curve = on_grid(HOURS, local / max(local.mean(), 1e-12))
    return Reading({name: Figure(value, n) for name, value in figures.items()}, curve=curve)


def mean_day(by_hour: Column, first_hour: float) -> Column:
    """Mean count in each hour of the day, (24,), of whole days of hours that begin at `first_hour`."""
    hour = np.floor(np.arange(len(by_hour)) + first_hour).astype(np.int64) % 24
    return np.bincount(hour, by_hour, minlength=24) / max(len(by_hour) // 24, 1)


def flash_peak(seen: Observation) -> Reading:
    """Busiest hour and minute of the most sudden topic over its median hour and minute, of writes."""
    written = seen.done(*WRITES)
    topics = np.unique(written["topic"][written["topic"] >= 0])
    if not len(topics):
        return absent("nobody writes about a topic")
    found = [
        peaks(written["t"][written["topic"] == topic] - seen.start_s, seen.end_s - seen.start_s)
        for topic in topics
    ]
    hour, minute, n = max(found, key=lambda peak: np.nan_to_num(peak[0]))
    return Reading({"hour": Figure(hour, n), "minute": Figure(minute, n)})


def peaks(t: Column, span_s: float) -> tuple[float, float, int]:
    """Busiest over median hour and minute of events in [0, span_s), and how many; NaN for a median of 0."""
    ratios = []
    for width in (HOUR, MINUTE):
        counts = np.bincount((t // width).astype(np.int64), minlength=max(1, int(span_s // width)))
        middle = float(np.median(counts))
        ratios.append(float(counts.max() / middle) if middle else float("nan"))
    return ratios[0], ratios[1], len(t)


def _peak_over_trough(day: Column) -> float:
    return float(day.max() / day.min()) if day.min() else float("nan")
