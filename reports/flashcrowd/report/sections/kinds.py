"""AI images against everything else, fairly: rates over all posts, structure at matched size."""

import math

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.kinds import Kinds
from flashcrowd.report.section import Block, Chart, Section, Table
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis
from flashcrowd.report.sections.run_names import run_names

TITLE = "AI images against other content"


def section(seen: Evidence) -> Section:
    """The comparison; a sentence where only one kind was posted."""
    found = seen.found.kinds
    if not found.ai.posts or not found.other.posts:
        return Section(
            "kinds", "AI or not", TITLE, "Nothing to compare: only one kind of content was posted."
        )
    blocks: list[Block] = [_rates(found), _table(found)]
    if found.matched:
        blocks.append(_matched(found))
    elif seen.beside is not None and seen.beside.kinds.matched:
        blocks.append(_matched(seen.beside.kinds, f", {run_names(seen.found, seen.beside)[1]}"))
    return Section("kinds", "AI or not", TITLE, _finding(found), blocks)


def _finding(found: Kinds) -> str:
    one, other = found.ai.reposts_per_post, found.other.reposts_per_post
    if not other:
        return f"A post with an AI image got {quantity.number(one)} reposts on average; other posts got none."
    times = one / other
    told = f"{quantity.number(times)} times as many as" if math.isfinite(times) else "not comparable with"
    text = (
        f"A post with an AI image got {quantity.number(one)} reposts on average, {told} another post "
        f"({quantity.number(other)})."
    )
    if not found.matched:
        text += " There are too few cascades of equal size to compare how they spread."
    return text


def _rates(found: Kinds) -> Chart:
    kinds = (("AI image", found.ai), ("other", found.other))
    rows = [
        {"name": name, "of": label, "x": chart.plain(mean), "text": quantity.number(mean)}
        for name, field in (("reposts per post", "reposts_per_post"), ("likes per post", "likes_per_post"))
        for label, mean in ((label, float(getattr(kind, field))) for label, kind in kinds)
    ]
    most = 1.25 * max(float(row["x"] or 0) for row in rows) or 1.0
    across = Axis("number", "mean over all original posts", least=0, most=most)
    spec = chart.paired_bars(rows, across, (("AI image", "@purple"), ("other", "@blue")))
    alt = (
        f"Reposts per post: {quantity.number(found.ai.reposts_per_post)} with an AI image, "
        f"{quantity.number(found.other.reposts_per_post)} without."
    )
    return Chart("kinds-rates", "What a post gets", spec, alt)


def _table(found: Kinds) -> Table:
    def row(name: str, write: "quantity.Writer", of: str) -> list[str]:
        return [name, *(write(float(getattr(kind, of))) for kind in (found.ai, found.other))]

    rows = [
        row("posts", quantity.count, "posts"),
        row("never reposted", quantity.share, "unshared_share"),
        row("reached 10 members or more", quantity.share, "ten_share"),
        row("largest cascade", quantity.count, "largest"),
    ]
    return Table("All posts in the record", ("", "AI image", "other"), rows)


def _matched(found: Kinds, of: str = "") -> Table:
    rows = [
        [
            _range(one.least, one.below),
            *(f"{count:,}" for count in one.counts),
            *(quantity.number(value) for value in one.virality),
            *(quantity.duration(value) for value in one.half_life_s),
        ]
        for one in found.matched
    ]
    groups = (("", 1), ("cascades", 2), ("median structural virality", 2), ("median half-life", 2))
    columns = ("size", *(("AI image", "other") * 3))
    note = "Only sizes that both kinds reached; larger cascades differ from smaller ones whatever they carry."
    return Table(f"Spread at equal size{of}", columns, rows, note, wide=True, groups=groups)


def _range(least: int, below: float) -> str:
    return f"{least:,}–{int(below) - 1:,}" if math.isfinite(below) else f"{least:,}+"
