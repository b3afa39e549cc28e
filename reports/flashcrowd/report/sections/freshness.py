"""How soon followers saw new posts, and whether what was written stayed."""

import math

import numpy as np

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.freshness import COUNTS, Freshness, upper_share
from flashcrowd.report.section import Block, Cell, Chart, Prose, Section, Table, Tile, Tiles, Tone
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis

TITLE = "Freshness and correctness"

LEAST_MS = 1.0
"""The chart's logarithmic axis begins no further left: what is seen sooner is drawn there."""


def section(seen: Evidence) -> Section | None:
    """The section of a live run; a sentence where nothing was looked for."""
    if not seen.run.live:
        return None
    found, limit_s = seen.found.freshness, seen.run.scenario.freshness.limit
    if not found.followed and not found.read:
        why = "no post was looked for in a follower's feed, and nothing was read again"
        return Section("freshness", "Freshness", TITLE, f"Nothing to show: {why}.")
    blocks: list[Block] = [Tiles(_tiles(found, limit_s))]
    if found.is_seen.any():
        blocks.append(_curve(found))
    if found.read:
        blocks.append(_rereads(found))
    blocks.append(Prose(_method(found, limit_s)))
    return Section("freshness", "Freshness", TITLE, _finding(found), blocks)


def _finding(found: Freshness) -> str:
    sentences = []
    if found.followed:
        sentences.append(
            f"{quantity.plural(found.followed, 'new post')} looked for in a follower's feed: half were there "
            f"within {_time(found, 0.5)}, 95 % within {_time(found, 0.95)}."
        )
        if found.never:
            sentences.append(f"{quantity.plural(found.never, 'post')} never came.")
    if found.read:
        lost = quantity.count(found.lost) if found.lost else "none"
        sentences.append(
            f"Of {quantity.plural(found.read, 'acknowledged write')} read again {lost} "
            f"{'was' if found.lost == 1 else 'were'} lost"
            + (f", {quantity.count(found.wrong)} had counts below the truth." if found.wrong else ".")
        )
    return " ".join(sentences)


def _tiles(found: Freshness, limit_s: float) -> list[Tile]:
    tiles = []
    if found.followed:
        tiles += [
            Tile("visible, 50 %", _time(found, 0.5), "from acknowledged to in a follower's feed"),
            Tile("visible, 95 %", _time(found, 0.95), f"of {quantity.plural(found.followed, 'post')}"),
            Tile(
                "never seen",
                quantity.share(found.never_share),
                f"not within {quantity.duration(limit_s)}",
                _tone(found.never),
            ),
        ]
    if found.read:
        bound = quantity.share(upper_share(found.lost, found.read))
        tiles += [
            Tile(
                "lost writes",
                quantity.share(found.lost_share),
                f"{quantity.count(found.lost)} of {quantity.count(found.read)}; at most {bound} (95 %)",
                _tone(found.lost),
            ),
            Tile(
                "wrong counts",
                quantity.share(found.wrong_share),
                "fewer than acknowledged",
                _tone(found.wrong),
            ),
        ]
    return tiles


def _curve(found: Freshness) -> Chart:
    """Share of the posts that were visible by a time after they were acknowledged."""
    at_ms, share = found.visible()
    at_ms = np.maximum(at_ms, LEAST_MS)
    least = 10.0 ** math.floor(math.log10(at_ms[0]))
    last = max(found.longest_ms, 1.5 * least)
    x = np.concatenate([[least], at_ms, [last]])
    y = np.concatenate([[0.0], share, share[-1:]])
    across = Axis("ms", "after the platform acknowledged the post", log=True, least=least, most=1.1 * last)
    shown = (chart.Series("visible", "visible", "@green"),)
    spec = chart.lines(
        chart.rows_of(x=x, visible=y), across, Axis("share", least=0, most=1), shown, steps=True, height=200
    )
    alt = f"Half within {_time(found, 0.5)}, 95 % within {_time(found, 0.95)}."
    return Chart("freshness-visible", "Posts visible to a follower, by time", spec, alt)


def _rereads(found: Freshness) -> Table:
    rows: list[list[str | Cell]] = [
        [
            row.action,
            quantity.count(row.read),
            Cell(quantity.count(row.lost), _tone(row.lost)),
            *(Cell(quantity.count(row.wrong[name]), _tone(row.wrong[name])) for name in COUNTS),
        ]
        for row in found.rereads
    ]
    columns = ("written", "read again", "lost", *COUNTS)
    groups = (("", 3), ("too few, of what was found", len(COUNTS)))
    note = (
        "Lost: acknowledged, and not on its author's profile, however often it was read again. Too few: the "
        "platform shows fewer than it has acknowledged to our members."
    )
    return Table("Writes read again after the run", columns, rows, note, groups=groups)


def _method(found: Freshness, limit_s: float) -> str:
    text = (
        "A sample of new posts is looked for in the home feed of one follower, beside the load and at a "
        "bounded rate; these reads are in the record (phase check) and in no other figure of this report. "
    )
    if found.is_seen.any():
        gap = quantity.milliseconds(found.resolution_ms)
        text += f"Times may be too long by about {gap}, the time between reads. "
    text += (
        f"A post that was not seen counts as taking longer than it was looked for, at most "
        f"{quantity.duration(limit_s)}. In a feed that is not ordered by time, a post may rightly be missing."
    )
    return text


def _time(found: Freshness, level: float) -> str:
    """A quantile of the time to visibility, or what it must be longer than."""
    value = found.quantile_ms(level)
    if math.isinf(value):
        return f"more than {quantity.milliseconds(found.longest_ms)}"
    return quantity.milliseconds(value)


def _tone(count: int) -> Tone:
    return "bad" if count else "plain"
