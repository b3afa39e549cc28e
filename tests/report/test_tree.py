"""The drawing of a cascade: every node has its place, from five nodes to thousands."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import made_runs
import numpy as np
import pytest

from flashcrowd.report.metrics.forest import forest
from flashcrowd.report.sections import tree_drawing
from flashcrowd.report.sections.tree_layout import Tree, layout, tree_of


def grown(n: int, hub: float, seed: int = 1) -> Tree:
    """A tree of n + 1 nodes whose reposts come from the original with probability `hub`."""
    random = np.random.default_rng(seed)
    parents = [0 if random.random() < hub else int(random.integers(0, k + 1)) for k in range(n)]
    times = np.concatenate([[0.0], np.cumsum(random.exponential(60, n))])
    return tree_of(forest(made_runs.tree_rows(parents, times.tolist())), 0)


@pytest.mark.parametrize(("n", "hub"), [(1, 1), (4, 0.5), (60, 0.5), (2000, 0.95), (5000, 0.7), (3000, 0.0)])
def test_layout_keeps_nodes_apart_and_fills_the_square(n: int, hub: float):
    """Proves the extent, that rings are by generation, and that hardly any two dots coincide."""
    tree = grown(n, hub)
    places = layout(tree)
    assert max(np.abs(places.x).max(), np.abs(places.y).max()) == pytest.approx(1)
    radius = np.hypot(places.x - places.x[0], places.y - places.y[0])
    assert (radius <= places.rings[tree.depth] + 1e-9).all()
    assert (radius[1:] >= places.rings[tree.depth[1:] - 1] - 1e-9).all()
    grid = np.unique(np.round(np.stack([places.x, places.y]) / (0.2 * places.spacing)), axis=1)
    assert grid.shape[1] >= 0.97 * (n + 1)


def test_layout_of_an_original_alone_is_the_middle():
    """Proves the smallest tree."""
    places = layout(grown(0, 1))
    assert (places.x.tolist(), places.y.tolist()) == ([0], [0])


def test_tree_above_the_limit_loses_leaves_only_and_says_how_many():
    """Proves the reduction: every branch stays connected."""
    parents = [0] * 50 + [1] * 50
    tree = tree_of(forest(made_runs.tree_rows(parents)), 0, most_nodes=40)
    assert len(tree.parent) == 40
    assert tree.left_out == 61
    assert (tree.parent[1:] >= 0).all()
    assert (tree.parent[1:] < np.arange(1, 40)).all()


def test_svg_holds_a_dot_for_every_repost_and_stays_small():
    """Proves well-formed SVG of at most 50 bytes a node, so that a page with 6,000 stays small."""
    tree = grown(5000, 0.8)
    text = tree_drawing.svg(tree, layout(tree))
    root = ElementTree.fromstring(text)
    dots = [path.attrib["d"] for path in root.iter("path") if path.attrib["class"].startswith("dots")]
    assert sum(d.count("h0") for d in dots) == 5000
    assert len(text) < 50 * 5000


def test_colours_follow_the_time_since_the_original():
    """Proves the classes of time, and that an unknown time has its own."""
    tree = Tree(np.array([-1, 0, 0, 0]), np.array([0, 1, 1, 1]), np.array([0, 60, 7200, np.nan]))
    assert {colour: nodes.tolist() for colour, nodes in tree_drawing.coloured_nodes(tree)} == {
        "red": [1],
        "green": [2],
        "grey": [3],
    }


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_figure_is_written_in_every_format(tmp_path: Path, kind: str):
    """Proves the drawing for papers by the first bytes of each file."""
    tree = grown(40, 0.6)
    path = tmp_path / f"tree.{kind}"
    tree_drawing.figure(tree, layout(tree), path)
    assert path.read_bytes()[:5] in (b"<?xml", b"\x89PNG\r", b"%PDF-")
