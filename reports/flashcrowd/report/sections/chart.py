"""The few kinds of chart that the sections are made of, as Vega-Lite specs with their data inside.

Charts take the width of their place. Titles of y axes are left to the heading above the chart.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from flashcrowd.report.sections.axis import TOOLTIPS, Axis, Spec

Row = dict[str, Any]

HEIGHT: Final = 230


@dataclass(frozen=True)
class Series:
    """One line: the field that holds it, its name, its colour, and whether it is dashed or thin."""

    field: str
    label: str
    colour: str
    dashed: bool = False
    thin: bool = False


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
) -> Spec:
    """Lines over a common x; every row has `x` and fields of the series. Hovering shows all of them.

    Args:
        rows: a null breaks a line, unless `joined`.
        steps: values hold until the next x.
        points: also draw a dot for each value.
        marked: (x, label) of vertical rules.
    """
    mark: Spec = {"type": "line", "strokeWidth": 1.8, "interpolate": "step-after" if steps else "linear"}
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
    return _framed(rows, [*_rules(marked, x), *_by_width(drawn, series), _pointer(x, y, series)], height)


def bars(rows: Sequence[Row], x: Axis, colour: str = "@blue", row_height: int = 26) -> Spec:
    """Horizontal bars in the given order; every row has `name`, `x` and `text`."""
    names = [row["name"] for row in rows]
    place = _names(names)
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
    return _framed(rows, layers, max(60, row_height * len(rows)))


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


def spans(rows: Sequence[Row], x: Axis, colour: str = "@blue", row_height: int = 34) -> Spec:
    """A range and its middle in each line; every row has `name`, `low`, `x`, `high` and `text`."""
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
    return _framed(rows, layers, max(70, row_height * len(rows)))


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


def _framed(rows: Sequence[Row], layers: list[Spec], height: int) -> Spec:
    return {"data": {"values": list(rows)}, "width": "container", "height": height, "layer": layers}


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


def _by_width(drawn: Spec, series: Sequence[Series]) -> list[Spec]:
    """The layer of the lines, split where some are thin: thin ones first, the others drawn over them."""
    thin = [one.label for one in series if one.thin]
    if not thin:
        return [drawn]
    thick = [one.label for one in series if not one.thin]
    return [
        drawn
        | {
            "transform": [*drawn["transform"], {"filter": {"field": "name", "oneOf": labels}}],
            "mark": drawn["mark"] | {"strokeWidth": width},
        }
        for labels, width in ((thin, 1.1), (thick, 2.2))
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
        "mark": {"type": "rule", "color": "@grey", "strokeWidth": 1},
        "encoding": {
            "x": x.encoding("x", grid=x.log),
            "opacity": {"condition": {"param": "at", "empty": False, "value": 0.7}, "value": 0},
            "tooltip": [at, *told],
        },
    }  # fmt: skip


def _rules(marked: Sequence[tuple[float, str]], x: Axis) -> list[Spec]:
    """Vertical rules with their labels at the top."""
    if not marked:
        return []
    data = {"values": [{"x": at, "label": label} for at, label in marked]}
    place = {"x": x.encoding("x", grid=x.log)}
    return [
        {"data": data, "mark": {"type": "rule", "color": "@grey", "strokeDash": [2, 3]}, "encoding": place},
        {
            "data": data,
            "mark": {"type": "text", "align": "left", "baseline": "top", "dx": 4, "color": "@grey", "y": 0},
            "encoding": place | {"text": {"field": "label"}},
        },
    ]
