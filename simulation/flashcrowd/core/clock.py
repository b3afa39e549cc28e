"""The scenario clock: seconds since the scenario began, and what time of day that is somewhere."""

from typing import Final

SECOND: Final = 1.0
MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 86400.0
WEEK: Final = 7 * DAY

TICK: Final = MINUTE
"""Length of one step of the society in seconds: what is made in a tick is visible from the next one on."""

UNITS: Final = {"ms": 0.001, "s": SECOND, "m": MINUTE, "min": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}


def seconds(text: str | float | int) -> float:
    """Seconds meant by a duration such as `90`, `"90s"`, `"1.5h"` or `"3d"`.

    Raises:
        ValueError: when the text is no duration.

    >>> seconds("1.5h"), seconds("200ms"), seconds(30)
    (5400.0, 0.2, 30.0)
    """
    if isinstance(text, bool) or not isinstance(text, int | float | str):
        raise ValueError(f"{text!r} is not a duration such as 90s, 15m, 6h or 3d")
    body = str(text).strip()
    number = body.rstrip("abcdefghijklmnopqrstuvwxyz") if isinstance(text, str) else body
    unit = body[len(number) :]
    if unit not in UNITS and unit:
        raise ValueError(f"unit {unit!r} is not one of {', '.join(UNITS)}")
    try:
        return float(number) * UNITS.get(unit, SECOND)
    except ValueError:
        raise ValueError(f"{text!r} is not a duration such as 90s, 15m, 6h or 3d") from None


def human(duration_s: float) -> str:
    """A duration in the unit people would say it in.

    >>> human(0.25), human(90), human(5400), human(3 * DAY)
    ('250 ms', '90 s', '1.5 h', '3 d')
    """
    if duration_s < 1:
        return f"{duration_s * 1000:g} ms"
    for unit, length, least in (("d", DAY, DAY), ("h", HOUR, HOUR), ("min", MINUTE, 2 * MINUTE)):
        if duration_s >= least:
            return f"{duration_s / length:.4g} {unit}"
    return f"{duration_s:.4g} s"


def hour_of_day(t: float, offset_h: float) -> float:
    """Local hour in [0, 24) at scenario time `t` in a region `offset_h` east; scenarios begin at 00:00 UTC.

    >>> hour_of_day(90 * MINUTE, -6.0)
    19.5
    """
    hour = (t / HOUR + offset_h) % 24.0
    return hour if hour < 24.0 else 0.0  # the remainder of a tiny negative number rounds to 24
