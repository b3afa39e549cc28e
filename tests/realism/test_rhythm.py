"""The day's rhythm and the peak of a crowd, on counts made by hand."""

import numpy as np
import pytest
from observed import rows

from flashcrowd.core.clock import HOUR, MINUTE
from flashcrowd.report.realism.measures.collector import Collector
from flashcrowd.report.realism.measures.rhythm import circadian, mean_day, peaks


def test_circadian_tells_world_and_region_apart() -> None:
    """Two regions twelve hours apart, both 3:1 by local time: the world is flat, the larger region is 3:1."""
    lines = []
    for hour in range(48):
        for member, offset, base in ((0, 0, 30), (1, 12, 28)):
            many = base * (3 if (hour + offset) % 24 < 12 else 1)
            lines += [{"action": "home", "t": hour * HOUR, "member": member}] * many
    collector = Collector(np.array([0, 1]), np.array([0.0, 12.0]), 0.0, 48 * HOUR, 0.0)
    collector.take("actions", rows(*lines))
    figures = circadian(collector.observation()).figures
    assert figures["region"].value == 3.0
    assert figures["world"].value == pytest.approx((90 + 28) / (30 + 84), rel=0.05)


def test_mean_day_begins_at_the_local_hour() -> None:
    """Hours that begin at 22 o'clock: the third of them is midnight."""
    day = mean_day(np.arange(24.0), 22)
    assert day[22] == 0.0
    assert day[0] == 2.0


def test_circadian_of_less_than_a_day_stays_open() -> None:
    """Without a whole day there is no trough to speak of."""
    collector = Collector(np.zeros(1, int), np.zeros(1), 0.0, 20 * HOUR, 0.0)
    collector.take("actions", rows({"action": "home", "t": 1.0, "member": 0}))
    assert not circadian(collector.observation()).figures


def test_peaks_of_a_flash_are_its_multiples_of_the_median() -> None:
    """One event a minute, and 120 more in one of them: hour 180 / 60, minute 121 / 1."""
    t = np.concatenate([np.arange(0, 10 * HOUR, MINUTE), np.full(120, 5 * HOUR + 1)])
    hour, minute, n = peaks(t, 10 * HOUR)
    assert (hour, minute, n) == (3.0, 121.0, 720)


def test_peaks_over_silence_are_unknown() -> None:
    """A median of nothing has no multiples."""
    assert np.isnan(peaks(np.array([5.0]), 10 * HOUR)[0])
