"""What was reported, how soon, and what had been seen of it by then."""

import math

import numpy as np

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.moderation import Moderation
from flashcrowd.report.metrics.quantiles import quantile
from flashcrowd.report.section import Block, Chart, Section, Tile, Tiles
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis

TITLE = "Moderation"


def section(seen: Evidence) -> Section | None:
    """Reports and exposures; None when the record has no report."""
    found = seen.found.moderation
    if not found.reports:
        return None
    blocks: list[Block] = [Tiles(_tiles(found))]
    known = np.sort(found.first_s[np.isfinite(found.first_s) & (found.first_s > 0)])
    if len(known) > 1:
        blocks.append(_delays(known))
    blocks.append(_exposed(found))
    return Section("moderation", "Moderation", TITLE, _finding(found), blocks)


def _finding(found: Moderation) -> str:
    half = quantity.duration(quantile(found.first_s[np.isfinite(found.first_s)], 0.5))
    total = found.reposts_before + found.reposts_after
    share = quantity.share(found.reposts_before / total) if total else "none"
    return (
        f"{quantity.plural(found.reported, 'post')} reported "
        f"{quantity.plural(found.reports, 'time')}, half of them "
        f"first within {half}; by then {share} of their reposts had been made."
    )


def _tiles(found: Moderation) -> list[Tile]:
    known = found.first_s[np.isfinite(found.first_s)]
    return [
        Tile(
            "reports",
            quantity.count(found.reports),
            f"{quantity.share(found.per_post)} of posts; real: 0.3 to 1.5 %",
        ),
        Tile("posts reported", quantity.count(found.reported), f"of {quantity.count(found.posts)}"),
        Tile("time to the first report", quantity.duration(quantile(known, 0.5)), "median, scenario time"),
        Tile("time to the first report, 90 %", quantity.duration(quantile(known, 0.9)), "scenario time"),
    ]


def _delays(known: np.ndarray) -> Chart:
    levels = np.linspace(0, 1, min(120, len(known)))
    rows = chart.rows_of(x=np.quantile(known, levels), reported=levels)
    across = Axis("s", "scenario time from the post to its first report", log=True, least=float(known[0]),
                  most=max(float(known[-1]), 2 * float(known[0])))  # fmt: skip
    shown = (chart.Series("reported", "reported", "@red"),)
    spec = chart.lines(rows, across, Axis("share", least=0, most=1), shown, joined=True, height=200)
    alt = f"Half of the reported posts were first reported within {quantity.duration(quantile(known, 0.5))}."
    return Chart("moderation-delays", "Share of reported posts first reported within this time", spec, alt)


def _exposed(found: Moderation) -> Chart:
    counts = [
        ("reposts before", found.reposts_before),
        ("reposts after", found.reposts_after),
        ("views before", found.views_before),
        ("views after", found.views_after),
    ]
    known = [(name, count) for name, count in counts if math.isfinite(count)]
    rows = [{"name": name, "x": chart.plain(count), "text": quantity.count(count)} for name, count in known]
    most = 1.4 * max(max(count for _, count in known), 1)
    spec = chart.bars(rows, Axis("count", "of reported posts", least=0, most=most), "@red")
    alt = (
        f"Reported posts were reposted {quantity.plural(found.reposts_before, 'time')} before their "
        "first report and "
        f"{quantity.plural(found.reposts_after, 'time')} after."
    )
    return Chart("moderation-exposure", "Reported posts before and after the first report", spec, alt)
