"""The data of a chart as a table: one observation a row, columns with names that people read."""

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from flashcrowd.report.section import Chart

NAMES: Final = {"c": "cascade", "n": "count", "of": "kind"}
"""Fields of the specs whose names are short -> what they hold."""


def tidy(chart: Chart) -> pa.Table:
    """The rows of a chart. Of lines: `x`, `series` (its name in the legend), `value`, nulls left out.

    >>> spec = {"data": {"values": [{"x": 1, "a": 2.0}]}, "usermeta": {"series": {"a": "A", "b": "B"}}}
    >>> tidy(Chart("key", "title", spec, "alt")).to_pylist()
    [{'x': 1, 'series': 'A', 'value': 2.0}]
    """
    rows = chart.spec["data"]["values"]
    series = chart.spec.get("usermeta", {}).get("series", {})
    return pa.Table.from_pylist(list(_long(rows, series)) if series else [_named(row) for row in rows])


def _long(rows: list[dict[str, Any]], series: dict[str, str]) -> Iterator[dict[str, Any]]:
    for row in rows:
        keys = {NAMES.get(name, name): value for name, value in row.items() if name not in series}
        for field, label in series.items():
            if row.get(field) is not None:
                yield keys | {"series": label, "value": float(row[field])}


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return {NAMES.get(name, name): value for name, value in row.items()}
