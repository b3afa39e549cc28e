"""First screen: the verdict, the three figures that matter, what to do next; then what they rest on."""

from flashcrowd.report import quantity
from flashcrowd.report.advice import advice, tightest, used
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.accounting import Accounting
from flashcrowd.report.metrics.virality import BIG
from flashcrowd.report.section import Block, Cell, Section, Steps, Table, Tile, Tiles, Tone
from flashcrowd.report.slo import Judgement
from flashcrowd.report.validity import Check


def section(seen: Evidence) -> Section:
    """Figures and advice; objectives, further figures and the checks of a live run below them."""
    blocks: list[Block] = []
    figures = _figures(seen)
    if figures:
        blocks.append(Tiles(figures, large=True))
    blocks.append(Steps("What to do next", advice(seen)))
    if seen.verdict.judgements:
        blocks.append(_objectives(seen.verdict.judgements))
    if seen.found.accounting.offered:
        blocks.append(Tiles(_load_tiles(seen)))
    if seen.found.behaviour.total:
        blocks.append(Tiles(_society_tiles(seen)))
    if seen.verdict.checks:
        blocks.append(_checks(seen.verdict.checks))
    return Section("summary", "Verdict", "Verdict", seen.verdict.sentence, blocks)


def _figures(seen: Evidence) -> list[Tile]:
    """The three figures that matter most; fewer where the record has less."""
    if seen.found.accounting.offered:
        return [_closest(seen), _carried(seen.found.accounting), _reached(seen)]
    if not seen.found.forest.n_recorded:
        return []
    sizes = seen.found.spread.size[seen.found.spread.recorded]
    held = seen.found.attention
    return [
        _reached(seen),
        Tile("of the posts were reposted", quantity.share(float((sizes > 1).mean())), _posted(len(sizes))),
        Tile("of all attention falls on 1 % of the members", quantity.share(held.top_share(0.01)),
             "reposts and likes received"),
    ]  # fmt: skip


def _closest(seen: Evidence) -> Tile:
    """The objective that is closest to its limit, or what members waited where none is set."""
    line = tightest(seen.verdict.judgements)
    if line is None:
        rows = seen.found.latency
        value = quantity.milliseconds(rows[0].response.p95) if rows else quantity.MISSING
        return Tile(
            "was the wait of the slowest 5 %", value, "response time, due to answered; no objective is set"
        )
    place = "closest to its limit" if line.met else "furthest beyond its limit"
    share = quantity.share(used(line)) if used(line) < 2 else f"{quantity.number(used(line))} times"
    return Tile(
        f"is {line.objective.text.split('<')[0].strip()}, the objective {place}",
        quantity.of_unit(line.value, line.objective.unit),
        f"{share} of {quantity.of_unit(line.objective.limit, line.objective.unit)}",
        "good" if line.met else "bad",
    )


def _carried(load: Accounting) -> Tile:
    note = f"of {quantity.rate(load.offered_per_s)} offered; {quantity.share(load.punctual_share)} on time"
    return Tile("was sent", quantity.rate(load.sent_per_s), note, _tone(1 - load.punctual_share))


def _reached(seen: Evidence) -> Tile:
    sizes = seen.found.spread.size
    most = int(sizes.max()) if len(sizes) else 0
    return Tile("members in the largest cascade", quantity.count(most), _posted(seen.found.forest.n_recorded))


def _posted(n: int) -> str:
    return f"of {quantity.plural(n, 'post')}"


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
