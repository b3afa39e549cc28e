"""A cascade drawn: as SVG for the page, by matplotlib for papers and slides. Both show the same layout."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from flashcrowd.report.run import Column
from flashcrowd.report.sections.palette import LIGHT
from flashcrowd.report.sections.tree_layout import Layout, Tree

SIDE: Final = 640
RIM: Final = 14
FONTS: Final = ("Liberation Sans", "Arial", "DejaVu Sans")
WAITS: Final = (
    (600.0, "within 10 min", "red"),
    (3600.0, "within 1 h", "orange"),
    (6 * 3600.0, "within 6 h", "green"),
    (86400.0, "within 1 d", "sky"),
    (float("inf"), "later", "purple"),
)
"""Upper end of the time since the original, its label, its colour."""


def svg(tree: Tree, places: Layout) -> str:
    """The tree as an SVG element; colours are classes `c-<name>` that the page defines by theme."""
    x, y = _pixels(places)
    radius = dot_radius(places)
    opening = f'<svg viewBox="0 0 {SIDE} {SIDE}" style="max-width:{_width(tree)}px" class="tree">'
    parts = [opening, *_rings(places)]
    edges = "".join(
        f"M{x[p]:.1f} {y[p]:.1f}L{x[n]:.1f} {y[n]:.1f}" for n, p in enumerate(tree.parent.tolist()) if p >= 0
    )
    parts.append(f'<path class="edges" stroke-width="{max(0.35, min(1.2, radius / 4)):.2f}" d="{edges}"/>')
    for colour, nodes in coloured_nodes(tree):
        dots = "".join(f"M{x[n]:.1f} {y[n]:.1f}h0" for n in nodes.tolist())
        parts.append(f'<path class="dots c-{colour}" stroke-width="{2 * radius:.2f}" d="{dots}"/>')
    parts.append(
        f'<circle class="root" cx="{x[0]:.1f}" cy="{y[0]:.1f}" r="{max(5.0, 1.5 * radius):.1f}"/></svg>'
    )
    return "".join(parts)


def nodes(tree: Tree, places: Layout) -> dict[str, Any]:
    """What the page needs to draw the tree as it grew: all in pixels of a square of `SIDE`.

    Of each node `x`, `y`, `parent` and `delay` (scenario seconds since the original, None where not known);
    for all of them `rings` (radii), `radius` of a dot, `width` of the drawing.
    """
    x, y = _pixels(places)
    half = SIDE / 2 - RIM
    delays = [float(f"{delay:.4g}") if np.isfinite(delay) else None for delay in tree.delay_s.tolist()]
    return {
        "x": [round(at, 1) for at in x],
        "y": [round(at, 1) for at in y],
        "parent": tree.parent.tolist(),
        "delay": delays,
        "rings": [round(radius * half, 1) for radius in places.rings[1:].tolist()],
        "radius": round(dot_radius(places), 2),
        "width": _width(tree),
    }


def figure(tree: Tree, places: Layout, path: Path) -> None:
    """Write the tree as an SVG, PNG or PDF file (by the ending of `path`)."""
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties, get_font_names

    drawing = Figure(figsize=(6, 6.4))
    axes = drawing.add_axes((0.02, 0.02, 0.96, 0.9))
    ends = np.stack(
        [np.stack([places.x, places.y], 1)[tree.parent[1:]], np.stack([places.x, places.y], 1)[1:]], 1
    )
    axes.add_collection(LineCollection(list(ends), colors=LIGHT["grey"], linewidths=0.3, alpha=0.4))
    size = (dot_radius(places) * 2 * 6 * 72 / SIDE) ** 2
    labels = dict(legend(tree))
    for colour, nodes in coloured_nodes(tree):
        axes.scatter(places.x[nodes], places.y[nodes], s=size, c=LIGHT[colour], linewidths=0, zorder=2,
                     label=labels[colour])  # fmt: skip
    axes.scatter([places.x[0]], [places.y[0]], s=max(40.0, 2 * size), c=LIGHT["text"], zorder=3)
    axes.set(xlim=(-1.03, 1.03), ylim=(-1.03, 1.03), aspect="equal")
    axes.set_axis_off()
    there = set(get_font_names())
    font = FontProperties(family=[name for name in FONTS if name in there], size=8)
    drawing.legend(loc="upper center", ncols=6, frameon=False, prop=font, handletextpad=0.1, columnspacing=1)
    drawing.savefig(path, dpi=200)


def legend(tree: Tree) -> list[tuple[str, str]]:
    """(colour, label) of the times that occur, early first."""
    labels = {colour: label for _, label, colour in WAITS}
    return [(colour, labels.get(colour, "time unknown")) for colour, _ in coloured_nodes(tree)]


def dot_radius(places: Layout) -> float:
    """Radius of a node in pixels."""
    return float(np.clip(0.42 * places.spacing * SIDE / 2, 1.1, 9.0))


def coloured_nodes(tree: Tree) -> Iterator[tuple[str, Column]]:
    """Colour by time since the original -> nodes of that colour, the original left out."""
    reposts = np.arange(1, len(tree.parent))
    delay = tree.delay_s[1:]
    lower = -np.inf
    for upper, _, colour in WAITS:
        chosen = reposts[(delay > lower) & (delay <= upper)]
        if len(chosen):
            yield colour, chosen
        lower = upper
    unknown = reposts[np.isnan(delay)]
    if len(unknown):
        yield "grey", unknown


def _width(tree: Tree) -> int:
    """A few nodes need no large picture."""
    return SIDE if len(tree.parent) > 60 else 460 if len(tree.parent) > 10 else 320


def _pixels(places: Layout) -> tuple[list[float], list[float]]:
    half = SIDE / 2 - RIM
    return (SIDE / 2 + places.x * half).tolist(), (SIDE / 2 - places.y * half).tolist()


def _rings(places: Layout) -> Iterator[str]:
    half = SIDE / 2 - RIM
    x, y = _pixels(places)
    for radius in places.rings[1:]:
        yield f'<circle class="ring" cx="{x[0]:.1f}" cy="{y[0]:.1f}" r="{radius * half:.1f}"/>'
