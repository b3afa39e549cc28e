"""The page of a capacity search: the answer, response and throughput over the load, every probe, the law."""

from typing import Any, Final

import numpy as np

from flashcrowd.report import quantity
from flashcrowd.report.capacity.attainment import PASS
from flashcrowd.report.capacity.findings import Capacity
from flashcrowd.report.capacity.probe import Probe
from flashcrowd.report.section import Block, Cell, Chart, Prose, Section, Table, Tile, Tiles
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis
from flashcrowd.report.verdict import Verdict

CURVE_POINTS: Final = 60


def verdict_of(found: Capacity) -> Verdict:
    """The answer in the form that every report has."""
    return Verdict(found.exit_code, found.word, found.sentence)


def sections(found: Capacity) -> list[Section]:
    """The sections, in order."""
    return [_summary(found), _probes(found), _law(found)]


def _summary(found: Capacity) -> Section:
    bounds = found.bracket
    tiles = [
        Tile("sessions/s", quantity.number(bounds.holds), f"fails at {quantity.number(bounds.fails)}"),
        Tile(
            "members", quantity.count(float(f"{found.members:.2g}")), "of this scenario, at its busiest hour"
        ),
        Tile("requests", quantity.rate(bounds.holds * sum(found.per_session.values())), "at that load"),
        Tile("probes", quantity.count(len(found.probes)), "that count"),
    ]
    return Section("summary", "Answer", "Answer", found.sentence, [Tiles(tiles), *_charts(found)])


def _charts(found: Capacity) -> list[Block]:
    ordered = sorted(found.probes, key=lambda probe: probe.probed.rate)
    rows: list[dict[str, Any]] = [
        {"x": probe.probed.rate, "p95": probe.response_ms, "answered": probe.answered_per_s,
         "offered": probe.requests_per_s}
        for probe in ordered
    ]  # fmt: skip
    load = Axis("count", "sessions/s offered")
    marked = [(found.bracket.holds, "holds")] if found.best else []
    response = chart.lines(
        rows, load, Axis("ms"), [chart.Series("p95", "p95", "@blue")], points=True, marked=marked
    )
    served = chart.lines(
        rows, load, Axis("count"),
        [chart.Series("offered", "sent", "@grey", dashed=True),
         chart.Series("answered", "answered", "@green")],
        points=True,
    )  # fmt: skip
    return [
        Chart("capacity-response", "Response time over the load, p95", response, found.sentence),
        Chart("capacity-served", "Requests per second over the load", served, "Requests sent, and answered."),
    ]


def _probes(found: Capacity) -> Section:
    rows = [_row(probe) for probe in found.probes]
    columns = (
        "sessions/s",
        "requests/s",
        "in flight",
        "response p95",
        "window",
        "weakest objective",
        "verdict",
    )
    note = "In the order in which they were made. Invalid probes were made again and are not here."
    table = Table("Probes", columns, rows, note, text_columns=(5, 6), wide=True)
    return Section("probes", "Probes", "Probe by probe", found.gave_way, [table])


def _row(probe: Probe) -> list[str | Cell]:
    weakest = probe.worst or min(probe.objectives, key=lambda one: one.kept - one.wanted, default=None)
    said = "" if weakest is None else f"{weakest.objective.text}: kept by {quantity.share(weakest.kept)}"
    word = f"{probe.probed.verdict}{', confirmed' if probe.probed.confirms else ''}"
    return [
        quantity.number(probe.probed.rate),
        quantity.number(probe.requests_per_s),
        quantity.number(probe.concurrency),
        quantity.milliseconds(probe.response_ms),
        quantity.duration(probe.window_s),
        said,
        Cell(word, "good" if probe.probed.verdict == PASS else "bad"),
    ]


def _law(found: Capacity) -> Section:
    fitted, erlang = found.law, found.erlang()
    if fitted is None:
        return Section("law", "Law", "What bounds it", "Too few different loads for a scalability law.", [])
    law = fitted.law
    rows = [
        ["contention (sigma)", f"{law.sigma:.3g}", f"{fitted.sigma[0]:.3g} to {fitted.sigma[1]:.3g}"],
        ["coherency (kappa)", f"{law.kappa:.3g}", f"{fitted.kappa[0]:.3g} to {fitted.kappa[1]:.3g}"],
        ["throughput of one (lambda)", f"{law.lamda:.4g}/s",
         f"{fitted.lamda[0]:.4g} to {fitted.lamda[1]:.4g}"],
        ["largest throughput", quantity.rate(law.peak),
         f"{quantity.number(fitted.peak[0])} to {quantity.number(fitted.peak[1])}"],
    ]  # fmt: skip
    blocks: list[Block] = [
        Table("Universal Scalability Law", ("parameter", "value", "95 % interval"), rows),
        _curve(found),
    ]
    if erlang is not None:
        blocks.append(Prose(erlang.sentence))
    return Section("law", "Law", "What bounds it", fitted.sentence, blocks)


def _curve(found: Capacity) -> Chart:
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
        chart.Series("probes", "measured", "@orange"),
        chart.Series("law", "law", "@blue"),
        chart.Series("beyond", "extrapolated", "@grey", dashed=True),
    )
    spec = chart.lines(
        rows, Axis("count", "requests in flight"), Axis("count"), series, points=True, joined=True
    )
    return Chart("capacity-law", "Throughput over concurrency", spec, fitted.sentence)
