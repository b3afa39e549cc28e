"""The two kinds of chart of a study: distributions as curves, and figures on their bands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from flashcrowd.report.realism import wording
from flashcrowd.report.realism.outcome import Measured, Outcome, mean_curve
from flashcrowd.report.realism.study import NULLS, SOCIETY, Study
from flashcrowd.report.run import Column
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis, Spec

PUBLISHED: Final = "published"
OTHER: Final = "other"
NAMES: Final = {SOCIETY: "society", "sir": "SIR", "sampler": "sampler"}
"""Model -> its short name, as charts and wide tables have it."""

COLOURS: Final = {
    SOCIETY: "@blue",
    "sir": "@orange",
    "sampler": "@purple",
    PUBLISHED: "@text",
    OTHER: "@green",
}
ROW_HEIGHT: Final = 34
MOST_POINTS: Final = 160


@dataclass(frozen=True)
class Line:
    """One curve of a chart: whose it is (a model, or `PUBLISHED`), its points, another name than usual."""

    of: str
    x: Sequence[float] | Column
    y: Sequence[float] | Column
    label: str = ""


def curves(lines: Sequence[Line], x: Axis, y: Axis, marked: Sequence[tuple[float, str]] = ()) -> Spec:
    """Curves over a common axis: null models thin, what is published dashed, empty ones left out."""
    rows: list[chart.Row] = []
    series = []
    for number, line in enumerate(lines):
        points = [(a, b) for a, b in zip(line.x, line.y, strict=True) if _is_drawn(a, x) and _is_drawn(b, y)]
        if points:
            field = f"y{number}"
            rows += [{"x": chart.plain(a), field: chart.plain(b)} for a, b in points]
            label = line.label or NAMES.get(line.of, line.of)
            series.append(
                chart.Series(field, label, COLOURS[line.of], line.of == PUBLISHED, line.of in NULLS)
            )
    return chart.lines(rows, x, y, series, joined=True, marked=marked)


def model_curves(study: Study, fact: str) -> list[Line]:
    """The curves of the readings of a fact, averaged over seeds, of every model that has them."""
    found = []
    for model in study.outcomes:
        x, y = mean_curve(study.outcomes[model][fact].readings.get("default", ()))
        found.append(Line(model, x, y))
    return found


def cdf_line(of: str, values: Column, label: str = "") -> Line:
    """The CDF of a sample at no more than `MOST_POINTS` of its quantiles."""
    if not len(values):
        return Line(of, [], [], label)
    levels = np.linspace(0, 1, min(MOST_POINTS, len(values)))
    return Line(of, np.quantile(values, levels), levels, label)


def strip(study: Study, outcome: Outcome, kind: str, parts: Sequence[str] = ()) -> Spec:
    """Figures of one unit on their bands: the society with its interval, null models and literature beside.

    Args:
        kind: of the axis.
        parts: keys of the parts that are drawn; all if none are given.
    """
    chosen = [found for found in outcome.measured if not parts or found.part.key in parts]
    rows = [row for found in chosen for row in _points(study, outcome, found)]
    least, most = _reach(chosen, [row["x"] for row in rows])
    bands = [_band_row(found, least, most) for found in chosen if found.band is not None]
    names = [found.part.label for found in chosen]
    axis = {"title": None, "grid": False, "ticks": False, "labelLimit": 190}
    place = {"field": "name", "type": "nominal", "sort": names, "axis": axis}
    across = Axis(kind, least=least, most=most)
    span = {"y": place, "x": across.encoding("low"), "x2": {"field": "high"}}
    layers: list[Spec] = [
        {
            "data": {"values": bands},
            "mark": {"type": "rule", "strokeWidth": 18, "color": "@green", "opacity": 0.25},
            "encoding": span,
        },
        {
            "transform": [{"filter": "isValid(datum.low)"}],
            "mark": {"type": "rule", "strokeWidth": 2, "color": "@blue", "clip": True},
            "encoding": span,
        },
        _dots(rows, {"y": place, "x": across.encoding("x")}),
    ]
    height = max(70, ROW_HEIGHT * len(chosen))
    return {"data": {"values": rows}, "width": "container", "height": height, "layer": layers}


def _dots(rows: Sequence[chart.Row], place: Spec) -> Spec:
    """The figures as dots, one colour and shape each for the society, the null models and the literature."""
    whose = {**NAMES, PUBLISHED: PUBLISHED}
    used = [key for key, name in whose.items() if any(row["of"] == name for row in rows)]
    shapes = {SOCIETY: "circle", PUBLISHED: "diamond"}
    domain = [whose[key] for key in used]
    legend = {"title": None, "symbolType": None} if len(used) > 1 else None
    looks = {
        "color": {"field": "of", "scale": {"domain": domain, "range": [COLOURS[key] for key in used]}},
        "shape": {
            "field": "of",
            "scale": {"domain": domain, "range": [shapes.get(key, "square") for key in used]},
        },
    }
    return {
        "mark": {"type": "point", "filled": True, "opacity": 1, "size": 70},
        "encoding": place
        | {channel: look | {"legend": legend} for channel, look in looks.items()}
        | {"tooltip": [{"field": "of", "title": " "}, {"field": "text", "title": "value"}]},
    }


def _points(study: Study, outcome: Outcome, found: Measured) -> list[dict[str, Any]]:
    rows = []
    for model, outcomes in study.outcomes.items():
        other = outcomes[outcome.fact.id].part(found.part.key)
        if math.isfinite(other.value):
            ends = (other.low, other.high) if model == SOCIETY else (math.nan, math.nan)
            rows.append(_row(found.part.label, NAMES[model], other.value, wording.value(other), *ends))
    if math.isfinite(found.part.published):
        text = wording.published(found)
        rows.append(_row(found.part.label, PUBLISHED, found.part.published, text, math.nan, math.nan))
    return rows


def _row(name: str, of: str, x: float, text: str, low: float, high: float) -> dict[str, Any]:
    return {
        "name": name, "of": of, "x": chart.plain(x), "text": text, "low": chart.plain(low),
        "high": chart.plain(high),
    }  # fmt: skip


def _reach(chosen: Sequence[Measured], values: Sequence[float]) -> tuple[float, float]:
    """From where to where the axis must reach to show bands and figures, with a little air."""
    ends = [end for found in chosen if found.band for end in (found.band.low, found.band.high)]
    shown = [value for value in (*values, *ends) if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(shown), max(shown)
    air = 0.08 * (high - low) or 0.1 * abs(high) or 1.0
    return (low - air if low < 0 or low - air >= 0 else 0.0), high + air


def _band_row(found: Measured, least: float, most: float) -> dict[str, Any]:
    assert found.band is not None, "only parts with a band are drawn on one"
    return {
        "name": found.part.label,
        "low": chart.plain(max(found.band.low, least)),
        "high": chart.plain(min(found.band.high, most)),
    }


def _is_drawn(value: float, axis: Axis) -> bool:
    """Whether a value lies on the axis: what lies beyond it would widen the chart."""
    if not math.isfinite(value) or (axis.log and value <= 0):
        return False
    return (axis.least is None or value >= axis.least) and (axis.most is None or value <= axis.most)
