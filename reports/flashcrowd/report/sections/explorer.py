"""The cascade explorer: pick one; see it grow, where it went, what it asked for, at what price."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from flashcrowd.report import quantity
from flashcrowd.report.analysis import Analysis
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.footprint import Footprint, footprints
from flashcrowd.report.metrics.quantiles import quantile
from flashcrowd.report.metrics.reach import communities, growth, notable
from flashcrowd.report.section import Block, Chart, Drawn, Explorer, Section
from flashcrowd.report.sections import chart, tree_drawing
from flashcrowd.report.sections.axis import Axis
from flashcrowd.report.sections.run_names import run_names
from flashcrowd.report.sections.time_axis import TimeAxis, time_axis
from flashcrowd.report.sections.tree_layout import layout, tree_of

TITLE: Final = "Cascade explorer"
LARGEST: Final = 8
MOST_VIRAL: Final = 2
BESIDE: Final = 5
MOST_NODES: Final = 1500
"""Members of a cascade that are drawn; of larger ones, ends of branches are left out evenly."""

PEAK_BINS: Final = 150
"""The busiest moment of a cascade is one of so many equal parts of the run."""


@dataclass(frozen=True)
class Picked:
    """One cascade in the list: of which run, its number there, its footprint."""

    found: Analysis
    cascade: int
    footprint: Footprint
    of: str

    @property
    def size(self) -> int:
        """Members of the cascade."""
        return int(self.found.forest.size[self.cascade])


def section(seen: Evidence) -> Section:
    """The explorer; a sentence where nothing was reposted."""
    chosen = picked(seen)
    if not chosen:
        return Section("explorer", "Explorer", TITLE, "Nothing to show: no post was reposted.")
    drawn = [_drawn(one) for one in chosen]
    alt = (
        "The dark dot is the original; each ring around it is a generation of reposts, coloured by "
        "the time since "
        f"the original. {drawn[0].name}: {drawn[0].finding}"
    )
    legend = [(colour, label) for _, label, colour in tree_drawing.WAITS]
    blocks: list[Block] = [Explorer("cascade-tree", "Who passed it on to whom", alt, drawn, legend)]
    blocks += [_growth(chosen), *_where(chosen), _asked(chosen)]
    return Section("explorer", "Explorer", TITLE, f"{drawn[0].name}. {drawn[0].finding}", blocks)


def picked(seen: Evidence) -> list[Picked]:
    """The notable cascades of the run, then the largest of the run beside it."""
    chosen = _of(seen.found, LARGEST, MOST_VIRAL, "")
    if seen.beside is not None:
        chosen += _of(seen.beside, BESIDE, 0, run_names(seen.found, seen.beside)[1])
    return chosen


def _of(found: Analysis, largest: int, most_viral: int, name: str) -> list[Picked]:
    trees = found.forest
    numbers = notable(trees, found.spread, largest, most_viral) if trees.n_cascades else []
    marks = footprints(found.run.actions, [int(trees.post[cascade]) for cascade in numbers])
    return [Picked(found, cascade, mark, name) for cascade, mark in zip(numbers, marks, strict=True)]


def _drawn(one: Picked) -> Drawn:
    tree = tree_of(one.found.forest, one.cascade, MOST_NODES)
    places = layout(tree)
    who = _who(one)
    prefix = f"{one.of}: " if one.of else ""
    name = f"{prefix}{who}, {quantity.count(one.size)} members"
    return Drawn(name, _finding(one, tree.left_out), _facts(one), tree_drawing.svg(tree, places),
                 tree_drawing.nodes(tree, places))  # fmt: skip


def _who(one: Picked) -> str:
    trees, run = one.found.forest, one.found.run
    member = int(trees.member[one.cascade])
    kind = "AI image" if trees.ai[one.cascade] else "Post"
    if member < 0:
        return f"{kind} from before the run"
    at = np.flatnonzero(run.members["member"] == member)
    persona = f" ({run.members['persona'][at[0]]})" if len(at) else ""
    return f"{kind} by member {member}{persona}"


def _finding(one: Picked, left_out: int) -> str:
    found = one.found.spread
    text = (
        f"Reposted {quantity.plural(one.size - 1, 'time')}, "
        f"{quantity.share(float(found.one_hop[one.cascade]))} of "
        f"them straight from the original; the longest chain has "
        f"{quantity.plural(int(found.depth[one.cascade]), 'hop')}."
    )
    if left_out:
        text += (
            f" {quantity.plural(left_out, 'end of a branch', 'ends of branches')} left out of the picture."
        )
    return text


def _facts(one: Picked) -> list[tuple[str, str]]:
    found, n = one.found.spread, one.cascade
    facts = [
        ("structural virality", quantity.number(float(found.virality[n]))),
        ("hops, longest chain", quantity.count(float(found.depth[n]))),
        ("largest generation", quantity.count(float(found.breadth[n]))),
        ("half of it after", quantity.duration(float(found.half_life_s[n]))),
        ("communities", quantity.count(float(found.communities[n]))),
        ("actions on it", quantity.count(one.footprint.total)),
    ]
    return facts + _price(one) if one.found.run.live else facts


def _price(one: Picked) -> list[tuple[str, str]]:
    """What it asked of a live platform, and what all members waited while it was at its busiest."""
    sent = one.found.all_traffic
    share = one.footprint.requests / len(sent) if len(sent) else float("nan")
    facts = [("requests it caused", f"{quantity.count(one.footprint.requests)} ({quantity.share(share)})")]
    axis = time_axis(one.found.run)
    at_s = axis.clock(one.footprint.t)
    at_s = at_s[(at_s >= 0) & (at_s <= axis.end_s)]
    if not len(at_s) or not len(sent):
        return facts
    width = max(axis.end_s / PEAK_BINS, 1.0)
    bins = np.bincount((at_s / width).astype(np.int64))
    begin = int(bins.argmax()) * width
    there = sent.sent & (sent.intended_s >= begin) & (sent.intended_s < begin + width)
    p95 = quantile(sent.response_ms[there], 0.95)
    whole = quantile(sent.response_ms[sent.sent], 0.95)
    return [
        *facts,
        ("busiest", f"{quantity.rate(float(bins.max()) / width)}, {axis.told(begin)}"),
        ("response p95 then", f"{quantity.milliseconds(p95)} (run: {quantity.milliseconds(whole)})"),
    ]


def of_picked(spec: dict[str, Any]) -> dict[str, Any]:
    """A chart whose rows have `c`, the number of a cascade, as one that shows the picked cascade only."""
    params = [*spec.get("params", []), {"name": "picked", "value": 0}]
    return spec | {"params": params, "transform": [{"filter": "datum.c === picked"}]}


def _growth(chosen: list[Picked]) -> Chart:
    rows: list[chart.Row] = []
    for number, one in enumerate(chosen):
        grown = growth(one.found.forest, one.cascade)
        delay_s = np.maximum(grown.delay_s, 1.0)
        rows += chart.rows_of(c=[number] * len(delay_s), x=delay_s, reposts=grown.reposts)
    shown = (chart.Series("reposts", "reposts", "@red"),)
    across = Axis("s", "scenario time since the original", log=True, least=1)
    spec = of_picked(chart.lines(rows, across, Axis("count", least=0), shown, steps=True, height=180))
    first = chosen[0]
    half = quantity.duration(float(first.found.spread.half_life_s[first.cascade]))
    alt = f"Reposts of the picked cascade so far; of the first in the list, half had come after {half}."
    return Chart("cascade-growth", "How it grew", spec, alt, wide=True)


def _where(chosen: list[Picked]) -> list[Chart]:
    rows: list[chart.Row] = []
    for number, one in enumerate(chosen):
        found = communities(one.found.forest, one.cascade, one.found.run.members)
        if found is None:
            continue
        named = [(f"community {name}", count) for name, count in zip(found.names, found.counts, strict=True)]
        total = sum(found.counts) + found.rest
        named += [("all others", found.rest)] if found.rest else []
        rows += [_bar(number, name, count, total) for name, count in named]
    if not rows:
        return []
    first = next(row for row in rows)
    alt = (
        "Members of the picked cascade by community; of the first in the list, "
        f"{first['text'].split(' (')[1][:-1]} "
        f"belong to {first['name']}."
    )
    return [Chart("cascade-communities", "Where it went", _picked_bars(rows, "@green"), alt)]


def _asked(chosen: list[Picked]) -> Chart:
    rows = [
        _bar(number, name, count, one.footprint.total)
        for number, one in enumerate(chosen)
        for name, count in list(one.footprint.counts.items())[:7]
    ]
    first = chosen[0].footprint
    alt = (
        f"Everything members did to the picked cascade and its reposts; to the first in the list, "
        f"{quantity.plural(first.total, 'action')}. Live, each is a request."
    )
    return Chart("cascade-footprint", "What it made members do", _picked_bars(rows, "@blue"), alt)


def _bar(number: int, name: str, count: int, total: int) -> chart.Row:
    share = count / total
    return {"c": number, "name": name, "x": chart.plain(share), "n": count,
            "text": f"{quantity.count(count)} ({quantity.share(share)})"}  # fmt: skip


def _picked_bars(rows: list[chart.Row], colour: str) -> dict[str, Any]:
    across = Axis("share", least=0, most=1.4, ticks=(0, 0.25, 0.5, 0.75, 1))
    most = max(sum(row["c"] == number for row in rows) for number in {row["c"] for row in rows})
    return of_picked(chart.bars(rows, across, colour, row_height=24, lines=most))


def footprint_rows(chosen: list[Picked], axis: TimeAxis, width_s: float, run: Analysis) -> list[chart.Row]:
    """Actions on each picked cascade of one run per second of its clock: rows of `c`, `x` and `actions`."""
    n_bins = int(np.ceil(axis.end_s / width_s)) + 1
    rows: list[chart.Row] = []
    for number, one in enumerate(chosen):
        if one.found is not run:
            continue
        at_s = axis.clock(one.footprint.t)
        inside = at_s[(at_s >= 0) & (at_s < n_bins * width_s)]
        counts = np.bincount((inside / width_s).astype(np.int64), minlength=n_bins)
        kept = np.flatnonzero(counts | np.roll(counts, 1) | np.roll(counts, -1))
        rows += chart.rows_of(
            c=[number] * len(kept), x=axis.of_run(kept * width_s), actions=counts[kept] / width_s
        )
    return rows
