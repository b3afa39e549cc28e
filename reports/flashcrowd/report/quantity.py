"""Figures in the reader's units: 1.2 s instead of 1203.4 ms, 12.4 k instead of 12417, 3.1 % for 0.031."""

import math
from collections.abc import Callable
from typing import Final

MISSING: Final = "–"
"""Shown where the record does not say."""

Writer = Callable[[float], str]
"""Writes a figure for people."""

_SCALES: Final = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def count(value: float) -> str:
    """A count, exact below 10,000.

    >>> count(9417), count(12417), count(3_000_000), count(float("nan"))
    ('9,417', '12.4 k', '3 M', '–')
    """
    if not math.isfinite(value):
        return MISSING
    if abs(value) < 10_000:
        return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else three(value)
    for scale, sign in _SCALES:
        if abs(value) >= scale:
            return f"{three(value / scale)} {sign}"
    return MISSING


def duration(seconds: float) -> str:
    """A duration, three digits.

    >>> duration(0.0123), duration(1.2345), duration(754), duration(7300), duration(200_000)
    ('12.3 ms', '1.23 s', '12.6 min', '2.03 h', '2.31 d')
    """
    if not math.isfinite(seconds):
        return MISSING
    for limit, length, unit in ((1.0, 0.001, "ms"), (120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if abs(seconds) < limit:
            return f"{three(seconds / length)} {unit}"
    return f"{three(seconds / 86400)} d"


def milliseconds(value: float) -> str:
    """A latency given in milliseconds.

    >>> milliseconds(0.42), milliseconds(38.13), milliseconds(1203.4)
    ('0.42 ms', '38.1 ms', '1.2 s')
    """
    return duration(value / 1000)


def share(value: float) -> str:
    """A share 0..1 in per cent.

    >>> share(0.0312), share(0.5), share(0.00004), share(0.0)
    ('3.12 %', '50 %', '0.004 %', '0 %')
    """
    return MISSING if not math.isfinite(value) else f"{three(value * 100)} %"


def rate(per_s: float) -> str:
    """Events per second.

    >>> rate(81.25)
    '81.2/s'
    """
    return MISSING if not math.isfinite(per_s) else f"{count(per_s)}/s"


def number(value: float) -> str:
    """A pure number, three digits.

    >>> number(2.3456), number(float("nan"))
    ('2.35', '–')
    """
    return MISSING if not math.isfinite(value) else three(value)


def plural(n: float, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> plural(1, "reason"), plural(3, "reason"), plural(2, "reply", "replies")
    ('1 reason', '3 reasons', '2 replies')
    """
    return f"{count(n)} {one if n == 1 else many or one + 's'}"


def of_unit(value: float, unit: str) -> str:
    """A figure with the unit of its `Metric`.

    >>> of_unit(12.34, "ms"), of_unit(0.5, "share"), of_unit(2.3, "1")
    ('12.3 ms', '50 %', '2.3')
    """
    writers = {"ms": milliseconds, "s": duration, "share": share, "1/s": rate, "count": count, "1": number}
    return writers[unit](value) if unit in writers else f"{number(value)} {unit}"


def three(value: float) -> str:
    """Three significant digits, no exponent, no trailing zeros."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{round(value, digits):,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_WORTH: Final = {
    "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "k": 1e3, "M": 1e6, "G": 1e9, "%": 0.01,
}  # fmt: skip


def worth(text: str) -> float | None:
    """The figure that a text begins with, in seconds, shares or ones, to sort by; None without one.

    >>> worth("12.3 ms"), worth("12.4 k"), worth("3.1 %"), worth("81.2/s"), worth("+12"), worth("home")
    (0.0123, 12400.0, 0.031, 81.2, 12.0, None)
    """
    first, *rest = text.replace("−", "-").replace("/s", "").split(" ") if text else [""]
    try:
        value = float(first.replace(",", ""))
    except ValueError:
        return None
    value *= _WORTH.get(rest[0], 1.0) if rest else 1.0
    return float(f"{value:.12g}") if math.isfinite(value) else None
