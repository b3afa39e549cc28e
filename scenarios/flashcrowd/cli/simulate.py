"""`flashcrowd simulate`: run a scenario offline, at any size, and leave its record."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption
from flashcrowd.core.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from flashcrowd.core.scenario import Scenario
    from flashcrowd.sim.model import SocialModel

EXAMPLES: Final = (
    "flashcrowd simulate launch_day",
    "flashcrowd simulate launch_day --members 100000 --days 3 --seed 7 --out runs/big",
    "flashcrowd simulate my.yaml --engine agents --members 300 --json",
)

MOST_THREADS: Final = 256


def command(
    scenario: Annotated[str, typer.Argument(help="A file, or the name of a bundled scenario.")],
    members: Annotated[int | None, typer.Option(help="Members, instead of the scenario's.")] = None,
    days: Annotated[float | None, typer.Option(help="Days to simulate, instead of the scenario's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the scenario's.")] = None,
    ranker: Annotated[str | None, typer.Option(help="How home feeds are ordered.")] = None,
    engine: Annotated[
        str, typer.Option(help="kernel (compiled, for millions) or agents (plain Python, to 20,000 members).")
    ] = "kernel",
    threads: Annotated[int | None, typer.Option(help="Cores to use, all by default; same record.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="The run directory itself; runs/<time>-<name> if not given.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Run a scenario offline and leave its record and report.

    Members read, react, post and make images on a simulated platform; nothing is sent anywhere. The same seed
    makes the same actions, byte for byte.
    """
    from flashcrowd.core.runlog import new_run_dir
    from flashcrowd.core.scenario import load_scenario

    output = Output(json, quiet)
    if engine not in ("kernel", "agents"):
        raise UsageError(f"--engine is {engine!r}; must be kernel or agents")
    if threads is not None and not 1 <= threads <= MOST_THREADS:
        raise UsageError(f"--threads is {threads}; must be 1 to {MOST_THREADS}")
    chosen = load_scenario(scenario).changed(
        **{
            "population.members": members,
            "duration": None if days is None else days * 86400.0,
            "seed": seed,
            "platform.ranker": ranker,
        }
    )
    path = new_run_dir(out, chosen.name)
    _run(chosen, path, engine, threads, output)
    return _report(path, output)


def _run(chosen: "Scenario", path: Path, engine: Any, threads: int | None, output: Output) -> None:
    """Simulate with a progress bar in simulated hours."""
    output.note(f"{chosen.name}: drawing {chosen.population.members:,} members and their follow graph …")
    from flashcrowd.sim.simulate import simulate

    with output.progress() as bar:
        task = bar.add_task("simulated hours", total=round(chosen.duration / 3600, 2))

        def show(share: float, model: "SocialModel") -> None:
            told = f"simulated hours · {model.engine.rows:,} actions · {model.views:,} views"
            bar.update(task, completed=round(share * chosen.duration / 3600, 2), description=told)

        simulate(chosen, path, engine, show, threads)


def _report(path: Path, output: Output) -> int:
    from flashcrowd.core.runlog import RunReader

    manifest = RunReader(path).manifest
    output.result(
        {"run": str(path), "rows": manifest["rows"], "views": manifest["views"], "wall_s": manifest["wall_s"]}
    )
    output.console().print(f"run: {path}")
    return ExitCode.PASS
