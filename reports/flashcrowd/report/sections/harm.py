"""What did harm, who saw it, and what the platform did about it."""

import math

import numpy as np

from flashcrowd.core.clock import HOUR
from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.governance import Governance
from flashcrowd.report.section import Block, Chart, Section, Tile, Tiles
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis

TITLE = "Harm and moderation"


def section(seen: Evidence) -> Section | None:
    """Exposures to harm, and the platform's decisions; None where nothing did harm and nobody moderated."""
    found = seen.found.governance
    if not found.harmful and not found.removals:
        return None
    blocks: list[Block] = [Tiles(_tiles(found))]
    if len(found.exposure_t_s) > 1:
        blocks.append(_exposures(found))
    if found.removals or found.appeals:
        blocks.append(_decisions(found))
    return Section("harm", "Harm", TITLE, _finding(found), blocks)


def _finding(found: Governance) -> str:
    text = (
        f"{quantity.plural(found.harmful, 'post')} did harm and "
        f"{'was' if found.harmful == 1 else 'were'} shown {quantity.plural(found.exposures, 'time')}"
    )
    if math.isfinite(found.exposure_share):
        text += f", {quantity.share(found.exposure_share)} of all that members were shown"
    if not found.acted:
        return f"{text}. The platform acted on none of them."
    half = quantity.duration(found.wait_s.p50)
    text += f". The platform acted on {quantity.count(found.acted)} of them, on half of these within {half}"
    return f"{text}; {quantity.plural(found.false_removals, 'harmless post')} removed."


def _tiles(found: Governance) -> list[Tile]:
    each = found.exposures / found.harmful if found.harmful else math.nan
    return [
        Tile("exposures to harm", quantity.count(found.exposures), f"{quantity.number(each)} a harmful post"),
        Tile("members exposed", quantity.count(found.exposed)),
        Tile("time to action", quantity.duration(found.wait_s.p50), "median, scenario time"),
        Tile("time to action, 95 %", quantity.duration(found.wait_s.p95), "scenario time"),
        Tile("false removals", quantity.count(found.false_removals), f"of {quantity.count(found.removals)}"),
        Tile(
            "accounts limited",
            quantity.count(found.limited),
            f"{quantity.count(found.refused)} posts refused",
        ),
    ]


def _exposures(found: Governance) -> Chart:
    first, last = found.exposure_t_s[0] // HOUR, found.exposure_t_s[-1] // HOUR
    hours = np.arange(first, last + 1)
    counts = np.bincount((found.exposure_t_s // HOUR - first).astype(np.int64), minlength=len(hours))
    rows = chart.rows_of(x=hours, shown=counts)
    across = Axis("hours", "scenario time", least=float(first), most=float(max(last, first + 1)))
    shown = (chart.Series("shown", "exposures an hour", "@red"),)
    spec = chart.lines(rows, across, Axis("count", least=0), shown, steps=True, height=200)
    busiest = quantity.count(float(counts.max()))
    return Chart("harm-exposures", "Exposures to harmful posts by hour", spec, f"At most {busiest} an hour.")


def _decisions(found: Governance) -> Chart:
    counts = [
        ("harmful posts", found.harmful),
        ("acted on", found.acted),
        ("removed in all", found.removals),
        ("of them harmless", found.false_removals),
        ("appeals judged", found.appeals),
        ("posts restored", found.restored),
    ]
    rows = [{"name": name, "x": n, "text": quantity.count(n)} for name, n in counts]
    most = 1.4 * max(max(n for _, n in counts), 1)
    spec = chart.bars(rows, Axis("count", "posts", least=0, most=most), "@red")
    alt = (
        f"{quantity.plural(found.removals, 'post')} removed, {quantity.count(found.false_removals)} harmless."
    )
    return Chart("harm-decisions", "What the platform decided", spec, alt)
