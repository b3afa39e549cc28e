"""What latency did to the cascades: the run beside its control, with other answers to slowness."""

import math
from typing import Final

import numpy as np

from flashcrowd.core.events import OUTCOME_CODE
from flashcrowd.report import quantity
from flashcrowd.report.analysis import Analysis
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.section import Block, Chart, Section, Table
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis
from flashcrowd.report.sections.time_axis import time_axis

TITLE: Final = "What latency did to the cascades"
POINTS: Final = 120


def section(seen: Evidence) -> Section | None:
    """The comparison; None unless a control was laid beside the run."""
    other = seen.control
    if other is None:
        return None
    pair = (seen.found, other)
    if not all(len(found.all_traffic) and found.behaviour.total for found in pair):
        return Section(
            "feedback", "Feedback", TITLE, "Nothing to compare: one of the two runs recorded nothing."
        )
    names = _names(pair)
    spread = any(found.forest.n_nodes > found.forest.n_cascades for found in pair)
    blocks: list[Block] = [_spread(pair, names)] if spread else []
    return Section("feedback", "Feedback", TITLE, _finding(pair, names), [*blocks, _table(pair, names)])


def _names(pair: tuple[Analysis, Analysis]) -> tuple[str, str]:
    one, other = (sum(vars(found.run.scenario.feedback).values()) for found in pair)
    return ("feedback on", "feedback off") if one >= other else ("feedback off", "feedback on")


def _finding(pair: tuple[Analysis, Analysis], names: tuple[str, str]) -> str:
    reposts = [found.forest.n_nodes - found.forest.n_cascades for found in pair]
    sent = [found.accounting.sent for found in pair]
    return (
        f"With {names[0]} members sent {quantity.count(sent[0])} requests and made "
        f"{quantity.plural(reposts[0], 'repost')}; with {names[1]} {quantity.count(sent[1])} and "
        f"{quantity.count(reposts[1])}. The members and the schedule are the same; one run each is a "
        "picture, not proof."
    )


def _spread(pair: tuple[Analysis, Analysis], names: tuple[str, str]) -> Chart:
    rows: list[chart.Row] = []
    axis = time_axis(pair[0].run)
    for field, found in zip(("one", "other"), pair, strict=True):
        trees, clock = found.forest, time_axis(found.run)
        at_s = np.sort(clock.clock(trees.t[trees.n_cascades :]) - clock.zero_s)
        kept = np.unique(np.linspace(0, max(len(at_s) - 1, 0), min(POINTS, len(at_s))).astype(np.int64))
        rows += [{"x": chart.plain(at_s[n] / axis.unit_s), field: int(n) + 1} for n in kept]
    shown = (chart.Series("one", names[0], "@blue"), chart.Series("other", names[1], "@orange", dashed=True))
    spec = chart.lines(rows, axis.axis, Axis("count", least=0), shown, steps=True, joined=True, height=200)
    ends = [quantity.count(found.forest.n_nodes - found.forest.n_cascades) for found in pair]
    alt = f"All reposts so far, along the same clock: {ends[0]} with {names[0]}, {ends[1]} with {names[1]}."
    return Chart("feedback-spread", "Reposts so far", spec, alt, wide=True)


def _table(pair: tuple[Analysis, Analysis], names: tuple[str, str]) -> Table:
    columns = [_column(found) for found in pair]
    rows = [
        [
            name,
            writer(columns[0][name][0]),
            writer(columns[1][name][0]),
            _change(columns[0][name][0], columns[1][name][0]),
        ]
        for name, (_, writer) in columns[0].items()
    ]
    note = f"The last column is {names[0]} against {names[1]}."
    return Table("Side by side", ("", *names, "difference"), rows, note, wide=True)


def _column(found: Analysis) -> dict[str, tuple[float, "quantity.Writer"]]:
    attempts = found.run.requests["attempt"]
    outcomes = np.bincount(found.run.requests["outcome"], minlength=len(OUTCOME_CODE))
    trees, load = found.forest, found.accounting
    response = found.latency[0].response if found.latency else None
    return {
        "requests sent": (float(load.sent), quantity.count),
        "response p95": (response.p95 if response else math.nan, quantity.milliseconds),
        "errors": (load.error_share, quantity.share),
        "waits given up": (float(outcomes[OUTCOME_CODE["abandoned"]]), quantity.count),
        "retries": (float((attempts > 1).sum()), quantity.count),
        "posts": (float(found.images.posts), quantity.count),
        "AI images posted": (float(found.images.posted), quantity.count),
        "reposts": (float(trees.n_nodes - trees.n_cascades), quantity.count),
        "largest cascade": (float(trees.size.max()) if trees.n_cascades else math.nan, quantity.count),
    }


def _change(one: float, other: float) -> str:
    if not (math.isfinite(one) and math.isfinite(other)) or not other:
        return quantity.MISSING
    return f"{'+' if one >= other else '−'}{quantity.share(abs(one / other - 1))}"
