"""`flashcrowd baseline`: keep what runs of a build measured, and how much they differ by themselves."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption, examples

if TYPE_CHECKING:
    from flashcrowd.report.duel.baseline import Baseline, Calibration

EXAMPLES: Final = (
    "flashcrowd baseline keep main runs/main-1 runs/main-2 runs/main-3",
    "flashcrowd baseline",
    "flashcrowd baseline show main",
    "flashcrowd compare main runs/new",
)

FOLDER: Final = Path("baselines")
FolderOption = Annotated[Path, typer.Option("--in", help="Folder of the kept baselines.")]

command = typer.Typer(
    help="Keep baselines with their A/A calibration; list and show them.", invoke_without_command=True
)


@command.callback()
def list_baselines(
    context: typer.Context,
    folder: FolderOption = FOLDER,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Keep baselines with their A/A calibration; list and show them."""
    if context.invoked_subcommand is not None:
        return
    from flashcrowd.report import quantity
    from flashcrowd.report.duel.baseline import baselines

    found = list(baselines(folder))
    output = Output(json, quiet)
    output.result({"baselines": [one.document() for one in found]})
    if not found:
        output.note(f"no baselines in {folder}; flashcrowd baseline keep makes one")
    for one in found:
        first, last = one.shots[0], one.shots[-1]
        runs = quantity.plural(len(one.shots), "run")
        text = f"{one.name}: {runs} of {first.scenario}, {first.started} to {last.started}"
        output.console().print(text, markup=False, soft_wrap=True)


@command.command("keep", epilog=examples(EXAMPLES[:1]))
def keep_runs(
    name: Annotated[str, typer.Argument(help="What to call it, e.g. main.")],
    runs: Annotated[list[Path], typer.Argument(help="Live runs of one build, or folders of them.")],
    folder: FolderOption = FOLDER,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Keep three or more live runs of one build under a name, instead of those kept before.

    What is kept is one small JSON file, made to be committed beside the code it was measured of.
    """
    from flashcrowd.report.duel.baseline import kept_baseline
    from flashcrowd.report.duel.recorded import runs_in, shot_of

    shots = [shot_of(run) for path in runs for run in runs_in(path)]
    shots.sort(key=lambda shot: shot.started)
    _show(kept_baseline(name, shots, folder), Output(json, quiet))


@command.command("show", epilog=examples(EXAMPLES[2:3]))
def show_baseline(
    name: Annotated[str, typer.Argument(help="Of the baseline.")],
    folder: FolderOption = FOLDER,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show a baseline's A/A calibration: what could one new run show, and how wrong is a plain threshold?"""
    from flashcrowd.core.errors import UsageError
    from flashcrowd.report.duel.baseline import baselines, read_baseline

    path = folder / f"{name}.json"
    if not path.is_file():
        known = ", ".join(one.name for one in baselines(folder)) or "none"
        raise UsageError(f"{name}: no such baseline in {folder}; there are: {known}")
    _show(read_baseline(path), Output(json, quiet))


def _show(found: "Baseline", output: Output) -> None:
    from rich.table import Table
    from rich.text import Text

    output.result(found.document())
    calibration = found.calibration()
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("figure")
    for name in ("median", "run to run", "one run shows", "5 % threshold wrong"):
        table.add_column(name, justify="right")
    for one in calibration:
        table.add_row(Text(one.name), *_row(one))
    console = output.console()
    console.print(f"{found.name}: {len(found.shots)} runs of {found.shots[0].scenario}, nothing changed")
    console.print(table)


def _row(one: "Calibration") -> tuple[str, str, str, str]:
    import math

    from flashcrowd.report import quantity
    from flashcrowd.report.duel.figures import figure_named

    figure = figure_named(one.name)
    points = figure.scale == "difference"
    spread, least = (
        f"{100 * value:.2f} points" if points else quantity.share(value)
        for value in (one.spread, one.detectable)
    )
    alarms = "" if math.isnan(one.plain_alarms) else f"{one.plain_alarms:.0%} of pairs"
    return quantity.of_unit(one.median, figure.unit), spread, f"{least} and more", alarms
