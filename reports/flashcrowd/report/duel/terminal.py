"""A comparison in the terminal: verdict, and every figure on a line of 80 columns."""

import math
from typing import TYPE_CHECKING, Final

from flashcrowd.report.duel.comparison import Comparison
from flashcrowd.report.duel.outcome import TONES, Outcome, size
from flashcrowd.report.duel.sections import of
from flashcrowd.report.terminal import STYLES

if TYPE_CHECKING:
    from rich.console import Console

COLUMNS: Final = ("figure", "baseline", "candidate", "effect", "95 % interval", "verdict")


def print_outcome(console: "Console", found: Outcome) -> None:
    """Print the verdict and a table of the figures, those that differ first."""
    from rich.table import Table
    from rich.text import Text

    style = STYLES[TONES[found.verdict]]
    console.print(Text.assemble((f" {found.verdict.upper()} ", f"reverse {style}"), " ", found.sentence))
    if not found.comparisons:
        return
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in (COLUMNS[0], COLUMNS[-1]) else "right", no_wrap=True)
    for one in found.comparisons:
        word = Text(one.verdict, style=STYLES[TONES[one.verdict]])
        sides = (of(one, one.baseline), of(one, one.candidate))
        table.add_row(Text(one.figure.name), *sides, _effect(one), _span(one), word)
    console.print()
    console.print(table)


def _effect(one: Comparison) -> str:
    return "–" if math.isnan(one.effect) else size(one, one.effect)


def _span(one: Comparison) -> str:
    """The interval, its unit told once: by the effect beside it."""
    if math.isnan(one.low):
        return "not known"
    digits = 2 if one.figure.scale == "difference" else 1
    return f"{100 * one.low:+.{digits}f} to {100 * one.high:+.{digits}f}"
