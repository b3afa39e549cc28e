"""The sections of a duel's page: the verdict, every figure with its interval, the blocks one by one."""

import math
from collections.abc import Sequence
from typing import Any, Final

from flashcrowd.report import quantity
from flashcrowd.report.duel.comparison import FASTER, INCONCLUSIVE, MOST_PAIRS, SAME, SLOWER, Comparison
from flashcrowd.report.duel.outcome import HEADLINES, Outcome, Pair, size
from flashcrowd.report.section import Block, Cell, Chart, Prose, Section, Table, Tile, Tiles, Tone
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis
from flashcrowd.report.verdict import Verdict

TONES: Final[dict[str, Tone]] = {SLOWER: "bad", FASTER: "good", SAME: "good", INCONCLUSIVE: "warn"}

MOST_CHARTS: Final = 4
"""Figures whose blocks are drawn."""


def verdict_of(found: Outcome) -> Verdict:
    """The duel's verdict in the form that every report has."""
    reasons = tuple(
        f"{one.figure.name}: {size(one, one.effect)} ({size(one, one.low)} to {size(one, one.high)}), "
        f"{of(one, one.candidate)} instead of {of(one, one.baseline)}, adjusted p {one.adjusted_p:.2g}"
        for one in found.changed
        if found.verdict in (SLOWER, FASTER)
    )
    return Verdict(found.exit_code, found.verdict, found.sentence, reasons)


def sections(found: Outcome, pairs: Sequence[Pair], sides: tuple[str, str]) -> list[Section]:
    """The sections, in order.

    Args:
        pairs: the figures of every pair of blocks.
        sides: what the user named baseline and candidate by.
    """
    return [_summary(found, sides), _effects(found), _blocks(found, pairs), _method(found)]


def of(one: Comparison, value: float) -> str:
    """A figure's value for people."""
    return quantity.of_unit(value, one.figure.unit)


def _summary(found: Outcome, sides: tuple[str, str]) -> Section:
    heads = [one for one in found.comparisons if one.figure.name in HEADLINES]
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
        "pairs needed",
        "verdict",
    )
    note = "Medians over blocks; effects are means of log-ratios of pairs. Response times count from due."
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
        "effects", "Effects", "Effects", finding, [Chart("effects", "Effect by figure", spec, alt, wide=True)]
    )


def _blocks(found: Outcome, pairs: Sequence[Pair]) -> Section:
    drawn = [one for one in found.comparisons if one.figure.unit == "ms"][:MOST_CHARTS]
    blocks: list[Block] = [_block_chart(one, pairs) for one in drawn]
    finding = (
        "Each pair of blocks lies next to each other in time: what is slow about that minute falls on both."
    )
    return Section("blocks", "Blocks", "Block by block", finding, blocks)


def _least(found: Outcome) -> str:
    return f"{quantity.share(found.limits.effect)} (errors: {100 * found.limits.share:g} points)"


def _block_chart(one: Comparison, pairs: Sequence[Pair]) -> Chart:
    name = one.figure.name
    rows: list[dict[str, Any]] = [
        {"x": number + 1, "before": before[name], "after": after[name]}
        for number, (before, after) in enumerate(pairs)
    ]
    series = (chart.Series("before", "baseline", "@grey"), chart.Series("after", "candidate", "@blue"))
    spec = chart.lines(rows, Axis("count", "pair"), Axis("ms"), series, points=True)
    alt = f"{name} over {len(rows)} pairs, medians {of(one, one.baseline)} and {of(one, one.candidate)}."
    return Chart(f"block-{name.replace('.', '-')}", f"{name} by pair, ms", spec, alt)


def _method(found: Outcome) -> Section:
    texts = (
        "The block is the sample: requests inside a block resemble their neighbours, so their number makes "
        "nothing surer. Both builds get the same schedule of visits, in blocks of random ABBA order.",
        "A figure differs when Student's t-test on the log-ratios of the pairs, after Holm's correction over "
        f"all {len(found.comparisons)} figures, has p <= {found.alpha:.3g} at this look, and the effect is "
        f"at least {_least(found)}. The chance of any false alarm over all looks is at most 5 %.",
        "A figure is the same when two one-sided t-tests find the effect smaller than that.",
    )
    finding = f"{quantity.plural(found.pairs, 'pair')} of at most {found.most_pairs}."
    return Section("method", "Method", "How this was judged", finding, [Prose(text) for text in texts])
