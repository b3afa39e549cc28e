"""How large cascades grew, and how fast: distributions, with what is published behind them."""

import numpy as np

from flashcrowd.core.clock import DAY, HOUR
from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.forest import Forest
from flashcrowd.report.metrics.virality import BIG, Spread, size_ccdf
from flashcrowd.report.realism.published import DELAY_CDF, delay_cdf
from flashcrowd.report.run import Column
from flashcrowd.report.section import Block, Chart, Section, Table
from flashcrowd.report.sections import chart, published_band
from flashcrowd.report.sections.axis import Axis
from flashcrowd.report.sections.run_names import run_names

STEPS = (1, 2, 5, 10, 50, 100, 500, 1000, 5000, 10_000)
Group = tuple[str, str, str, Column]
"""A curve: its field, label and colour, and the sizes of its cascades."""

LEAST_DELAYS = 30
"""Delays without which their distribution is not drawn."""


def section(seen: Evidence) -> Section:
    """Sizes of cascades; a sentence where nobody posted, or nobody reposted."""
    trees, found = seen.found.forest, seen.found.spread
    title = "Cascade sizes and delays"
    if not trees.n_cascades:
        return Section("cascades", "Cascades", title, "Nothing to show: nobody posted in this run.")
    if trees.n_nodes == trees.n_cascades:
        posted = quantity.plural(trees.n_recorded, "post")
        return Section("cascades", "Cascades", title, f"Nothing spread: {posted}, not one repost.")
    blocks: list[Block] = [_ccdf(found, _groups(seen))]
    delays = parent_delays(trees)
    if len(delays) >= LEAST_DELAYS:
        blocks.append(_delays(delays))
    blocks.append(_counts(trees, found))
    return Section("cascades", "Cascades", title, _finding(trees, found, seen.run.live), blocks)


def parent_delays(trees: Forest) -> Column:
    """Seconds from each repost's parent to it, where both are in the record; ascending, float64."""
    reposts = np.arange(trees.n_cascades, trees.n_nodes)
    delays = trees.t[reposts] - trees.t[trees.parent[reposts]]
    return np.sort(delays[np.isfinite(delays) & (delays > 0)])


def _finding(trees: Forest, found: Spread, live: bool) -> str:
    own = found.size[found.recorded]
    text = f"The largest cascade has {quantity.plural(int(found.size.max()) - 1, 'repost')}."
    if len(own):
        unshared = float((own == 1).mean())
        low, high = published_band.UNSHARED
        inside = "inside" if low <= unshared <= high else "outside"
        share = quantity.share(unshared)
        text = f"{share} of the posts were never reposted, {inside} the published 90 to 98 %. {text}"
        if live:
            text += (
                " A live run is short: its cascades are cut off, and published figures are for whole ones."
            )
    older = trees.n_cascades - trees.n_recorded
    if older:
        text += (
            f" {quantity.count(older)} more cascades began before this run; their originals are not in the "
            "record."
        )
    return text


def _ccdf(found: Spread, groups: list[Group]) -> Chart:
    rows: list[chart.Row] = []
    shown = []
    for field, label, colour, own in groups:
        sizes, shares = size_ccdf(own)
        rows += [{"x": chart.plain(x), field: chart.plain(y)} for x, y in zip(sizes, shares, strict=True)]
        shown.append(chart.Series(field, label, colour))
    least = min(float(value) for row in rows for key, value in row.items() if key != "x")
    most = max(*(float(own.max()) * 1.1 for *_, own in groups), 10.0)
    across = Axis("number", "size: the original and its reposts", log=True, least=1, most=most)
    upward = Axis("share", log=True, least=least * 0.8, most=1)
    band = [row for row in published_band.size_band(most) if row["x"] <= most and row["high"] >= least * 0.8]
    for row in band:
        row["low"] = max(row["low"], chart.plain(least * 0.8))
    spec = chart.lines(rows, across, upward, shown, points=True, joined=True)
    spec = published_band.behind(spec, band, across, upward)
    reach = [f"{quantity.share(float((found.size >= size).mean()))} reach {size}" for size in (10, BIG)]
    alt = (
        f"Both axes are logarithmic: {reach[0]} and {reach[1]} members. Grey is what is published for "
        "whole networks: "
        f"{published_band.SOURCE}."
    )
    return Chart("cascade-ccdf", "Share of cascades of at least this size", spec, alt)


def _groups(seen: Evidence) -> list[Group]:
    """Each kind of content that there is, and all of the run beside."""
    size, ai = seen.found.spread.size, seen.found.forest.ai
    groups = [("ai", "AI image", "@purple", size[ai]), ("other", "without AI image", "@blue", size[~ai])]
    if seen.beside is not None and seen.beside.forest.n_cascades:
        name = run_names(seen.found, seen.beside)[1]
        groups.append(("beside", f"{name}, all", "@green", seen.beside.spread.size))
    return [group for group in groups if len(group[3])]


def _delays(delays: Column) -> Chart:
    levels = np.linspace(0, 1, min(160, len(delays)))
    longest = float(delays[-1])
    x = np.geomspace(max(float(delays[0]), 1.0), longest, 80)
    cut = float(delay_cdf(np.array([longest]))[0])
    rows = chart.rows_of(x=np.quantile(delays, levels), found=levels)
    rows += chart.rows_of(x=x, published=delay_cdf(x) / cut)
    shown = (
        chart.Series("found", "this run", "@blue"),
        chart.Series("published", "published", "@grey", dashed=True),
    )
    across = Axis("s", "scenario time from what was seen to its repost", log=True,
                  least=float(x[0]), most=max(longest, float(x[0]) * 10))  # fmt: skip
    spec = chart.lines(rows, across, Axis("share", least=0, most=1), shown, joined=True)
    within = [f"{quantity.share(float((delays <= limit).mean()))} within {name}"
              for limit, name in ((HOUR, "an hour"), (DAY, "a day"))]  # fmt: skip
    alt = (
        f"{within[0]} (published {quantity.share(DELAY_CDF[HOUR])}), {within[1]} (published "
        f"{quantity.share(DELAY_CDF[DAY])}). Published: log-normal fit to 997 real cascades, cut "
        "where this run ends."
    )
    return Chart("cascade-delays", "Share of reposts that came within this time", spec, alt)


def _counts(trees: Forest, found: Spread) -> Table:
    rows = []
    for step in STEPS:
        reached = int((found.size >= step).sum())
        if reached:
            rows.append([f"{step:,} or more", f"{reached:,}", quantity.share(reached / trees.n_cascades)])
    return Table(
        "Cascades by size", ("size", "cascades", "share"), rows, "Size counts the original and its reposts."
    )
