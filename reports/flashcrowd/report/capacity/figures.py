"""The charts of a capacity search."""

import math
from typing import Any, Final

import numpy as np

from flashcrowd.report.capacity.attainment import FAIL, OPEN, PASS
from flashcrowd.report.capacity.findings import Capacity
from flashcrowd.report.capacity.probe import Probe
from flashcrowd.report.section import Chart
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis, log_ticks
from flashcrowd.report.slo import Objective

CURVE_POINTS: Final = 60

VERDICTS: Final = (
    chart.Series(PASS, "kept", "@green", dots=True),
    chart.Series(FAIL, "not kept", "@red", dots=True),
    chart.Series(OPEN, "not clear", "@grey", dots=True),
)
LOAD: Final = Axis("count", "sessions/s", least=0)


def response(found: Capacity) -> Chart:
    """The latency that gave way, or that of all requests, over the load."""
    failed = found.first_to_fail
    weakest = None if failed is None else failed.worst
    objective = weakest.objective if weakest is not None and not math.isnan(weakest.reached_ms) else None
    rows: list[dict[str, Any]] = [
        {"x": one.load, "limit": objective and objective.limit, PASS: None, FAIL: None, OPEN: None}
        | {one.verdict: _latency(probe, objective)}
        for probe, one in zip(found.probes, found.weighed, strict=True)
    ]
    rows.sort(key=lambda row: float(row["x"]))
    used = tuple(series for series in VERDICTS if any(row[series.field] is not None for row in rows))
    limit = chart.Series("limit", "limit", "@orange", dashed=True)
    bounds = [found.bracket.holds, found.bracket.fails] if found.best else []
    shown = [float(value) for row in rows for name in (PASS, FAIL, OPEN, "limit") if (value := row[name])]
    ticks = log_ticks(min(shown), max(shown)) if shown else ()
    spec = chart.lines(
        rows, LOAD, Axis("ms", log=True, ticks=ticks), (*used, limit) if objective else used,
        marked=[(at, "") for at in bounds if math.isfinite(at)],
    )  # fmt: skip
    name = f"{objective.subject} {objective.statistic}" if objective else "p95 of all requests"
    words = "Each dot is a probe. Left of the first rule the platform holds, right of the second it does not."
    return Chart("capacity-response", f"Time over the load, {name}", spec, words)


def _latency(probe: Probe, objective: Objective | None) -> float | None:
    """What a probe's dot shows, ms."""
    values = [one.reached_ms for one in probe.objectives if one.objective == objective]
    value = values[0] if values else probe.response_ms
    return value if math.isfinite(value) else None


def served(found: Capacity) -> Chart:
    """Requests sent and answered over the load."""
    rows: list[dict[str, Any]] = [
        {"x": one.load, "answered": probe.answered_per_s, "offered": probe.requests_per_s}
        for probe, one in zip(found.probes, found.weighed, strict=True)
    ]
    rows.sort(key=lambda row: float(row["x"]))
    series = (
        chart.Series("answered", "answered", "@green", dots=True),
        chart.Series("offered", "sent", "@grey", dashed=True),
    )
    words = "Where dots leave the line, requests went unanswered or failed; where it bends, members wait."
    spec = chart.lines(rows, LOAD, Axis("count", least=0), series)
    return Chart("capacity-served", "Requests per second over the load", spec, words)


def curve(found: Capacity) -> Chart:
    """Measured points and the fitted law, dashed beyond what was tested."""
    fitted = found.law
    assert fitted is not None
    most = 1.5 * fitted.tested_to
    grid = np.linspace(most / CURVE_POINTS, most, CURVE_POINTS)
    rows: list[dict[str, Any]] = [
        {"x": float(n), "law": float(x) if n <= fitted.tested_to else None,
         "beyond": float(x) if n >= fitted.tested_to else None, "probes": None}
        for n, x in zip(grid, fitted.law.throughput(grid), strict=True)
    ]  # fmt: skip
    rows += [
        {"x": probe.concurrency, "law": None, "beyond": None, "probes": probe.answered_per_s}
        for probe in found.probes
    ]
    rows.sort(key=lambda row: float(row["x"]))
    series = (
        chart.Series("probes", "measured", "@orange", dots=True),
        chart.Series("law", "law", "@blue"),
        chart.Series("beyond", "extrapolated", "@grey", dashed=True),
    )
    spec = chart.lines(rows, Axis("count", "requests in flight"), Axis("count"), series, joined=True)
    words = "Each dot is a probe: requests answered a second, over those under way at a time."
    return Chart("capacity-law", "Throughput over concurrency", spec, words)
