"""The sections of a comparison's page: the verdict, every figure, its interval, its samples."""

import math
from itertools import zip_longest
from typing import Any, Final

from flashcrowd.report import quantity
from flashcrowd.report.duel.comparison import (
    INCONCLUSIVE,
    MOST_PAIRS,
    Comparison,
)
from flashcrowd.report.duel.outcome import TONES, Outcome, size
from flashcrowd.report.section import Block, Cell, Chart, Prose, Section, Table, Tile, Tiles
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis
from flashcrowd.report.verdict import Verdict

MOST_CHARTS: Final = 4
"""Figures whose blocks are drawn."""


def verdict_of(found: Outcome) -> Verdict:
    """The duel's verdict in the form that every report has."""
    reasons = tuple(
        f"{one.figure.name}: {size(one, one.effect)} ({size(one, one.low)} to {size(one, one.high)}), "
        f"{of(one, one.candidate)} instead of {of(one, one.baseline)}, adjusted p {one.adjusted_p:.2g}"
        for one in found.changed
        if found.verdict in found.terms.differs
    )
    return Verdict(found.exit_code, found.verdict, found.sentence, reasons)


def sections(found: Outcome, sides: tuple[str, str]) -> list[Section]:
    """The sections, in order.

    Args:
        sides: what the user named baseline and candidate by.
    """
    return [_summary(found, sides), _effects(found), _samples(found), _method(found)]


def of(one: Comparison, value: float) -> str:
    """A figure's value for people."""
    return quantity.of_unit(value, one.figure.unit)


def _summary(found: Outcome, sides: tuple[str, str]) -> Section:
    heads = sorted(found.headlines, key=lambda one: _place(found, one))
    tiles = [Tile(one.figure.name, size(one, one.effect), _beside(one), TONES[one.verdict]) for one in heads]
    blocks: list[Block] = [Tiles(tiles)] if tiles else []
    names = Table("What was compared", ("", "build"), [["baseline", sides[0]], ["candidate", sides[1]]],
                  text_columns=(0, 1))  # fmt: skip
    return Section("summary", "Verdict", "Verdict", found.sentence, [*blocks, table(found), names])


def table(found: Outcome) -> Table:
    """Every figure: both builds, effect, interval, verdict."""
    rows: list[list[str | Cell]] = [
        [
            one.figure.name,
            of(one, one.baseline),
            of(one, one.candidate),
            size(one, one.effect),
            f"{size(one, one.low)} to {size(one, one.high)}",
            "" if math.isnan(one.adjusted_p) else f"{one.adjusted_p:.2g}",
            _needed(one),
            Cell(one.verdict, TONES[one.verdict]),
        ]
        for one in found.comparisons
    ]
    columns = (
        "figure",
        "baseline",
        "candidate",
        "effect",
        "95 % interval",
        "adjusted p",
        f"{found.terms.many.split()[0]} needed",
        "verdict",
    )
    note = "Medians over samples; effects are means of log-ratios. Response times count from due."
    return Table("Every figure", columns, rows, note, text_columns=(0, 7), wide=True)


def _needed(one: Comparison) -> str:
    if one.verdict != INCONCLUSIVE:
        return ""
    return f"over {MOST_PAIRS}" if one.pairs_needed >= MOST_PAIRS else str(one.pairs_needed)


def _beside(one: Comparison) -> str:
    return f"{of(one, one.candidate)}, was {of(one, one.baseline)}"


def _effects(found: Outcome) -> Section:
    ratios = [one for one in found.comparisons if one.figure.scale == "ratio" and math.isfinite(one.low)]
    rows = [
        {"name": one.figure.name, "low": one.low, "x": one.effect, "high": one.high,
         "text": f"{size(one, one.effect)} ({size(one, one.low)} to {size(one, one.high)})"}
        for one in ratios
    ]  # fmt: skip
    finding = f"95 % intervals of the effect; the smallest that matters is {_least(found)}."
    if not rows:
        return Section("effects", "Effects", "Effects", "Too few blocks for an interval.", [])
    spec = chart.spans(rows, Axis("share", "candidate / baseline - 1"))
    alt = "; ".join(f"{row['name']} {row['text']}" for row in rows)
    return Section(
        "effects",
        "Effects",
        "Effects",
        finding,
        [Chart("effect-by-figure", "Effect by figure", spec, alt, wide=True)],
    )


def _place(found: Outcome, one: Comparison) -> int:
    """Where a headline stands: as the terms list them, whatever its verdict."""
    names = found.terms.headlines or ()
    return names.index(one.figure.name) if one.figure.name in names else len(names)


def _samples(found: Outcome) -> Section:
    drawn = [one for one in found.comparisons if one.figure.unit not in ("1/s", "share")][:MOST_CHARTS]
    charts: list[Block] = [_sample_chart(one, found.terms.one) for one in drawn]
    finding = f"What each {found.terms.one} measured, in order, both sides beside each other."
    return Section("samples", "Samples", "One by one", finding, charts)


def _least(found: Outcome) -> str:
    return f"{quantity.share(found.limits.effect)} (errors: {100 * found.limits.share:g} points)"


def _sample_chart(one: Comparison, sample: str) -> Chart:
    name = one.figure.name
    rows: list[dict[str, Any]] = [
        {"x": number, "before": before, "after": after}
        for number, (before, after) in enumerate(zip_longest(one.before, one.after), 1)
    ]
    series = (chart.Series("before", "baseline", "@grey"), chart.Series("after", "candidate", "@blue"))
    axis = Axis("ms") if one.figure.unit == "ms" else Axis("count")
    spec = chart.lines(rows, Axis("count", sample), axis, series, points=True)
    alt = f"{name} of {len(rows)} samples, medians {of(one, one.baseline)} and {of(one, one.candidate)}."
    unit = "" if one.figure.unit == "1" else f", {one.figure.unit}"
    return Chart(f"sample-{name.replace('.', '-')}", f"{name} by {sample}{unit}", spec, alt)


def _method(found: Outcome) -> Section:
    told = {"alpha": f"{found.alpha:.3g}", "figures": len(found.comparisons), "least": _least(found)}
    texts = [Prose(text.format(**told)) for text in found.terms.method]
    many = quantity.plural(found.pairs, found.terms.one, found.terms.many)
    return Section("method", "Method", "How this was judged", f"{many} of at most {found.most_pairs}.", texts)
