"""`flashcrowd drift`: where the runs of a branch began to be different."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flashcrowd.report.duel.drift import ChangePoint
    from flashcrowd.report.duel.recorded import Shot

EXAMPLES: Final = ("flashcrowd drift runs/main", "flashcrowd drift runs/main --smallest 0.1 --json")


def command(
    runs: Annotated[list[Path], typer.Argument(help="Live runs, or folders of them.")],
    smallest: Annotated[
        float, typer.Option(min=0.001, max=1.0, help="Smallest change that matters: 0.05 = 5 %.")
    ] = 0.05,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Find the runs at which a figure changed for good, among many runs one after the other.

    What a single run shows is no change: at least three runs of the new level are needed. Exit code: 0
    nothing became worse, 3 something did, 4 too few runs.
    """
    from flashcrowd.core.errors import ExitCode
    from flashcrowd.report.duel.comparison import Limits
    from flashcrowd.report.duel.drift import LEAST_RUNS, drift
    from flashcrowd.report.duel.recorded import runs_in, shot_of

    output = Output(json, quiet)
    shots = sorted((shot_of(run) for path in runs for run in runs_in(path)), key=lambda shot: shot.started)
    changes = drift(shots, Limits(effect=smallest)) if len(shots) >= LEAST_RUNS else []
    worse = any(change.is_worse for change in changes)
    code = ExitCode.REGRESSION if worse else ExitCode.PASS
    if len(shots) < LEAST_RUNS:
        code = ExitCode.INCONCLUSIVE
        output.note(f"{len(shots)} runs are too few; a change shows from {LEAST_RUNS} on")
    output.result({"runs": len(shots), "exit_code": int(code), "changes": [_entry(one) for one in changes]})
    _print(shots, changes, output)
    return int(code)


def _entry(one: "ChangePoint") -> dict[str, object]:
    return {
        "figure": one.figure.name,
        "run": one.run.name,
        "started": one.run.started,
        "before": one.before,
        "after": one.after,
        "effect": one.effect,
        "p": one.p,
        "verdict": "slower" if one.is_worse else "faster",
    }


def _print(shots: "Sequence[Shot]", changes: "Sequence[ChangePoint]", output: Output) -> None:
    from rich.table import Table
    from rich.text import Text

    from flashcrowd.report import quantity

    console = output.console()
    console.print(f"{len(shots)} runs: {quantity.plural(len(changes), 'change')}")
    if not changes:
        return
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in ("since run", "figure", "before", "after", "effect", "p"):
        table.add_column(name, justify="left" if name in ("since run", "figure") else "right")
    for one in changes:
        ratio = one.figure.scale == "ratio"
        effect = f"{100 * one.effect:+.1f} %" if ratio else f"{100 * one.effect:+.2f} points"
        sides = (quantity.of_unit(value, one.figure.unit) for value in (one.before, one.after))
        style = "bold red" if one.is_worse else "green"
        table.add_row(Text(one.run.name), one.figure.name, *sides, Text(effect, style=style), f"{one.p:.2g}")
    console.print(table)
