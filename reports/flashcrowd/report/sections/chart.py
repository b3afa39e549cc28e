"""The few kinds of chart that the sections are made of, as Vega-Lite specs with their data inside.

Charts take the width of their place. Titles of y axes are left to the heading above the chart.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from flashcrowd.report.sections.axis import TOOLTIPS, Axis, Spec, zoom_params

Row = dict[str, Any]

HEIGHT: Final = 230
DOT: Final[Spec] = {"type": "point", "filled": True, "size": 55, "opacity": 1}


@dataclass(frozen=True)
class Series:
    """One line: the field that holds it, its name and colour, whether it is dashed, thin, or dots alone."""

    field: str
    label: str
    colour: str
    dashed: bool = False
    thin: bool = False
    dots: bool = False


def lines(
    rows: Sequence[Row],
    x: Axis,
    y: Axis,
    series: Sequence[Series],
    steps: bool = False,
    points: bool = False,
    joined: bool = False,
    marked: Sequence[tuple[float, str]] = (),
    height: int = HEIGHT,
    labels_below: bool = False,
) -> Spec:
    """Lines over a common x; every row has `x` and fields of the series. Hovering shows all of them.

    Args:
        rows: a null breaks a line, unless `joined`.
        steps: values hold until the next x.
        points: also draw a dot for each value.
        marked: (x, label) of vertical rules.
        labels_below: whether their labels stand at the bottom, where lines that rise leave room.
    """
    curve = "step-after" if steps else "linear"
    mark: Spec = {"type": "line", "strokeWidth": 1.8, "interpolate": curve, "clip": x.zoomed}
    transform: list[Spec] = [{"fold": [one.field for one in series], "as": ["series", "y"]}, _named(series)]
    if points:
        mark["point"] = {"size": 22, "filled": True}
    if joined:
        transform.append({"filter": "isValid(datum.y)"})
    drawn: Spec = {
        "transform": transform,
        "mark": mark,
        "encoding": {
            "x": x.encoding("x", grid=x.log),
            "y": y.encoding("y"),
            "color": _colours(series),
            "order": {"field": "x"},
        },
    }
    if any(one.dashed for one in series):
        drawn["encoding"]["strokeDash"] = _dashes(series)
    layers = [
        *_rules(marked, x, height if labels_below else 0),
        *_by_kind(drawn, series),
        _pointer(x, y, series),
    ]
    told = {"x": x.title, "series": {one.field: one.label for one in series}}
    return _framed(rows, layers, height, zoom_params(x)) | {"usermeta": told}


def bars(rows: Sequence[Row], x: Axis, colour: str = "@blue", row_height: int = 26, lines: int = 0) -> Spec:
    """Horizontal bars in the given order; every row has `name`, `x` and `text`.

    Args:
        lines: how many bars there is room for, when not all rows are shown at once.
    """
    names = [row["name"] for row in rows]
    place = _names(names) | ({"sort": None} if lines else {})
    across = x.encoding("x")
    across["axis"] = across["axis"] | {"tickCount": 4}
    base = {"y": place, "x": across}
    tooltip = [{"field": "name", "title": " "}, {"field": "text", "title": x.title or "value"}]
    layers = [
        {
            "mark": {"type": "bar", "color": colour, "cornerRadiusEnd": 2},
            "encoding": base | {"tooltip": tooltip},
        },
        {
            "mark": {"type": "text", "align": "left", "dx": 5, "color": "@text"},
            "encoding": base | {"text": {"field": "text"}},
        },
    ]
    return _framed(rows, layers, max(60, row_height * (lines or len(rows))))


def paired_bars(rows: Sequence[Row], x: Axis, names: Sequence[tuple[str, str]], row_height: int = 22) -> Spec:
    """Bars in pairs; every row has `name`, `of`, `x` and `text`; `names` are (value of `of`, colour)."""
    order = list(dict.fromkeys(row["name"] for row in rows))
    domain = [name for name, _ in names]
    place = _names(order)
    base = {"y": place, "yOffset": {"field": "of", "sort": domain}, "x": x.encoding("x")}
    scale = {"domain": domain, "range": [colour for _, colour in names]}
    tooltip = [
        {"field": "name", "title": " "},
        {"field": "of", "title": "run"},
        {"field": "text", "title": x.title},
    ]
    layers = [
        {
            "mark": {"type": "bar", "cornerRadiusEnd": 2},
            "encoding": base
            | {
                "color": {"field": "of", "scale": scale, "legend": {"title": None, "symbolType": "square"}},
                "tooltip": tooltip,
            },
        },
        {
            "mark": {"type": "text", "align": "left", "dx": 5, "color": "@text", "fontSize": 11},
            "encoding": base | {"text": {"field": "text"}},
        },
    ]
    return _framed(rows, layers, row_height * len(rows) + 20)


def spans(
    rows: Sequence[Row],
    x: Axis,
    colour: str = "@blue",
    row_height: int = 34,
    behind: Sequence[Row] = (),
) -> Spec:
    """A range and its middle in each line; every row has `name`, `low`, `x`, `high` and `text`.

    Args:
        behind: ranges drawn in grey behind them; rows of `name`, `low`, `high`.
    """
    names = [row["name"] for row in rows]
    place = _names(names)
    tooltip = [{"field": "name", "title": " "}, {"field": "text", "title": x.title}]
    low = x.encoding("low")
    layers = [
        {
            "mark": {
                "type": "rule",
                "strokeWidth": 7,
                "opacity": 0.35,
                "color": colour,
                "strokeCap": "round",
            },
            "encoding": {"y": place, "x": low, "x2": {"field": "high"}, "tooltip": tooltip},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 90, "color": colour, "opacity": 1},
            "encoding": {"y": place, "x": x.encoding("x"), "tooltip": tooltip},
        },
    ]
    if behind:
        grey = {"type": "rule", "strokeWidth": 20, "opacity": 0.25, "color": "@grey"}
        ends = {"y": place, "x": low, "x2": {"field": "high"}}
        layers.insert(0, {"data": {"values": list(behind)}, "mark": grey, "encoding": ends})
    return _framed(rows, layers, max(70, row_height * len(rows)))


def matrix(rows: Sequence[Row], lines: Sequence[str], columns: Sequence[str], row_height: int = 26) -> Spec:
    """Shares as a table of shaded cells; rows have `from` (line), `to` (column), `share`, `text`, `n`."""
    axis: Spec = {"title": None, "grid": False, "ticks": False, "domain": False}
    above = axis | {"orient": "top", "labelAngle": -60, "labelOverlap": False}
    place: Spec = {
        "y": {"field": "from", "type": "nominal", "sort": list(lines), "axis": axis},
        "x": {"field": "to", "type": "nominal", "sort": list(columns), "axis": above},
    }
    tooltip = [
        {"field": "from", "title": "after"},
        {"field": "to", "title": "next"},
        {"field": "text", "title": "share"},
        {"field": "n", "title": "steps", "format": ",d"},
    ]
    scale = _ramp("sqrt") | {"domain": [0, 1]}
    shade = {"field": "share", "type": "quantitative", "scale": scale, "legend": None}
    ink = {"condition": {"test": "datum.share > 0.3", "value": "@paper"}, "value": "@text"}
    cells = {
        "mark": {"type": "rect", "stroke": "@paper", "strokeWidth": 1},
        "encoding": place | {"tooltip": tooltip, "color": shade},
    }
    told = {"field": "share", "type": "quantitative", "format": ".0%"}
    texts = {
        "transform": [{"filter": "datum.share >= 0.01"}],
        "mark": {"type": "text", "fontSize": 11},
        "encoding": place | {"text": told, "color": ink},
    }
    return _framed(rows, [cells, texts], row_height * len(lines))


def heat(rows: Sequence[Row], x: Axis, y: Axis, height: int = HEIGHT) -> Spec:
    """Counts as shaded cells of two axes; every row has `x`, `x2`, `y`, `y2` and `n`."""
    tooltip = [
        {"field": "y", "title": "from, ms", "format": ".3~r"},
        {"field": "y2", "title": "to, ms", "format": ".3~r"},
        {"field": "n", "title": "requests", "format": ",d"},
    ]
    legend = {"title": "requests in a cell", "gradientLength": 120, "format": "~s", "tickCount": 3,
              "orient": "top", "titleOrient": "left"}  # fmt: skip
    shade = {"field": "n", "type": "quantitative", "scale": _ramp("log"), "legend": legend}
    places = {"x": x.encoding("x", grid=False), "x2": {"field": "x2"},
              "y": y.encoding("y", grid=False), "y2": {"field": "y2"}}  # fmt: skip
    cells = {
        "mark": {"type": "rect", "clip": True},
        "encoding": places | {"color": shade, "tooltip": tooltip},
    }
    return _framed(rows, [cells], height, zoom_params(x))


def _ramp(kind: str) -> Spec:
    """The scale of shades, from few to many."""
    return {"type": kind, "range": ["@heat0", "@heat1", "@heat2"], "interpolate": "lab"}


def rows_of(**columns: Any) -> list[Row]:
    """Columns as rows of plain values, short decimals; NaN becomes null."""
    names = list(columns)
    return [
        {name: plain(value) for name, value in zip(names, values, strict=True)}
        for values in zip(*columns.values(), strict=True)
    ]


def plain(value: Any) -> Any:
    """A value as JSON takes it, to five significant digits."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | np.integer):
        return int(value)
    number = float(value)
    return float(f"{number:.5g}") if math.isfinite(number) else None


def _framed(rows: Sequence[Row], layers: list[Spec], height: int, params: Sequence[Spec] = ()) -> Spec:
    spec: Spec = {"data": {"values": list(rows)}, "width": "container", "height": height, "layer": layers}
    return spec | {"params": list(params)} if params else spec


def _colours(series: Sequence[Series]) -> Spec:
    scale = {"domain": [one.label for one in series], "range": [one.colour for one in series]}
    return {"field": "name", "type": "nominal", "scale": scale, "legend": _legend(series)}


def _names(order: Sequence[str]) -> Spec:
    """The channel of a nominal axis in a given order."""
    axis = {"title": None, "grid": False, "ticks": False}
    return {"field": "name", "type": "nominal", "sort": list(order), "axis": axis}


def _dashes(series: Sequence[Series]) -> Spec:
    pattern = [[5, 3] if one.dashed else [1, 0] for one in series]
    scale = {"domain": [one.label for one in series], "range": pattern}
    return {"field": "name", "scale": scale, "legend": _legend(series)}


def _by_kind(drawn: Spec, series: Sequence[Series]) -> list[Spec]:
    """The layers of the lines: thin ones first, the others drawn over them, dots over all."""
    thin = [one.label for one in series if one.thin]
    dots = [one.label for one in series if one.dots]
    rest = [one.label for one in series if not (one.thin or one.dots)]
    line: Spec = drawn["mark"]
    kinds = [
        (thin, line | {"strokeWidth": 1.1}),
        (rest, line | ({"strokeWidth": 2.2} if thin else {})),
        (dots, DOT),
    ]
    if not thin and not dots:
        return [drawn]
    return [
        drawn
        | {
            "transform": [*drawn["transform"], {"filter": {"field": "name", "oneOf": labels}}],
            "mark": mark,
        }
        for labels, mark in kinds
        if labels
    ]


def _legend(series: Sequence[Series]) -> Spec | None:
    return {"title": None} if len(series) > 1 else None


def _named(series: Sequence[Series]) -> Spec:
    """The transform from fields to the names that people read."""
    expression = "null"
    for one in reversed(series):
        expression = f"datum.series == '{one.field}' ? {json.dumps(one.label)} : ({expression})"
    return {"calculate": expression, "as": "name"}


def _pointer(x: Axis, y: Axis, series: Sequence[Series]) -> Spec:
    """A rule that follows the pointer and tells the figures at its place."""
    told = [{"field": one.field, "title": one.label, "format": TOOLTIPS[y.kind]} for one in series]
    at = {"field": "x", "title": x.title or "x", "format": TOOLTIPS[x.kind]}
    return {
        "params": [
            {"name": "at", "select": {"type": "point", "fields": ["x"], "nearest": True, "on": "pointerover",
                                      "clear": "pointerout"}}
        ],
        "mark": {"type": "rule", "color": "@grey", "strokeWidth": 1, "clip": x.zoomed},
        "encoding": {
            "x": x.encoding("x", grid=x.log),
            "opacity": {"condition": {"param": "at", "empty": False, "value": 0.7}, "value": 0},
            "tooltip": [at, *told],
        },
    }  # fmt: skip


def _rules(marked: Sequence[tuple[float, str]], x: Axis, y: int = 0) -> list[Spec]:
    """Vertical rules with their labels at the top, or at the bottom, `y` pixels below it."""
    if not marked:
        return []
    data = {"values": [{"x": at, "label": label} for at, label in marked]}
    place = {"x": x.encoding("x", grid=x.log)}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "color": "@grey", "strokeDash": [2, 3], "clip": x.zoomed},
            "encoding": place,
        },
        {
            "data": data,
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": "bottom" if y else "top",
                "dx": 4,
                "dy": -3 if y else 0,
                "color": "@grey",
                "y": y,
                "clip": x.zoomed,
            },
            "encoding": place | {"text": {"field": "label"}},
        },
    ]
