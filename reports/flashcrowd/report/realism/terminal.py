"""The study in the terminal, in 80 columns: every figure with its band, then the null models."""

import math
from typing import TYPE_CHECKING, Final

from flashcrowd.report import quantity
from flashcrowd.report.realism import wording
from flashcrowd.report.realism.outcome import (
    BORDERLINE,
    INSIDE,
    NOT_MEASURED,
    NOT_SIMULATED,
    OUTSIDE,
    SHOWN,
    TOO_FEW,
    Measured,
    Outcome,
)
from flashcrowd.report.realism.scale import Row, Scale
from flashcrowd.report.realism.study import Study
from flashcrowd.report.verdict import Verdict

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

STYLES: Final = {
    INSIDE: "green",
    BORDERLINE: "yellow",
    OUTSIDE: "bold red",
    NOT_SIMULATED: "red",
    TOO_FEW: "magenta",
    NOT_MEASURED: "dim",
    SHOWN: "dim",
}


INTERVAL: Final = "99 % interval"


def print_study(console: "Console", study: Study) -> None:
    """Print the figures, the null models and the verdict."""
    console.print(_facts(study))
    if study.nulls:
        console.print(_beside(study))
    _print_verdict(console, study.verdict)
    for model, name in study.nulls.items():
        refuted = [outcome.fact.id for outcome in study.refuted(model)]
        console.print(f"{name}: fails {len(refuted)} gates on cascades ({', '.join(refuted)})", markup=False)


def print_scale(console: "Console", scale: Scale) -> None:
    """Print every figure at every size, how it changes from the smallest to the largest, and the verdict."""
    from rich.text import Text

    sizes = [quantity.count(study.plan.members) for study in scale.studies]
    drawn = _table("Facts by number of members (bold: gates)", *sizes, "change", "band")
    drawn.add_column("drifts", no_wrap=True)
    for row in scale.rows:
        last = row.measured[-1]
        drawn.add_row(
            _name(row.outcome, last),
            *(_figure(found) for found in row.measured),
            f"{row.change:+.0%}" if math.isfinite(row.change) else quantity.MISSING,
            wording.band(last.band, last.part.unit),
            Text(_drift(row), style="yellow" if row.drifts else "dim"),
        )
    console.print(drawn)
    console.print("drifts: the 99 % intervals of the smallest and the largest size are apart", markup=False)
    _print_verdict(console, scale.verdict)


def _drift(row: Row) -> str:
    known = math.isfinite(row.measured[0].low) and math.isfinite(row.measured[-1].low)
    return quantity.MISSING if not known else "yes" if row.drifts else "no"


def _print_verdict(console: "Console", verdict: Verdict) -> None:
    from rich.text import Text

    style = "red" if verdict.exit_code else "green"
    console.print(
        Text.assemble((f" {verdict.word.upper()} ", f"reverse bold {style}"), " ", verdict.sentence)
    )
    for reason in verdict.reasons:
        console.print(f"  {reason}", markup=False)


def _facts(study: Study) -> "Table":
    from rich.text import Text

    drawn = _table(f"Facts on {study.plan.members:,} members (bold: gates)", "measured", INTERVAL, "band")
    drawn.add_column("verdict", no_wrap=True)
    for outcome in study.society.values():
        if not any(found.n for found in outcome.measured):
            word = Text(outcome.verdict, style=STYLES[outcome.verdict])
            drawn.add_row(_styled(outcome, outcome.fact.id), "", word)
            continue
        for found in outcome.measured:
            drawn.add_row(
                _name(outcome, found),
                wording.value(found),
                wording.interval(found),
                wording.band(found.band, found.part.unit),
                Text(found.verdict, style=STYLES[found.verdict]),
            )
    return drawn


def _beside(study: Study) -> "Table":
    """What null models can be measured on."""
    drawn = _table("Beside null models (red: outside)", "society", *study.nulls.values())
    for outcome in study.society.values():
        for place, found in enumerate(outcome.measured):
            others = [study.outcomes[model][outcome.fact.id].measured[place] for model in study.nulls]
            if any(other.n or other.verdict == OUTSIDE for other in others):
                drawn.add_row(_name(outcome, found), *map(_figure, (found, *others)))
    return drawn


def _table(title: str, *figures: str) -> "Table":
    from rich.table import Table

    drawn = Table(
        title=title,
        title_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="dim",
    )
    drawn.add_column("figure", no_wrap=True)
    for name in figures:
        drawn.add_column(name, justify="right", no_wrap=name != INTERVAL)
    return drawn


def _name(outcome: Outcome, found: Measured) -> "Text":
    return _styled(outcome, f"{outcome.fact.id}.{found.part.key}")


def _styled(outcome: Outcome, name: str) -> "Text":
    from rich.text import Text

    return Text(name, style="bold" if outcome.fact.kind == "gate" else "")


def _figure(found: Measured) -> "Text":
    from rich.text import Text

    return Text(wording.value(found), style=STYLES[found.verdict])
