"""First screen: the verdict, the figures that matter, each objective, and whether the run may be judged."""

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.virality import BIG
from flashcrowd.report.section import Block, Cell, Section, Table, Tile, Tiles, Tone
from flashcrowd.report.slo import Judgement
from flashcrowd.report.validity import Check


def section(seen: Evidence) -> Section:
    """The verdict and the tiles; objectives and checks of a live run below them."""
    blocks: list[Block] = []
    if seen.found.accounting.offered:
        blocks.append(Tiles(_load_tiles(seen)))
    if seen.found.behaviour.total:
        blocks.append(Tiles(_society_tiles(seen)))
    if seen.verdict.judgements:
        blocks.append(_objectives(seen.verdict.judgements))
    if seen.verdict.checks:
        blocks.append(_checks(seen.verdict.checks))
    return Section("summary", "Verdict", "Verdict", seen.verdict.sentence, blocks)


def _load_tiles(seen: Evidence) -> list[Tile]:
    load = seen.found.accounting
    tiles = []
    if seen.found.latency:
        everything = seen.found.latency[0]
        tiles = [
            Tile("response, 95 %", quantity.milliseconds(everything.response.p95), "due to answered"),
            Tile("response, 99 %", quantity.milliseconds(everything.response.p99), "due to answered"),
        ]
    unsent = f"{quantity.share(load.late_share)} late, {quantity.share(load.dropped_share)} dropped"
    return [
        *tiles,
        Tile("errors", quantity.share(load.error_share), _of(load.errors, "sent"), _tone(load.error_share)),
        Tile("offered", quantity.rate(load.offered_per_s), quantity.plural(load.offered, "request")),
        Tile("sent", quantity.rate(load.sent_per_s), quantity.plural(load.sent, "request")),
        Tile("on time", quantity.share(load.punctual_share), unsent, _tone(1 - load.punctual_share)),
    ]


def _society_tiles(seen: Evidence) -> list[Tile]:
    found = seen.found
    acted, trees, images = found.behaviour, found.forest, found.images
    largest = int(found.spread.size.max()) if trees.n_cascades else 0
    big = int((found.spread.size >= BIG).sum())
    tiles = [
        Tile("members", quantity.count(acted.members), f"{quantity.count(acted.active)} were active"),
        Tile("actions", quantity.count(acted.total), f"{quantity.number(acted.read_write)} reads per write"),
        Tile("posts", quantity.count(images.posts), f"{quantity.share(images.post_share)} with an AI image"),
        Tile(
            "reposts", quantity.count(images.reposts), f"{quantity.share(images.repost_share)} of AI images"
        ),
        Tile("largest cascade", quantity.count(largest), f"{quantity.count(big)} of {BIG} or more"),
    ]
    if found.attention.total:
        gini = f"{found.attention.gini:.3f}"
        tiles.append(Tile("attention Gini", gini, "reposts + likes, all members"))
    return tiles


def _objectives(judgements: tuple[Judgement, ...]) -> Table:
    tones: dict[str, Tone] = {"met": "good", "missed": "bad", "not measured": "warn"}
    rows: list[list[str | Cell]] = [
        [
            line.objective.text,
            quantity.of_unit(line.value, line.objective.unit),
            quantity.of_unit(line.objective.limit, line.objective.unit),
            Cell(line.word, tones[line.word]),
        ]
        for line in judgements
    ]
    note = "Latency means response time (from due to answered) unless the objective says service."
    return Table(
        "Objectives",
        ("objective", "measured", "limit", "verdict"),
        rows,
        note,
        text_columns=(0, 3),
        wide=True,
    )


def _checks(checks: tuple[Check, ...]) -> Table:
    rows: list[list[str | Cell]] = [
        [check.name, check.sentence, Cell("held", "good") if check.held else Cell("failed", "bad")]
        for check in checks
    ]
    note = "A run that fails one of these says nothing about the platform, whatever its latencies."
    return Table(
        "May this run be judged?", ("check", "finding", ""), rows, note, text_columns=(0, 1, 2), wide=True
    )


def _of(count: int, whole: str) -> str:
    return f"{quantity.count(count)} of the {whole}"


def _tone(trouble: float) -> Tone:
    """More than 1 % of trouble is worth a colour."""
    return "warn" if trouble > 0.01 else "plain"
