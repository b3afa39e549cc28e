"""The study in the terminal, in 80 columns: the answer, then every difference."""

from typing import TYPE_CHECKING

from flashcrowd.report.study.findings import Findings
from flashcrowd.report.study.replication import Replication
from flashcrowd.report.study.wording import difference, effect, figure, interval

if TYPE_CHECKING:
    from rich.console import Console


def print_findings(console: "Console", found: Findings, again: Replication | None = None) -> None:
    """Print the answer, every outcome of every arm, and whether another study agrees."""
    console.print(found.answer, markup=False, style="bold")
    for outcome in found.outcomes:
        console.print()
        console.print(f"{outcome.says[:1].upper()}{outcome.says[1:]} ({outcome.metric})", markup=False)
        console.print(_table(found, outcome.metric, outcome.unit))
    if again:
        console.print()
        console.print(again.sentence, markup=False)


def _table(found: Findings, metric: str, unit: str) -> object:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("arm", overflow="fold")
    for name in ("mean", "difference", "99 % interval", "effect"):
        table.add_column(name, justify="right", no_wrap=True)
    for arm in found.arms:
        mean = found.estimates[arm, metric]
        if arm == found.control:
            table.add_row(Text(arm), figure(mean.value, unit, mean.half_width), "control", "", "")
            continue
        one = found.contrasts[arm, metric]
        step = one.difference.half_width
        style = "dim" if one.word == "undecided" else "green"
        table.add_row(
            Text(arm),
            figure(mean.value, unit, step),
            Text(difference(one.difference.value, unit, step), style=style),
            interval(one.difference, unit),
            effect(one.effect),
        )
    return table
