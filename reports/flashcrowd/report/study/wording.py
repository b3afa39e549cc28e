"""Figures of a study in the reader's units, with as many digits as their intervals allow."""

import math
from typing import Final

from flashcrowd.report import quantity
from flashcrowd.report.study.contrast import Estimate

LEAST_RELATIVE: Final = 1e-6
"""Smaller ones are rounding."""

POINTS: Final = "pp"
"""Percentage points: the unit of a difference between shares."""


def figure(value: float, unit: str, step: float = math.nan) -> str:
    """A figure; `step`: what is not known of it, which says how many digits it gets.

    >>> figure(0.94961, "1", 0.0012), figure(0.25, "share", 0.01), figure(0.25, "1")
    ('0.9496', '25.0 %', '0.25')
    """
    if not math.isfinite(value) or unit == "s" or not step > 0:
        return quantity.of_unit(value, unit)
    scale, sign = (100.0, " %") if unit == "share" else (1.0, "" if unit in ("1", "count") else f" {unit}")
    return f"{_rounded(value * scale, step * scale)}{sign}"


def difference(value: float, unit: str, step: float = math.nan) -> str:
    """A difference with its sign.

    >>> difference(0.012, "share", 0.002), difference(-0.5, "1", 0.01), difference(0.0, "1")
    ('+1.20 pp', '−0.500', '±0')
    >>> difference(-0.001, "1", 0.4)
    '±0.00'
    """
    if not math.isfinite(value):
        return quantity.MISSING
    if value == 0:
        return "±0"
    size = figure(abs(value), unit, step)
    text = size.removesuffix("%") + POINTS if unit == "share" else size
    sign = "+" if value > 0 else "−"
    return f"{sign if any(digit in text for digit in '123456789') else '±'}{text}"


def interval(found: Estimate, unit: str) -> str:
    """The interval of a difference.

    >>> interval(Estimate(0.5, 0.3, 0.7, 0.1, 5), "1")
    '+0.30 to +0.70'
    >>> interval(Estimate(0.1, 0.05, 0.15, 0.1, 5), "share")
    '+5.0 to +15.0 pp'
    """
    if not math.isfinite(found.low):
        return quantity.MISSING
    if found.low == found.high == 0:
        return "the same in every seed"
    low, high = (difference(end, unit, found.half_width) for end in (found.low, found.high))
    sign = low.partition(" ")[2]
    return f"{low.removesuffix(sign).rstrip() if high.endswith(f' {sign}') else low} to {high}"


def relative(value: float) -> str:
    """A difference over what it is a difference from.

    >>> relative(0.5), relative(-0.031)
    ('+50 %', '−3.1 %')
    """
    if not math.isfinite(value):
        return quantity.MISSING
    if abs(value) < LEAST_RELATIVE:
        return "±0"
    return f"{'+' if value > 0 else '−'}{quantity.share(abs(value))}"


def effect(size: float) -> str:
    """An effect size.

    >>> effect(-0.5312)
    '−0.531'
    """
    return quantity.number(size).replace("-", "−")


def _rounded(value: float, step: float) -> str:
    """To two digits of the step."""
    digits = max(0, 1 - math.floor(math.log10(step)))
    return f"{value:,.{digits}f}"
