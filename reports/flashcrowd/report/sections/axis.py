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
    "tail": "datum.value < 1.5 ? 'all' : format(100 - 100 / datum.value, '.6~g') + ' %'",
}
"""Kind of axis -> Vega expression that writes a tick in the reader's units."""

TOOLTIPS: Final = {
    "ms": ".4~r",
    "s": ".4~r",
    "count": ",.4~r",
    "share": ".3~%",
    "number": ".4~r",
    "hours": ".2f",
    "tail": ".6~r",
}

FROM: Final = "from"
TO: Final = "to"
"""Parameters of a chart whose x axis can be zoomed: the ends of what is shown."""

FEW_DECADES: Final = 100
"""Times more than the least that is shown: below it a tick a decade is too few."""

HOUR_STEP: Final = (
    "to - from > 384 ? 96 : to - from > 192 ? 48 : to - from > 96 ? 24 : to - from > 48 ? 12 : "
    "to - from > 24 ? 6 : to - from > 12 ? 3 : to - from > 4 ? 1 : to - from > 2 ? 0.5 : 0.25"
)
"""Vega expression: hours between two ticks of a zoomed scenario clock."""


@dataclass(frozen=True)
class Axis:
    """One axis: the kind of figure, its title, and whether it is logarithmic.

    A `zoomed` x axis shows what the parameters `from` and `to` of its chart say, at first `least` to `most`.
    """

    kind: str
    title: str = ""
    log: bool = False
    least: float | None = None
    most: float | None = None
    ticks: Sequence[float] = ()
    zoomed: bool = False

    def encoding(self, field: str, grid: bool = True) -> Spec:
        """The channel of this axis for a field."""
        scale: Spec = {"type": "log" if self.log else "linear", "nice": not self.log and self.least is None}
        bounds: Spec = {"domainMin": self.least, "domainMax": self.most}
        if self.zoomed:
            bounds = {"domainMin": {"expr": FROM}, "domainMax": {"expr": TO}}
        scale |= {name: value for name, value in bounds.items() if value is not None}
        axis: Spec = {"title": self.title or None, "labelExpr": LABELS[self.kind], "grid": grid}
        if self.zoomed and self.kind == "hours":
            step = f"({HOUR_STEP})"
            axis["values"] = {"expr": f"sequence(ceil({FROM} / {step}) * {step}, {TO} + 1e-6, {step})"}
        elif self.kind == "tail":
            axis["values"] = [2, 10, 100, 1000, 10_000]
        elif self.log and self.kind == "s":
            axis["values"] = [0.1, 1, 10, 60, 600, 3600, 6 * 3600, 86400, 7 * 86400, 70 * 86400]
        elif self.log:
            axis["values"] = list(self.ticks) or _decades()
        elif self.ticks:
            axis["values"] = list(self.ticks)
        elif self.kind == "count":
            axis["tickMinStep"] = 1
        return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def log_ticks(least: float, most: float) -> tuple[float, ...]:
    """Ticks of a logarithmic axis that are enough for what it shows, both above 0.

    >>> log_ticks(0.3, 9), log_ticks(2, 3000)
    ((0.2, 0.5, 1.0, 2.0, 5.0, 10.0), (1.0, 10.0, 100.0, 1000.0, 10000.0))
    """
    low, high = math.floor(math.log10(least)), math.ceil(math.log10(most))
    steps = (1, 2, 5) if most < FEW_DECADES * least else (1,)
    ticks = [float(f"{step}e{power}") for power in range(low, high + 1) for step in steps]
    inner = [place for place, tick in enumerate(ticks) if least <= tick <= most] or [0]
    return tuple(ticks[max(0, inner[0] - 1) : inner[-1] + 2])


def zoom_params(x: Axis) -> list[Spec]:
    """Parameters of the chart of a zoomed axis, none for another."""
    return [{"name": FROM, "value": x.least}, {"name": TO, "value": x.most}] if x.zoomed else []


def clock_unit(span_s: float) -> tuple[float, str]:
    """What to divide seconds by for a time axis of this length, and the unit.

    >>> clock_unit(60), clock_unit(7200), clock_unit(3 * 86400)
    ((1.0, 's'), (60.0, 'min'), (3600.0, 'h'))
    """
    for limit, length, unit in ((600, 1.0, "s"), (3 * 3600, 60.0, "min"), (6 * 86400, 3600.0, "h")):
        if span_s <= limit:
            return length, unit
    return 86400.0, "d"


def hours_axis(first_h: float, last_h: float, zoomed: bool = False) -> Axis:
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
    return Axis("hours", "scenario clock", least=first_h, most=last_h, ticks=ticks, zoomed=zoomed)


def _decades() -> list[float]:
    return [10.0**power for power in range(-9, 10)]
