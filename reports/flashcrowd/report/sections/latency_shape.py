"""The shape of waiting: all response times at each moment, and the tail to one in ten thousand."""

from typing import Final

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.tail import LEVELS, Tail, tail
from flashcrowd.report.section import Block, Chart, Table
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis
from flashcrowd.report.sections.time_axis import time_axis

NAMES: Final = {0.5: "50 %", 0.9: "90 %", 0.95: "95 %", 0.99: "99 %", 0.999: "99.9 %", 0.9999: "99.99 %"}


def blocks(seen: Evidence) -> list[Block]:
    """Heat map, quantile plot and its table, for a run that sent something in its measured window."""
    sent = seen.found.measured.where(seen.found.measured.sent)
    response, service = tail(sent.response_ms), tail(sent.service_ms)
    drawn: list[Block] = [_heat(seen)]
    if len(response.level):
        drawn += [_tail(response, service), _table(response, service)]
    return drawn


def _heat(seen: Evidence) -> Chart:
    found, axis = seen.found.heat, time_axis(seen.run)
    rows = chart.rows_of(
        x=axis.of_run(found.start_s),
        x2=axis.of_run(found.start_s + found.width_s),
        y=found.low_ms,
        y2=found.low_ms * found.step,
        n=found.count,
    )
    spec = chart.heat(rows, axis.axis, Axis("ms", log=True), height=240)
    alt = (
        f"Every request sent, by when it was due and how long its member waited, in bins of "
        f"{quantity.duration(found.width_s)}. A band is a habit of the platform, a tower a stall; "
        "what a quantile "
        "hides is seen here."
    )
    return Chart("latency-heat", "Response times at each moment", spec, alt, wide=True)


def _tail(response: Tail, service: Tail) -> Chart:
    rows = [
        {"x": chart.plain(1 / (1 - level)), field: chart.plain(value)}
        for field, sample in (("response", response), ("service", service))
        for level, value in zip(sample.level, sample.value, strict=True)
    ]
    shown = (
        chart.Series("response", "response", "@blue"),
        chart.Series("service", "service", "@grey", dashed=True),
    )
    most = max(1 / (1 - float(response.level[-1])), 10.0)
    known = [level for level in (0.9, 0.99, 0.999, 0.9999) if response.beyond_at(level)]
    marked = [(1 / (1 - level), f"{response.beyond_at(level):,} slower") for level in known]
    across = Axis("tail", "share of requests answered within", log=True, least=2, most=1.6 * most)
    spec = chart.lines(
        rows, across, Axis("ms", log=True), shown, joined=True, marked=marked, height=240, labels_below=True
    )
    last = LEVELS[max(n for n, level in enumerate(LEVELS) if response.beyond_at(level) or n == 0)]
    alt = (
        f"Over {quantity.plural(response.count, 'request')} of the measured window; {NAMES[last]} "
        "were answered within "
        f"{quantity.milliseconds(response.at(last))}, which rests on {response.beyond_at(last):,} "
        "slower ones. The "
        "curve ends where fewer than two are left."
    )
    return Chart("latency-tail", "Quantiles to 99.99 %", spec, alt)


def _table(response: Tail, service: Tail) -> Table:
    rows = [
        [
            NAMES[level],
            quantity.milliseconds(response.at(level)),
            quantity.milliseconds(service.at(level)),
            f"{response.beyond_at(level):,}" if response.beyond_at(level) else quantity.MISSING,
        ]
        for level in LEVELS
    ]
    note = f"Of {response.count:,} requests sent in the window. A quantile with few slower requests is vague."
    return Table(
        "Quantiles and what they rest on", ("quantile", "response", "service", "slower requests"), rows, note
    )
