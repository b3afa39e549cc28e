"""When members come: an inhomogeneous Poisson process per member, drawn slice by slice and never stored.

Each half-hour slice of a member is an independent Poisson draw whose mean is the member's rate times the
profile of the local hour: exact thinning at no memory (`sessions per day x profile / 48`).
"""

import math
from typing import Any, Final

from flashcrowd.core.clock import DAY, HOUR
from flashcrowd.core.draws import fold, poisson, uniform

SLICE_S: Final = 1800.0
SLICES_PER_DAY: Final = DAY / SLICE_S
PEAK_HOUR: Final = 20.0
FIRST_HARMONIC: Final = 0.92
SECOND_HARMONIC: Final = 0.2


def day_profile(hour: float) -> float:
    """Activity at a local hour relative to the day's mean: 2.12 at 20 h, 0.28 before dawn (ratio 7.6).

    Two harmonics; public logs of one region show peak over trough of 5 to 15.

    >>> round(day_profile(20.0), 2), round(day_profile(8.0), 2)
    (2.12, 0.28)
    """
    angle = 2.0 * math.pi * (hour - PEAK_HOUR) / 24.0
    return 1.0 + FIRST_HARMONIC * math.cos(angle) + SECOND_HARMONIC * math.cos(2.0 * angle)


def slice_profile(slice_no: int, offset_h: float) -> float:
    """The profile in slice `slice_no` (of 30 minutes, from scenario time 0) in a region `offset_h` hours east
    of UTC."""
    return day_profile(((slice_no + 0.5) * SLICE_S / HOUR + offset_h) % 24.0)


def slice_mean(sessions_per_day: float, profile: float) -> float:
    """Expected sessions of a member in a slice with that profile."""
    return sessions_per_day / SLICES_PER_DAY * profile


def arrivals(key: Any, member: int, slice_no: int, mean: float) -> int:
    """How many sessions the member begins in the slice; `key` is `root_key(seed, Purpose.ARRIVAL)`."""
    address = fold(fold(key, slice_no), member)
    if uniform(address) < 1.0 - mean:  # exp(-m) >= 1 - m: no session, and the exponential is spared
        return 0
    return poisson(address, mean)


def arrival_time(key: Any, member: int, slice_no: int, number: int) -> float:
    """Scenario time (s) at which the member's session `number` of the slice begins: uniform over the
    slice."""
    address = fold(fold(fold(key, slice_no), member), number + 1)
    return (slice_no + uniform(address)) * SLICE_S
