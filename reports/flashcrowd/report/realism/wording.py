"""How figures, bands and intervals are written, the same in the terminal and on the page."""

import math

from flashcrowd.report import quantity
from flashcrowd.report.realism.fact import Band
from flashcrowd.report.realism.outcome import Measured


def value(found: Measured) -> str:
    """The figure in the reader's units."""
    return quantity.of_unit(found.value, found.part.unit)


def interval(found: Measured) -> str:
    """The 99 % interval in the unit of the figure, which is not repeated; a dash where it is not known."""
    if not math.isfinite(found.low):
        return quantity.MISSING
    return _span(found.low, found.high, found.part.unit).partition(" ")[0]


def band(limits: Band | None, unit: str) -> str:
    """A band in short.

    >>> band(Band(0.2, 0.45), "share"), band(Band(low=15), "1"), band(Band(high=0.15), "1"), band(None, "1")
    ('20..45 %', '>= 15', '<= 0.15', '–')
    """
    if limits is None:
        return quantity.MISSING
    low, high = (_plain(end) for end in (limits.low, limits.high))
    if math.isinf(limits.high):
        return f"{'>' if _is_strict(limits.low) else '>='} {quantity.of_unit(low, unit)}"
    if math.isinf(limits.low):
        return f"{'<' if _is_strict(limits.high) else '<='} {quantity.of_unit(high, unit)}"
    return _span(low, high, unit)


def published(found: Measured) -> str:
    """The figure in the literature."""
    return quantity.of_unit(found.part.published, found.part.unit)


def _span(low: float, high: float, unit: str) -> str:
    """Two ends, the unit once.

    >>> _span(0.2, 0.45, "share"), _span(-0.05, 0.35, "1")
    ('20..45 %', '-0.05..0.35')
    """
    first, last = (quantity.of_unit(end, unit) for end in (low, high))
    _, space, sign = last.partition(" ")
    return last if first == last else f"{first.removesuffix(space + sign)}..{last}"


def _plain(end: float) -> float:
    """The number that an open end lies next to.

    >>> _plain(math.nextafter(1.0, 0.0)), _plain(0.15)
    (1.0, 0.15)
    """
    return float(f"{end:.12g}") if abs(end) > 1e-300 else 0.0


def _is_strict(end: float) -> bool:
    return _plain(end) != end
