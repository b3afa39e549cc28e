"""How large cascades grew: the distribution of their sizes."""

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.forest import Forest
from flashcrowd.report.metrics.virality import BIG, Spread, size_ccdf
from flashcrowd.report.run import Column
from flashcrowd.report.section import Chart, Section, Table
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis

STEPS = (1, 2, 5, 10, 50, 100, 500, 1000)


def section(seen: Evidence) -> Section:
    """Sizes of cascades; a sentence where nobody posted, or nobody reposted."""
    trees, found = seen.found.forest, seen.found.spread
    title = "Cascade sizes"
    if not trees.n_cascades:
        return Section("cascades", "Cascades", title, "Nothing to show: nobody posted in this run.")
    if trees.n_nodes == trees.n_cascades:
        posted = quantity.plural(trees.n_recorded, "post")
        return Section("cascades", "Cascades", title, f"Nothing spread: {posted}, not one repost.")
    return Section(
        "cascades", "Cascades", title, _finding(trees, found), [_ccdf(found, trees.ai), _counts(trees, found)]
    )


def _finding(trees: Forest, found: Spread) -> str:
    own = found.size[found.recorded]
    text = f"The largest cascade has {quantity.plural(int(found.size.max()) - 1, 'repost')}."
    if len(own):
        text = f"{quantity.share(float((own == 1).mean()))} of the posts were never reposted. {text}"
    older = trees.n_cascades - trees.n_recorded
    if older:
        text += (
            f" {quantity.count(older)} more cascades began before this run; their originals are not in the "
            "record."
        )
    return text


def _ccdf(found: Spread, ai: Column) -> Chart:
    rows: list[chart.Row] = []
    shown = []
    for field, label, colour, chosen in _groups(ai):
        sizes, shares = size_ccdf(found.size[chosen])
        rows += [{"x": chart.plain(x), field: chart.plain(y)} for x, y in zip(sizes, shares, strict=True)]
        shown.append(chart.Series(field, label, colour))
    least, most = (
        float(min(min(v for k, v in row.items() if k != "x") for row in rows)),
        float(found.size.max()),
    )
    across = Axis("number", "size: the original and its reposts", log=True, least=1, most=max(most * 1.1, 10))
    spec = chart.lines(
        rows,
        across,
        Axis("share", log=True, least=least * 0.8, most=1),
        shown,
        points=True,
        joined=True,
    )
    reach = [f"{quantity.share(float((found.size >= size).mean()))} reach {size}" for size in (10, BIG)]
    alt = f"Both axes are logarithmic: {reach[0]} and {reach[1]} members."
    return Chart("cascade-ccdf", "Share of cascades of at least this size", spec, alt)


def _groups(ai: Column) -> list[tuple[str, str, str, Column]]:
    """Field, label, colour and mask of each kind of content that there is."""
    groups = (("ai", "AI image", "@purple", ai), ("other", "without AI image", "@blue", ~ai))
    return [group for group in groups if group[3].any()]


def _counts(trees: Forest, found: Spread) -> Table:
    rows = []
    for step in STEPS:
        reached = int((found.size >= step).sum())
        if reached:
            rows.append([f"{step:,} or more", f"{reached:,}", quantity.share(reached / trees.n_cascades)])
    return Table(
        "Cascades by size", ("size", "cascades", "share"), rows, "Size counts the original and its reposts."
    )
