"""An axis of a chart: its figures in the reader's units, its limits, its ticks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

Spec = dict[str, Any]

LABELS: Final = {
    "ms": "datum.value >= 1000 ? format(datum.value / 1000, '~g') + ' s' : format(datum.value, '~g') + ' ms'",
    "s": (
        "datum.value >= 86400 ? format(datum.value / 86400, '.3~g') + ' d' : datum.value >= 3600 ? "
        "format(datum.value / 3600, '.3~g') + ' h' : datum.value >= 60 ? format(datum.value / 60, '.3~g') "
        "+ ' min' : "
        "format(datum.value, '~g') + ' s'"
    ),
    "count": "datum.value < 1 ? format(datum.value, '~g') : format(datum.value, '~s')",
    "hours": (
        "datum.value % 24 == 0 ? 'day ' + (datum.value / 24 + 1) : "
        "format(floor(datum.value) % 24, '02d') + ':' + format(round(datum.value * 60) % 60, '02d')"
    ),
    "share": "format(datum.value * 100, '~g') + ' %'",
    "number": "format(datum.value, '~g')",
}
"""Kind of axis -> Vega expression that writes a tick in the reader's units."""

TOOLTIPS: Final = {
    "ms": ".4~r",
    "s": ".4~r",
    "count": ",.4~r",
    "share": ".3~%",
    "number": ".4~r",
    "hours": ".2f",
}


@dataclass(frozen=True)
class Axis:
    """One axis: the kind of figure, its title, and whether it is logarithmic."""

    kind: str
    title: str = ""
    log: bool = False
    least: float | None = None
    most: float | None = None
    ticks: Sequence[float] = ()

    def encoding(self, field: str, grid: bool = True) -> Spec:
        """The channel of this axis for a field."""
        scale: Spec = {"type": "log" if self.log else "linear", "nice": not self.log and self.least is None}
        bounds = {"domainMin": self.least, "domainMax": self.most}
        scale |= {name: value for name, value in bounds.items() if value is not None}
        axis: Spec = {"title": self.title or None, "labelExpr": LABELS[self.kind], "grid": grid}
        if self.log:
            axis["values"] = _decades()
        elif self.ticks:
            axis["values"] = list(self.ticks)
        elif self.kind == "count":
            axis["tickMinStep"] = 1
        return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def clock_unit(span_s: float) -> tuple[float, str]:
    """What to divide seconds by for a time axis of this length, and the unit.

    >>> clock_unit(60), clock_unit(7200), clock_unit(3 * 86400)
    ((1.0, 's'), (60.0, 'min'), (3600.0, 'h'))
    """
    for limit, length, unit in ((600, 1.0, "s"), (3 * 3600, 60.0, "min"), (6 * 86400, 3600.0, "h")):
        if span_s <= limit:
            return length, unit
    return 86400.0, "d"


def hours_axis(first_h: float, last_h: float) -> Axis:
    """The scenario clock in hours, with ticks at round times of day.

    >>> hours_axis(18, 19).ticks, hours_axis(0, 72).ticks
    ((18.0, 18.25, 18.5, 18.75, 19.0), (0, 24, 48, 72))
    """
    span = last_h - first_h
    step = next(
        (one for one in (0.25, 0.5, 1, 3, 6, 12, 24, 48, 168) if span / one <= 4), 24 * max(1, span // 96)
    )
    first = math.ceil(first_h / step - 1e-9)
    ticks = tuple(step * place for place in range(first, math.floor(last_h / step + 1e-9) + 1))
    return Axis("hours", "scenario clock", least=first_h, most=last_h, ticks=ticks)


def _decades() -> list[float]:
    return [10.0**power for power in range(-9, 10)]
