"""Cascade and latency on one axis: what spreading did to the platform, moment by moment."""

from typing import Final

import numpy as np

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.section import Block, Chart, Prose, Section
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis
from flashcrowd.report.sections.explorer import footprint_rows, of_picked, picked
from flashcrowd.report.sections.time_axis import TimeAxis, time_axis

TITLE: Final = "Cascades and latency on one axis"
BUSY: Final = 0.9
"""The busiest tenth of the bins is held against the rest."""

CONTROL: Final = (
    "What latency did to the cascades is seen beside the same run with members who never slow down "
    "or give up: "
    "flashcrowd load SCENARIO --no-feedback --out runs/open, then flashcrowd report RUN --beside runs/open."
)


def section(seen: Evidence) -> Section | None:
    """Both on one axis; None for an offline run, a sentence where one of the two is missing."""
    if not seen.run.live:
        return None
    series, trees = seen.found.timeline, seen.found.forest
    if not len(series) or trees.n_nodes == trees.n_cascades:
        missing = "no request was recorded" if not len(series) else "nothing was reposted"
        return Section("together", "Together", TITLE, f"Nothing to show: {missing}.")
    axis = time_axis(seen.run)
    blocks: list[Block] = [*_cascade(seen, axis), _waiting(seen, axis)]
    if seen.control is None:
        blocks.append(Prose(CONTROL))
    return Section("together", "Together", TITLE, _finding(seen), blocks)


def _finding(seen: Evidence) -> str:
    series = seen.found.timeline
    p95 = series.response_ms["p95"]
    known = np.isfinite(p95)
    level = np.quantile(series.offered[known], BUSY)
    busy = known & (series.offered >= level)
    rest = known & ~busy
    if not rest.any():
        return "The load was even: no moment was busier than the rest."
    load = [quantity.rate(float(series.offered[part].mean() / series.width_s)) for part in (busy, rest)]
    waits = [quantity.milliseconds(float(np.median(p95[part]))) for part in (busy, rest)]
    return (
        f"In the busiest tenth of the time {load[0]} were due and the typical 95 % quantile was "
        f"{waits[0]}; in the "
        f"rest it was {load[1]} and {waits[1]}."
    )


def _cascade(seen: Evidence, axis: TimeAxis) -> list[Chart]:
    chosen = picked(seen)
    width = max(seen.found.timeline.width_s, axis.end_s / 240)
    rows = footprint_rows(chosen, axis, width, seen.found)
    if not rows:
        return []
    shown = (chart.Series("actions", "actions on it", "@red"),)
    spec = chart.lines(
        rows, axis.axis, Axis("count", least=0), shown, steps=True, marked=axis.plainly_marked, height=130
    )
    alt = (
        "Reposts, likes, replies and threads of the cascade that is picked in the explorer, by when "
        "they happened; "
        f"for the first of the list, {quantity.plural(chosen[0].footprint.total, 'action')} in all."
    )
    title = "The picked cascade: actions on it per second"
    return [Chart("together-cascade", title, of_picked(spec), alt, wide=True)]


def _waiting(seen: Evidence, axis: TimeAxis) -> Chart:
    series = seen.found.timeline
    rows = chart.rows_of(
        x=axis.of_run(series.start_s), p95=series.response_ms["p95"], p50=series.response_ms["p50"]
    )
    shown = (chart.Series("p95", "response p95", "@orange"), chart.Series("p50", "response p50", "@blue"))
    spec = chart.lines(rows, axis.axis, Axis("ms", log=True), shown, marked=axis.plainly_marked, height=150)
    known = series.response_ms["p95"][np.isfinite(series.response_ms["p95"])]
    worst = quantity.milliseconds(float(known.max()) if len(known) else float("nan"))
    alt = f"What all members waited at the same moments, any action; the worst 95 % quantile was {worst}."
    return Chart("together-latency", "What everybody waited meanwhile", spec, alt, wide=True)
