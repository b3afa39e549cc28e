"""The charts of a study: an outcome by arm, and structural virality at matched size."""

import math
from collections.abc import Sequence
from typing import Any, Final

from flashcrowd.report.sections.axis import Axis, Spec
from flashcrowd.report.sections.chart import plain
from flashcrowd.report.study.findings import Findings
from flashcrowd.report.study.outcome import Outcome
from flashcrowd.report.study.wording import figure

ROW_HEIGHT: Final = 34
COLOURS: Final = ("@grey", "@blue", "@orange", "@green", "@purple", "@red", "@sky")
MATCHED: Final = "cascades.structural_virality."
KINDS: Final = {"share": "share", "s": "s", "count": "count"}
"""Unit -> kind of axis; others are numbers."""


def by_arm(found: Findings, outcome: Outcome) -> Spec:
    """Every seed as a faint dot, the mean large on its 99 % interval; an arm a row."""
    unit = outcome.unit
    rows = [
        {"arm": arm, "seed": seed, "x": plain(value), "text": figure(value, unit)}
        for arm in found.arms
        for seed, value in zip(found.seeds, found.values[arm][outcome.metric], strict=True)
        if math.isfinite(value)
    ]
    means = [_mean_row(found, arm, outcome) for arm in found.arms]
    across = _axis(KINDS.get(unit, "number"), "", _ends([*rows, *means]))
    place = _arms(found)
    span = {"y": place, "x": across.encoding("low"), "x2": {"field": "high"}}
    tooltip = [{"field": "arm", "title": " "}, {"field": "text", "title": "mean"}]
    layers: list[Spec] = [
        {
            "mark": {"type": "point", "filled": True, "size": 26, "opacity": 0.35, "color": "@grey"},
            "encoding": {
                "y": place,
                "x": across.encoding("x"),
                "tooltip": [{"field": "seed", "title": "seed"}, {"field": "text", "title": "value"}],
            },
        },
        {
            "data": {"values": means},
            "transform": [{"filter": "isValid(datum.low)"}],
            "mark": {"type": "rule", "strokeWidth": 3, "color": "@blue"},
            "encoding": span,
        },
        {
            "data": {"values": means},
            "transform": [{"filter": "isValid(datum.x)"}],
            "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1, "color": "@blue"},
            "encoding": {"y": place, "x": across.encoding("x"), "tooltip": tooltip},
        },
    ]
    height = max(70, ROW_HEIGHT * len(found.arms))
    return {"data": {"values": rows}, "width": "container", "height": height, "layer": layers}


def matched(found: Findings, outcomes: Sequence[Outcome]) -> Spec:
    """Mean structural virality of each size range, an arm a colour, with 99 % intervals."""
    rows = [_mean_row(found, arm, one) | {"size": size_range(one)} for one in outcomes for arm in found.arms]
    rows = [row for row in rows if row["x"] is not None]
    across = _axis("number", "structural virality", _ends(rows))
    place = {
        "field": "size", "type": "nominal", "sort": [size_range(one) for one in outcomes],
        "axis": {"title": "cascade size", "grid": False, "ticks": False},
    }  # fmt: skip
    colours = [COLOURS[number % len(COLOURS)] for number in range(len(found.arms))]
    arm = {"field": "arm", "sort": found.arms}
    shared = {
        "y": place,
        "yOffset": arm,
        "color": arm
        | {
            "scale": {"domain": found.arms, "range": colours},
            "legend": {"title": None, "symbolType": "circle"},
        },
    }
    layers: list[Spec] = [
        {
            "transform": [{"filter": "isValid(datum.low)"}],
            "mark": {"type": "rule", "strokeWidth": 2},
            "encoding": shared | {"x": across.encoding("low"), "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
            "encoding": shared
            | {
                "x": across.encoding("x"),
                "tooltip": [{"field": "arm", "title": " "}, {"field": "text", "title": "mean"}],
            },
        },
    ]
    height = max(120, 20 * len(found.arms) * len(outcomes))
    return {"data": {"values": rows}, "width": "container", "height": height, "layer": layers}


def size_range(outcome: Outcome) -> str:
    """The size range of an outcome of structural virality.

    >>> [size_range(Outcome(name, "")) for name in ("x.10_to_30", "x.from_300")]
    ['10–29', '300 and more']
    """
    name = outcome.metric.rsplit(".", 1)[-1]
    if name.startswith("from_"):
        return f"{name.removeprefix('from_')} and more"
    least, below = name.split("_to_")
    return f"{least}–{int(below) - 1}"


def is_matched(outcome: Outcome) -> bool:
    """Whether an outcome is structural virality at a size."""
    return outcome.metric.startswith(MATCHED) and outcome.metric.removeprefix(MATCHED)[0] in "123456789f"


def _mean_row(found: Findings, arm: str, outcome: Outcome) -> dict[str, Any]:
    one = found.estimates[arm, outcome.metric]
    text = figure(one.value, outcome.unit, one.half_width)
    return {"arm": arm, "x": plain(one.value), "low": plain(one.low), "high": plain(one.high), "text": text}


def _ends(rows: Sequence[dict[str, Any]]) -> list[float]:
    """Every figure that a chart must have room for."""
    return [row[end] for row in rows for end in ("low", "high", "x") if row.get(end) is not None]


def _arms(found: Findings) -> Spec:
    axis = {"title": None, "grid": False, "ticks": False, "labelLimit": 190}
    return {"field": "arm", "type": "nominal", "sort": found.arms, "axis": axis}


def _axis(kind: str, title: str, values: Sequence[float]) -> Axis:
    """An axis that reaches from the least to the most of some values, with a little air."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    air = 0.08 * (high - low) or 0.1 * abs(high) or 1.0
    return Axis(kind, title, least=low - air if low < 0 or low >= air else 0.0, most=high + air)
