"""`flashcrowd load`: let the members of a scenario live on a real platform, and report how both did."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption

if TYPE_CHECKING:
    from flashcrowd.core.scenario import Scenario

EXAMPLES: Final = (
    "flashcrowd load smoke",
    "flashcrowd load launch_day --target http://127.0.0.1:8000 --members 1000 --duration 60s",
    'flashcrowd load launch_day --slo "home.p95<300ms, errors<1%" --abort-on "errors>20% for 10s" --json',
    'flashcrowd load launch_day --profile "5/s for 30s, 20/s for 30s" --no-feedback',
)

FEEDBACK: Final = ("pace", "abandonment", "retry", "leaving")
"""What `--no-feedback` switches off: members then only wait, as a control to compare with."""


def command(
    scenario: Annotated[str, typer.Argument(help="A file, or the name of a bundled scenario.")],
    target: Annotated[
        str | None, typer.Option(help="Base URL of the platform; none: one is started for this run.")
    ] = None,
    members: Annotated[int | None, typer.Option(help="Live members, instead of the scenario's.")] = None,
    duration: Annotated[str | None, typer.Option(help="Measured window, e.g. 60s or 5m.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the scenario's.")] = None,
    slo: Annotated[
        str | None, typer.Option(help="Objectives, instead of the scenario's, e.g. 'home.p95<300ms'.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="When sessions begin: model, '20/s', or '5/s for 30s, 20/s for 30s'.")
    ] = None,
    abort_on: Annotated[
        list[str] | None,
        typer.Option("--abort-on", help="End early when hopeless: 'errors>20% for 10s'; may be repeated."),
    ] = None,
    no_feedback: Annotated[
        bool, typer.Option("--no-feedback", help="Members neither slow down, give up, retry nor leave.")
    ] = False,
    adapter: Annotated[str, typer.Option(help="What the platform speaks.")] = "mastodon",
    i_own: Annotated[
        list[str] | None,
        typer.Option("--i-own", help="A public host that is yours to load; may be repeated."),
    ] = None,
    vault: Annotated[
        Path | None, typer.Option(help="File of the target's credentials, instead of the usual place.")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(help="A schedule.parquet of an earlier run: the same arrivals again.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The run directory itself; runs/<time>-<name> if not given.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Run a scenario live: real accounts, real HTTP, one record, one report.

    Members decide as they do offline, and what the platform answers goes back into what they do next. The
    exit code is the verdict: 0 pass, 1 objective missed, 4 inconclusive, 5 invalid run, 6 the harness failed.
    """
    from flashcrowd.core.runlog import new_run_dir
    from flashcrowd.core.scenario import load_scenario
    from flashcrowd.report.slo import parse_all

    output = Output(json, quiet)
    chosen = load_scenario(scenario).changed(
        **{
            "load.members": members,
            "load.duration": duration,
            "seed": seed,
            "load.profile": profile,
            "load.abort_on": tuple(abort_on) if abort_on else None,
            **{f"feedback.{name}": False if no_feedback else None for name in FEEDBACK},
            "slo": None if slo is None else tuple(part.strip() for part in slo.split(",") if part.strip()),
        }
    )
    parse_all(chosen.slo)
    path = new_run_dir(out, chosen.name)
    _run(chosen, path, target, i_own or [], adapter, vault, replay, output)
    return _report(path, output)


def _run(
    chosen: "Scenario",
    path: Path,
    target: str | None,
    owned: list[str],
    adapter: str,
    vault: Path | None,
    replay: Path | None,
    output: Output,
) -> None:
    from flashcrowd.load.engine import run_live

    members = chosen.load.members
    output.note(f"{chosen.name}: {members:,} live members of {chosen.population.members:,}")
    run_live(chosen, path, target, owned, adapter, output.quiet, vault, replay)


def _report(path: Path, output: Output) -> int:
    """Write and show the report; its verdict's exit code."""
    from flashcrowd.report.report import write_report
    from flashcrowd.report.terminal import print_summary

    report = write_report(path)
    output.result(report.as_json())
    print_summary(output.console(), report.verdict, report.sections)
    output.console().print(f"report: {report.path}", markup=False, soft_wrap=True)
    return int(report.verdict.exit_code)
