"""The largest cascade, drawn."""

import numpy as np

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.section import Block, Picture, Section, Tile, Tiles
from flashcrowd.report.sections import tree_drawing
from flashcrowd.report.sections.tree_layout import Tree, layout, tree_of

TITLE = "The largest cascade"


def section(seen: Evidence) -> Section:
    """The tree and its figures; a sentence where nothing was reposted."""
    drawn = largest(seen)
    if drawn is None:
        return Section("largest-cascade", "Largest", TITLE, "Nothing to show: no post was reposted.")
    tree, cascade = drawn
    found = seen.found.spread
    blocks: list[Block] = [_picture(tree), Tiles(_tiles(seen, cascade), wide=False)]
    finding = (
        f"{_who(seen, cascade)} was reposted {quantity.plural(found.size[cascade] - 1, 'time')}, "
        f"{quantity.share(float(found.one_hop[cascade]))} of them straight from the original; "
        f"the longest chain has {quantity.plural(int(found.depth[cascade]), 'hop')}."
    )
    return Section("largest-cascade", "Largest", TITLE, finding, blocks)


def largest(seen: Evidence) -> tuple[Tree, int] | None:
    """The largest cascade as a tree to draw, and its number; None when nothing was reposted."""
    trees = seen.found.forest
    if trees.n_nodes == trees.n_cascades:
        return None
    cascade = int(np.argmax(trees.size))
    return tree_of(trees, cascade), cascade


def _who(seen: Evidence, cascade: int) -> str:
    trees = seen.found.forest
    member = int(trees.member[cascade])
    kind = "An AI image" if trees.ai[cascade] else "A post"
    if member < 0:
        return f"{kind} from before the run"
    ids = seen.run.members["member"]
    at = np.flatnonzero(ids == member)
    persona = f" ({seen.run.members['persona'][at[0]]})" if len(at) else ""
    return f"{kind} by member {member}{persona}"


def _tiles(seen: Evidence, cascade: int) -> list[Tile]:
    found = seen.found.spread
    return [
        Tile("size", quantity.count(float(found.size[cascade])), "original and reposts"),
        Tile(
            "structural virality",
            quantity.number(float(found.virality[cascade])),
            "mean hops between two members",
        ),
        Tile("depth", quantity.count(float(found.depth[cascade])), "hops"),
        Tile("max breadth", quantity.count(float(found.breadth[cascade])), "in one generation"),
        Tile("half-life", quantity.duration(float(found.half_life_s[cascade])), "scenario time to half"),
        Tile("communities", quantity.count(float(found.communities[cascade])), "of the reposters"),
    ]


def _picture(tree: Tree) -> Picture:
    counts = [quantity.count(int(n)) for n in np.bincount(tree.depth)[1:]]
    shown = ", ".join(counts[:6]) + (" …" if len(counts) > 6 else "")
    alt = (
        "The large dot is the original; each ring around it is a generation of reposts, coloured by the time "
        f"since the original. Reposts by generation: {shown}."
    )
    if tree.left_out:
        alt += f" {quantity.plural(tree.left_out, 'end of a branch', 'ends of branches')} left out."
    drawing = tree_drawing.svg(tree, layout(tree))
    legend = tree_drawing.legend(tree)
    return Picture("largest-cascade-tree", "Who passed it on to whom", drawing, alt, legend)
