"""How long members waited: over time, by action, response beside service."""

from collections.abc import Sequence
from typing import Final

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.latency import ActionLatency
from flashcrowd.report.metrics.quantiles import Quantiles, enough
from flashcrowd.report.section import Block, Cell, Chart, Section, Table
from flashcrowd.report.sections import chart, latency_shape
from flashcrowd.report.sections.axis import Axis

LEVELS: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "p999": 0.999}


def section(seen: Evidence) -> Section:
    """Latency of a live run; a sentence where nothing was sent."""
    rows = seen.found.latency
    if not rows:
        why = (
            "no request was sent in the measured window"
            if seen.run.live
            else "an offline run sends no requests"
        )
        return Section("latency", "Latency", "Latency", f"Nothing to show: {why}.")
    blocks: list[Block] = [*latency_shape.blocks(seen), _by_action(rows), _table(rows)]
    return Section("latency", "Latency", "Latency", _finding(rows), blocks)


def _finding(rows: Sequence[ActionLatency]) -> str:
    everything, single = rows[0], rows[1:]
    slowest = max(single, key=lambda row: row.response.p95)
    text = (
        f"Half of all requests were answered within {_ms(everything.response.p50)} of when they were due, "
        f"99 % within {_ms(everything.response.p99)}."
    )
    if len(single) > 1:
        text += f" Slowest was {slowest.action}: 95 % within {_ms(slowest.response.p95)}."
    waited = everything.response.p99 - everything.service.p99
    if waited > 0.2 * everything.service.p99:
        text += f" Waiting to be sent added {_ms(waited)} to the 99 % quantile."
    return text


def _by_action(rows: Sequence[ActionLatency]) -> Chart:
    ordered = sorted(rows, key=lambda row: -row.response.p95)
    data = [
        {
            "name": row.action,
            "low": chart.plain(row.response.p50),
            "x": chart.plain(row.response.p95),
            "high": chart.plain(row.response.p99),
            "text": f"{_ms(row.response.p50)} / {_ms(row.response.p95)} / {_ms(row.response.p99)}",
        }
        for row in ordered
    ]
    least, most = min(row.response.p50 for row in rows), max(row.response.p99 for row in rows)
    across = Axis("ms", "p50 to p99, dot at p95", log=True, least=0.8 * least, most=1.2 * most)
    spec = chart.spans(data, across, row_height=26)
    slow, fast = ordered[0], ordered[-1]
    alt = (
        f"95 % of {slow.action} within {_ms(slow.response.p95)}, 95 % of {fast.action} within "
        f"{_ms(fast.response.p95)}."
    )
    return Chart("latency-by-action", "Response time by action", spec, alt, wide=True)


def _table(rows: Sequence[ActionLatency]) -> Table:
    cells: list[list[str | Cell]] = [
        [
            row.action,
            quantity.count(row.sent),
            Cell(quantity.share(row.error_share), "bad" if row.error_share > 0.01 else "plain"),
            *_quantile_cells(row.response),
            *_quantile_cells(row.service),
        ]
        for row in rows
    ]
    names = ("p50", "p95", "p99", "p99.9", "max")
    note = (
        "Response: from due to answered, what a member waited. Service: from sent to answered, what the "
        "platform "
        "took. Exact quantiles over everything sent in the measured window, failures and given-up waits "
        "included. "
        f"{quantity.MISSING} where there are too few requests to tell the quantile from the maximum."
    )
    groups = (("", 3), ("response time", len(names)), ("service time", len(names)))
    columns = ("action", "sent", "errors", *names, *names)
    return Table("Latency by action", columns, cells, note, wide=True, groups=groups)


def _quantile_cells(sample: Quantiles) -> list[str]:
    told = {name: getattr(sample, name) for name, level in LEVELS.items() if enough(sample.count, level)}
    return [*(_ms(told[name]) if name in told else quantity.MISSING for name in LEVELS), _ms(sample.max)]


def _ms(value_ms: float) -> str:
    return quantity.milliseconds(value_ms)
