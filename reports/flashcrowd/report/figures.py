"""Every chart of a report as a file of its own, for papers and slides: SVG, PNG or PDF, always light.

Beside each lies what it shows, as a tidy table (`<chart>.csv`, `<chart>.parquet`); `figures.json` lists them.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from flashcrowd.core.errors import StorageError
from flashcrowd.core.runlog import write_text
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.section import Chart, Section
from flashcrowd.report.sections import tree_drawing
from flashcrowd.report.sections.palette import LIGHT, coloured
from flashcrowd.report.sections.tree_layout import layout, tree_of
from flashcrowd.report.tidy import tidy

Format = Literal["svg", "png", "pdf"]
WIDTH: Final = 640
CONFIG: Final = {
    "font": "Liberation Sans, Arial, sans-serif",
    "view": {"stroke": None},
    "title": {"anchor": "start", "fontSize": 14, "offset": 10},
    "axis": {"gridColor": LIGHT["faint"], "domainColor": LIGHT["faint"], "tickColor": LIGHT["faint"],
             "titleFontWeight": "normal", "labelFontSize": 12, "titleFontSize": 12},
    "axisY": {"domain": False, "ticks": False},
    "legend": {"orient": "top", "labelFontSize": 12, "symbolType": "stroke", "symbolStrokeWidth": 2.5},
}  # fmt: skip


def write_figures(seen: Evidence, sections: Sequence[Section], folder: Path, kind: Format) -> list[Path]:
    """Write `<folder>/<chart>.<kind>` and its data for every chart, and the largest cascade; their paths.

    Raises:
        StorageError: when the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        charts = [block for section in sections for block in section.blocks if isinstance(block, Chart)]
        written = [_chart(chart, folder, kind) for chart in charts]
        listed = {chart.key: _data(chart, folder) for chart in charts}
        write_text(folder / "figures.json", json.dumps(listed, indent=1) + "\n")
        trees = seen.found.forest
        if trees.n_nodes > trees.n_cascades:
            tree = tree_of(trees, int(np.argmax(trees.size)))
            written.append(folder / f"largest-cascade.{kind}")
            tree_drawing.figure(tree, layout(tree), written[-1])
    except OSError as error:
        raise StorageError(f"{folder}: the figures cannot be written: {error.strerror or error}") from error
    return written


def _data(chart: Chart, folder: Path) -> dict[str, str]:
    """Write the data of a chart; its entry in `figures.json`."""
    import pyarrow.csv
    import pyarrow.parquet

    table = tidy(chart)
    pyarrow.csv.write_csv(table, folder / f"{chart.key}.csv")
    pyarrow.parquet.write_table(table, folder / f"{chart.key}.parquet")
    across = chart.spec.get("usermeta", {}).get("x", "")
    return {"title": chart.title, "finding": chart.alt, "x": across}


def _chart(chart: Chart, folder: Path, kind: Format) -> Path:
    import vl_convert

    spec: dict[str, Any] = coloured(chart.spec, LIGHT) | {
        "width": WIDTH,
        "title": chart.title,
        "config": CONFIG,
    }
    path = folder / f"{chart.key}.{kind}"
    if kind == "svg":
        path.write_text(vl_convert.vegalite_to_svg(spec), encoding="utf-8")
    elif kind == "png":
        path.write_bytes(vl_convert.vegalite_to_png(spec, scale=2))
    else:
        path.write_bytes(vl_convert.vegalite_to_pdf(spec))
    return path
