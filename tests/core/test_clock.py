"""Durations in words and the time of day."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core import clock


@pytest.mark.parametrize(
    ("text", "expected_s"),
    [
        *[("200ms", 0.2), ("90", 90), ("90s", 90), ("15m", 900), ("15min", 900), ("6h", 21600)],
        *[("3d", 259200), ("1w", 604800), ("1.5h", 5400), (" 2 h ", 7200), ("-5m", -300), (0, 0), (2.5, 2.5)],
    ],
)
def test_duration_in_a_unit_is_its_seconds(text: Any, expected_s: float) -> None:
    """Every unit means what it says; a bare number is seconds."""
    assert clock.seconds(text) == pytest.approx(expected_s)


@pytest.mark.parametrize("text", ["", "h", "soon", "5 parsecs", "1h30m", "1,5h", None, True, [1], {"h": 1}])
def test_text_that_is_no_duration_is_refused(text: Any) -> None:
    """What is no duration raises ValueError and nothing else, so a scenario file can say so."""
    with pytest.raises(ValueError, match="is not"):
        clock.seconds(text)


@given(st.floats(min_value=1e-3, max_value=1e9))
def test_human_duration_reads_back_as_the_same_duration(duration_s: float) -> None:
    """What `human` says, `seconds` understands, to the four digits that are said."""
    assert clock.seconds(clock.human(duration_s)) == pytest.approx(duration_s, rel=1e-3)


@given(st.floats(min_value=0, max_value=1e8), st.floats(min_value=-12, max_value=14))
def test_hour_of_day_lies_in_the_day_and_repeats_daily(t: float, offset_h: float) -> None:
    """The local hour is in [0, 24), and the same a day later (on the circle, to rounding)."""
    hour = clock.hour_of_day(t, offset_h)
    apart = abs(clock.hour_of_day(t + clock.DAY, offset_h) - hour)
    assert 0 <= hour < 24
    assert math.isclose(min(apart, 24 - apart), 0, abs_tol=1e-6)


def test_midnight_utc_is_evening_before_in_the_west() -> None:
    """The scenario begins at 00:00 UTC, which is 18:00 at UTC-6."""
    assert clock.hour_of_day(0.0, -6.0) == 18.0
