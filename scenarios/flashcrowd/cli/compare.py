"""`flashcrowd compare`: what recorded runs can say of two builds, or of two societies."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flashcrowd.cli.baseline import FOLDER, FolderOption
from flashcrowd.cli.judged import report_outcome
from flashcrowd.cli.output import JsonOption, Output, QuietOption

if TYPE_CHECKING:
    from flashcrowd.report.duel.comparison import Limits
    from flashcrowd.report.duel.outcome import Outcome

EXAMPLES: Final = (
    "flashcrowd compare main runs/new",
    "flashcrowd compare runs/before runs/after",
    "flashcrowd compare runs/chronological runs/engagement --smallest 0.1",
)


def command(
    before: Annotated[
        str, typer.Argument(help="A run, a folder of runs, or the name of a kept baseline.", metavar="BEFORE")
    ],
    after: Annotated[Path, typer.Argument(help="A run, or a folder of runs.", metavar="AFTER")],
    smallest: Annotated[
        float, typer.Option(min=0.001, max=1.0, help="Smallest effect that matters: 0.05 = 5 %.")
    ] = 0.05,
    folder: FolderOption = FOLDER,
    out: Annotated[
        Path | None, typer.Option(help="Directory of results; runs/<time>-compare if not given.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Hold recorded runs against each other; the run is the sample.

    Live runs: is the candidate slower? Offline runs, in pairs of equal seed: does content spread differently,
    at matched size? Two single runs decide nothing, and it says so. Exit code: 0 same or faster, 3 slower or
    different, 4 inconclusive.
    """
    from flashcrowd.core.runlog import new_run_dir
    from flashcrowd.report.duel.comparison import Limits

    began = time.monotonic()
    found, name = _compared(before, after, folder, Limits(effect=smallest))
    made = new_run_dir(out, "compare")
    return report_outcome(
        found, (before, str(after)), name, time.monotonic() - began, made, Output(json, quiet)
    )


def _compared(before: str, after: Path, folder: Path, limits: "Limits") -> "tuple[Outcome, str]":
    """The judgement, and the name of the scenario."""
    from flashcrowd.core.errors import UsageError
    from flashcrowd.report.duel.baseline import read_baseline
    from flashcrowd.report.duel.recorded import compared_shots, compared_societies, runs_in, shot_of

    candidate = runs_in(after)
    name = candidate[0].scenario.name
    kept = folder / f"{before}.json"
    if not Path(before).exists() and kept.is_file():
        shots = read_baseline(kept).shots
        return compared_shots(shots, [shot_of(run) for run in candidate], limits), name
    baseline = runs_in(Path(before))
    kinds = {run.live for run in (*baseline, *candidate)}
    if len(kinds) > 1:
        raise UsageError("live runs and simulated ones cannot be compared")
    if kinds == {False}:
        return compared_societies(baseline, candidate, limits), name
    shots = tuple(shot_of(run) for run in baseline)
    return compared_shots(shots, [shot_of(run) for run in candidate], limits), name
