"""Charts of what is uncertain: fans over time, and tornados."""

from collections.abc import Sequence
from typing import Any, Final

from flashcrowd.report.sections.axis import TOOLTIPS, Axis, Spec
from flashcrowd.report.sections.chart import HEIGHT, Row

BANDS: Final = (("low", "high", 0.18), ("lower", "upper", 0.3))
"""Fields of the outer and the inner band, and their opacity."""


def fan(
    rows: Sequence[Row], x: Axis, y: Axis, colour: str = "@blue", limits: Sequence[tuple[float, str]] = (),
    height: int = HEIGHT,
) -> Spec:  # fmt: skip
    """A median with two bands; every row has `x`, `low`, `lower`, `middle`, `upper`, `high`.

    Args:
        limits: (y, label) of horizontal rules.
    """
    across = x.encoding("x")
    layers: list[Spec] = [
        {
            "mark": {"type": "area", "color": colour, "opacity": opacity},
            "encoding": {"x": across, "y": y.encoding(low), "y2": {"field": high}},
        }
        for low, high, opacity in BANDS
    ]
    layers.append(
        {
            "mark": {"type": "line", "color": colour, "strokeWidth": 2.2},
            "encoding": {"x": across, "y": y.encoding("middle")},
        }
    )
    for at, label in limits:
        layers += _limit(at, label, y)
    layers.append(_told(across, x, y))
    spec: Spec = {"data": {"values": list(rows)}, "width": "container", "height": height, "layer": layers}
    return spec


def tornado(
    rows: Sequence[Row], x: Axis, base: float, colours: tuple[str, str] = ("@blue", "@orange")
) -> Spec:
    """Bars around a middle, longest first; every row has `name`, `low`, `high`, `low_text`, `high_text`."""
    order = [row["name"] for row in rows]
    axis = {"title": None, "grid": False, "ticks": False, "domain": False, "labelLimit": 230}
    place = {"field": "name", "type": "nominal", "sort": order, "axis": axis}
    sides = (("low", "assumption low", colours[0]), ("high", "assumption high", colours[1]))
    names = [label for _, label, _ in sides]
    scale = {"domain": names, "range": [colour for _, _, colour in sides]}
    layers: list[Spec] = []
    for side, label, _ in sides:
        at = _across(x, side)
        told = [{"field": "name", "title": " "}, {"field": f"{side}_text", "title": label}]
        colour = {
            "datum": label,
            "type": "nominal",
            "scale": scale,
            "legend": {"title": None, "symbolType": "square", "columns": 1},
        }
        layers.append(
            {
                "mark": {"type": "bar", "height": 15, "cornerRadius": 2, "opacity": 0.85},
                "encoding": {"y": place, "x": at, "x2": {"datum": base}, "color": colour, "tooltip": told},
            }
        )
    layers.append(
        {
            "data": {"values": [{"x": base}]},
            "mark": {"type": "rule", "color": "@text", "strokeWidth": 1.2},
            "encoding": {"x": _across(x, "x")},
        }
    )
    return {
        "data": {"values": list(rows)},
        "width": "container",
        "height": max(70, 26 * len(rows)),
        "layer": layers,
    }


def _across(x: Axis, field: str) -> Spec:
    """The channel of a tornado's axis, with ticks at 1, 2 and 5: a factor of three must not be without."""
    channel = x.encoding(field)
    if x.log:
        channel["axis"] = channel["axis"] | {
            "values": [digit * 10.0**power for power in range(-2, 10) for digit in (1, 2, 5)],
            "labelOverlap": True,
        }
    return channel


def _limit(at: float, label: str, y: Axis) -> list[Spec]:
    """A horizontal rule with its label above its left end."""
    data: dict[str, Any] = {"values": [{"y": at, "label": label}]}
    place = {"y": y.encoding("y")}
    text = {"type": "text", "align": "left", "baseline": "bottom", "x": 4, "dy": -3, "color": "@red"}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "color": "@red", "strokeDash": [5, 3], "strokeWidth": 1.5},
            "encoding": place,
        },
        {"data": data, "mark": text, "encoding": place | {"text": {"field": "label"}}},
    ]


def _told(across: Spec, x: Axis, y: Axis) -> Spec:
    """A rule that follows the pointer and tells the figures at its place."""
    fields = (("middle", "median"), ("low", "19 of 20 above"), ("high", "19 of 20 below"))
    told = [{"field": field, "title": title, "format": TOOLTIPS[y.kind]} for field, title in fields]
    at = {"field": "x", "title": x.title or "x", "format": TOOLTIPS[x.kind]}
    select = {"type": "point", "fields": ["x"], "nearest": True, "on": "pointerover", "clear": "pointerout"}
    return {
        "params": [{"name": "at", "select": select}],
        "mark": {"type": "rule", "color": "@grey", "strokeWidth": 1},
        "encoding": {
            "x": across,
            "opacity": {"condition": {"param": "at", "empty": False, "value": 0.7}, "value": 0},
            "tooltip": [at, *told],
        },
    }
