"""How cascades were built: broadcast from one hub, or passed from member to member?"""

from dataclasses import replace

import numpy as np

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.forest import Forest
from flashcrowd.report.metrics.quantiles import quantile
from flashcrowd.report.metrics.virality import BIG, SizeBucket, Spread, by_size, reproduction, secondary_r
from flashcrowd.report.realism.published import BUCKETS, STRUCTURAL_VIRALITY, levels
from flashcrowd.report.run import Column
from flashcrowd.report.section import Block, Chart, Section, Table, Tile, Tiles
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis
from flashcrowd.report.sections.run_names import run_names

TITLE = "How cascades spread"


def section(seen: Evidence) -> Section:
    """Structure of cascades by size; a sentence where none has three members."""
    trees, found = seen.found.forest, seen.found.spread
    buckets = by_size(found)
    if not buckets:
        return Section("virality", "Spread", TITLE, "Nothing to show: no cascade has three members or more.")
    blocks: list[Block] = [
        Tiles(_tiles(trees, found)),
        _by_size(buckets),
        _generations(trees),
        *_published_beside(seen, buckets),
        _table(buckets),
    ]
    return Section("virality", "Spread", TITLE, _finding(buckets), blocks)


def _finding(buckets: tuple[SizeBucket, ...]) -> str:
    last = buckets[-1]
    middle = last.virality[1]
    kind = (
        "almost a pure broadcast"
        if middle < 2.2
        else "mostly broadcast"
        if middle < 3
        else "passed on hop by hop"
    )
    return (
        f"Among the largest cascades (size {_range(last)}, {quantity.count(last.count)} of them) two "
        "members are "
        f"{quantity.number(middle)} hops apart on average: {kind}. A star of any size has just under 2."
    )


def _tiles(trees: Forest, found: Spread) -> list[Tile]:
    big, least = found.size >= BIG, BIG
    if not big.any():
        big, least = found.size >= 10, 10
    if not big.any():
        big, least = found.size >= 3, 3
    note = f"size {least} or more"
    half = _known(found.half_life_s[big])
    tiles = [
        Tile("one hop from the original", quantity.share(_mean(found.one_hop[big])), f"mean, {note}"),
        Tile("reposts caused by a repost", quantity.number(_mean(secondary_r(trees)[big])), f"mean, {note}"),
        Tile("half-life", quantity.duration(quantile(half, 0.5)), f"median, {note}"),
        Tile("nine tenths", quantity.duration(quantile(_known(found.t90_s[big]), 0.5)), f"median, {note}"),
        Tile("deepest", quantity.count(float(found.depth.max())), "generations"),
    ]
    reached = _known(found.communities[big])
    if len(reached):
        tiles.append(Tile("communities reached", quantity.number(quantile(reached, 0.5)), f"median, {note}"))
    return tiles


def _by_size(buckets: tuple[SizeBucket, ...]) -> Chart:
    rows = [
        {
            "name": f"{_range(bucket)} (n = {quantity.count(bucket.count)})",
            "low": chart.plain(bucket.virality[0]),
            "x": chart.plain(bucket.virality[1]),
            "high": chart.plain(bucket.virality[2]),
            "text": " / ".join(quantity.number(value) for value in bucket.virality),
        }
        for bucket in buckets
    ]
    published = [
        {"name": row["name"], "low": low, "high": high}
        for row, bucket in zip(rows, buckets, strict=True)
        for low, high in _published(bucket)
    ]
    most = max(4.0, 1.05 * max(bucket.virality[2] for bucket in buckets))
    across = Axis("number", "10 to 90 %, dot at the median", least=1, most=most)
    spec = chart.spans(rows, across, colour="@green", row_height=30, behind=published)
    alt = f"Median {quantity.number(buckets[-1].virality[1])} among the largest; a star has just under 2."
    if published:
        alt += " Grey is the same range of 997 real cascades of rumours and news on Twitter."
    return Chart("virality-by-size", "Structural virality by cascade size", spec, alt)


def _published_beside(seen: Evidence, buckets: tuple[SizeBucket, ...]) -> list[Chart]:
    """The same of the run beside this one, where only that has cascades of the sizes that are published."""
    if seen.beside is None or any(_published(bucket) for bucket in buckets):
        return []
    others = by_size(seen.beside.spread)
    if not any(_published(bucket) for bucket in others):
        return []
    name = run_names(seen.found, seen.beside)[1]
    return [
        replace(_by_size(others), key="virality-by-size-beside", title=f"Structural virality by size, {name}")
    ]


def _published(bucket: SizeBucket) -> list[tuple[float, float]]:
    """The published 10 and 90 % quantiles of a range of sizes; empty where nothing is published."""
    if BUCKETS.get(bucket.least) != bucket.below:
        return []
    quantiles = STRUCTURAL_VIRALITY[bucket.least]
    low, high = np.interp((0.1, 0.9), levels(quantiles), quantiles)
    return [(float(low), float(high))]


def _generations(trees: Forest) -> Chart:
    rates = reproduction(trees)[:8]
    counts = [len(nodes) for nodes in trees.generations]
    rows = [
        {
            "name": "originals" if g == 0 else f"generation {g}",
            "x": chart.plain(rate),
            "text": f"{quantity.number(rate)}  (n = {quantity.count(counts[g])})",
        }
        for g, rate in enumerate(rates)
    ]
    most = max(1.05, 1.4 * float(np.nanmax(rates)))
    across = Axis("number", "reposts for one member of the generation", least=0, most=most)
    spec = chart.bars(rows, across, colour="@sky", row_height=24)
    alt = f"An original gets {quantity.number(float(rates[0]))} reposts on average"
    if len(rates) > 1:
        alt += f", a repost straight from it {quantity.number(float(rates[1]))}"
    alt += "."
    return Chart("virality-generations", "Reproduction number by generation", spec, alt)


def _table(buckets: tuple[SizeBucket, ...]) -> Table:
    rows = [
        [
            _range(bucket),
            quantity.count(bucket.count),
            *(" / ".join(quantity.number(value) for value in values) for values in
              (bucket.virality, bucket.depth, bucket.breadth_share)),
        ]
        for bucket in buckets
    ]  # fmt: skip
    columns = ("size", "cascades", "structural virality", "depth", "max breadth / size")
    note = (
        "10 / 50 / 90 % quantiles. Structural virality: mean number of hops between two members of a "
        "cascade. "
        "Compare groups at matched size only."
    )
    return Table("Structure by size", columns, rows, note, wide=True)


def _range(bucket: SizeBucket) -> str:
    if not np.isfinite(bucket.below):
        return f"{bucket.least:,}+"
    return f"{bucket.least:,}–{int(bucket.below) - 1:,}"


def _known(values: Column) -> Column:
    return np.asarray(values[np.isfinite(values)])


def _mean(values: Column) -> float:
    known = _known(values)
    return float(known.mean()) if len(known) else float("nan")
