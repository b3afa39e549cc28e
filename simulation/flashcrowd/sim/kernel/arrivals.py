"""Sessions that begin in a slice of time, drawn and ordered by tick."""

from typing import Any

import numpy as np

from flashcrowd.core.clock import TICK
from flashcrowd.sim import agenda, calendar
from flashcrowd.sim.compiled import entry


@entry
def draw_slice(key: Any, slice_no: int, rate: Any, region: Any, profile: Any) -> Any:
    """Members and times of the sessions that begin in a half-hour slice, ordered by tick, then by member."""
    last = int(calendar.SLICE_S / TICK) - 1
    per_tick = np.zeros(last + 2, np.int64)
    begin = slice_no * calendar.SLICE_S
    for u in range(len(rate)):
        mean = calendar.slice_mean(rate[u], profile[region[u]])
        for number in range(calendar.arrivals(key, u, slice_no, mean)):
            t = calendar.arrival_time(key, u, slice_no, number)
            per_tick[min(agenda.tick_of(t - begin), last) + 1] += 1
    first = np.cumsum(per_tick)
    member = np.empty(first[-1], np.int32)
    times = np.empty(first[-1])
    fill = first.copy()
    for u in range(len(rate)):
        mean = calendar.slice_mean(rate[u], profile[region[u]])
        for number in range(calendar.arrivals(key, u, slice_no, mean)):
            t = calendar.arrival_time(key, u, slice_no, number)
            tick = min(agenda.tick_of(t - begin), last)
            at = fill[tick]
            fill[tick] += 1
            member[at] = u
            times[at] = t
    return first, member, times
