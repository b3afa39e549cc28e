"""Every chart of a report as a file of its own, for papers and slides: SVG, PNG or PDF, always light."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from flashcrowd.core.errors import StorageError
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.section import Chart, Section
from flashcrowd.report.sections import tree_drawing
from flashcrowd.report.sections.palette import LIGHT, coloured
from flashcrowd.report.sections.tree_layout import layout, tree_of

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
    """Write `<folder>/<chart>.<kind>` for every chart, and the largest cascade; the paths.

    Raises:
        StorageError: when the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        blocks = [block for section in sections for block in section.blocks]
        written = [_chart(block, folder, kind) for block in blocks if isinstance(block, Chart)]
        trees = seen.found.forest
        if trees.n_nodes > trees.n_cascades:
            tree = tree_of(trees, int(np.argmax(trees.size)))
            written.append(folder / f"largest-cascade.{kind}")
            tree_drawing.figure(tree, layout(tree), written[-1])
    except OSError as error:
        raise StorageError(f"{folder}: the figures cannot be written: {error.strerror or error}") from error
    return written


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
