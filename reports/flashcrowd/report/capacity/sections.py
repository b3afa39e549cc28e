"""The page of a capacity search: the answer, response and throughput over the load, every probe, the law."""

import math
from collections.abc import Callable
from typing import Final

from flashcrowd.report import quantity
from flashcrowd.report.capacity import figures
from flashcrowd.report.capacity.attainment import FAIL, OPEN, PASS, Attained
from flashcrowd.report.capacity.findings import Capacity
from flashcrowd.report.capacity.probe import Probe
from flashcrowd.report.capacity.usl import NEGLIGIBLE
from flashcrowd.report.section import Block, Cell, Prose, Section, Table, Tile, Tiles, Tone
from flashcrowd.report.verdict import Verdict

TONES: Final[dict[str, Tone]] = {PASS: "good", FAIL: "bad", OPEN: "warn"}


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
        Tile("requests/s", quantity.number(bounds.holds * sum(found.per_session.values())), "at that load"),
        Tile("probes", quantity.count(len(found.probes)), "that count"),
    ]
    return Section(
        "summary",
        "Answer",
        "Answer",
        found.sentence,
        [Tiles(tiles), figures.response(found), figures.served(found)],
    )


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
    return [
        quantity.number(probe.probed.rate),
        quantity.number(probe.requests_per_s),
        quantity.number(probe.concurrency),
        quantity.milliseconds(probe.response_ms),
        quantity.duration(probe.window_s),
        "" if probe.weakest is None else _said(probe.weakest),
        Cell(
            probe.probed.verdict + (" (confirmation)" if probe.probed.confirms else ""),
            TONES[probe.probed.verdict],
        ),
    ]


def _said(found: Attained) -> str:
    """What a probe says of an objective."""
    words = f"{found.objective.text}: kept by {quantity.share(found.kept)}"
    if not math.isnan(found.reached_ms):
        words = f"{found.objective.text}: {quantity.milliseconds(found.reached_ms)}"
    if found.verdict != PASS and found.growth > 0:
        words += f", rises by {quantity.milliseconds(1000 * found.growth)} a second"
    return words


def _law(found: Capacity) -> Section:
    fitted, erlang = found.law, found.erlang()
    if fitted is None:
        words = "Too few different loads, or too few requests in flight, for a scalability law."
        return Section("law", "Law", "What bounds it", words, [])
    law = fitted.law
    rows = [
        ["contention (sigma)", _small(law.sigma), _span(fitted.sigma, _small)],
        ["coherency (kappa)", _small(law.kappa), _span(fitted.kappa, _small)],
        ["throughput of one (lambda)", f"{law.lamda:.4g}/s", _span(fitted.lamda, "{:.4g}".format)],
        ["largest throughput", quantity.rate(law.peak), _span(fitted.peak, quantity.number)],
    ]
    blocks: list[Block] = [
        Table("Universal Scalability Law", ("parameter", "value", "95 % interval"), rows),
        figures.curve(found),
    ]
    blocks += [Prose(said) for said in (erlang.sentence if erlang else "", found.little) if said]
    return Section("law", "Law", "What bounds it", fitted.sentence, blocks)


def _span(ends: tuple[float, float], said: Callable[[float], str]) -> str:
    return "too few loads" if math.isnan(ends[0]) else f"{said(ends[0])} to {said(ends[1])}"


def _small(value: float) -> str:
    """A parameter of the law; what is too small to matter is 0."""
    return "0" if value < NEGLIGIBLE else f"{value:.3g}"
