"""`flashcrowd load`: let the members of a scenario live on a real platform, and report how both did."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption

if TYPE_CHECKING:
    from flashcrowd.core.scenario import Scenario
    from flashcrowd.load.distributed.launch import Workers
    from flashcrowd.load.observed.outlets import Outlets

EXAMPLES: Final = (
    "flashcrowd load smoke",
    "flashcrowd load launch_day --target http://127.0.0.1:8000 --members 1000 --duration 60s",
    'flashcrowd load launch_day --slo "home.p95<300ms, errors<1%" --abort-on "errors>20% for 10s" --json',
    'flashcrowd load launch_day --profile "5/s for 30s, 20/s for 30s" --no-feedback',
    "flashcrowd load launch_day --processes 4",
    "flashcrowd load launch_day --target http://10.0.0.9 --master --expect-workers 8",
    "flashcrowd load --worker --master-host 10.0.0.5",
)


def command(
    scenario: Annotated[str, typer.Argument(help="A file, or the name of a bundled scenario.")] = "",
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
        bool,
        typer.Option("--no-feedback", help="Members neither slow down, give up, retry, leave nor stay away."),
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
    processes: Annotated[
        int, typer.Option(help="Let the members live on so many worker processes of this machine.")
    ] = 0,
    master: Annotated[
        bool, typer.Option("--master", help="Lead workers that join from this and other machines.")
    ] = False,
    expect_workers: Annotated[
        int, typer.Option(help="With --master: begin when so many workers are ready; others may join later.")
    ] = 1,
    worker: Annotated[
        bool, typer.Option("--worker", help="Be a worker: play a part of the run that a master leads.")
    ] = False,
    master_host: Annotated[str, typer.Option(help="With --worker: where the master is.")] = "127.0.0.1",
    master_port: Annotated[int, typer.Option(help="Where the master listens for workers.")] = 5557,
    master_bind_host: Annotated[
        str, typer.Option(help="With --master: address to listen on; * = all.")
    ] = "*",
    prometheus: Annotated[
        str, typer.Option(help="PORT or ADDRESS:PORT at which Prometheus may ask for the figures.")
    ] = "",
    otel: Annotated[
        bool,
        typer.Option("--otel", help="Export the figures by OpenTelemetry, to where OTEL_* variables say."),
    ] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Run a scenario live: real accounts, real HTTP, one record, one report.

    Members decide as they do offline, and what the platform answers goes back into what they do next. The
    exit code is the verdict: 0 pass, 1 objective missed, 4 inconclusive, 5 invalid run, 6 the harness failed.
    """
    from flashcrowd.core.runlog import new_run_dir
    from flashcrowd.core.scenario import FEEDBACK_SWITCHES, load_scenario
    from flashcrowd.load.distributed.launch import Workers
    from flashcrowd.load.observed.outlets import Outlets
    from flashcrowd.report.slo import parse_all

    output = Output(json, quiet)
    _check_roles(scenario, processes, master, worker)
    if worker:
        return _play(master_host, master_port, out, output)
    workers = Workers(processes) if processes else None
    if master:
        workers = Workers(expect_workers, False, master_bind_host, master_port)
    chosen = load_scenario(scenario).changed(
        **{
            "load.members": members,
            "load.duration": duration,
            "seed": seed,
            "load.profile": profile,
            "load.abort_on": tuple(abort_on) if abort_on else None,
            **{f"feedback.{name}": False if no_feedback else None for name in FEEDBACK_SWITCHES},
            "slo": None if slo is None else tuple(part.strip() for part in slo.split(",") if part.strip()),
        }
    )
    parse_all(chosen.slo)
    path = new_run_dir(out, chosen.name)
    outlets = Outlets(prometheus, otel)
    _run(chosen, path, target, i_own or [], adapter, vault, replay, workers, outlets, output)
    return _report(path, output)


def _check_roles(scenario: str, processes: int, master: bool, worker: bool) -> None:
    from flashcrowd.core.errors import UsageError

    if sum((processes != 0, master, worker)) > 1:
        raise UsageError("--processes, --master and --worker exclude each other")
    if processes < 0:
        raise UsageError(f"--processes is {processes}; must be > 0")
    if worker and scenario:
        raise UsageError(f"a worker takes its scenario from the master; leave out {scenario!r}")
    if not worker and not scenario:
        raise UsageError("Missing argument 'SCENARIO' (see flashcrowd load --help)")


def _play(host: str, port: int, out: Path | None, output: Output) -> int:
    """Be a worker until the run is over; the exit code."""
    from flashcrowd.core.runlog import new_run_dir
    from flashcrowd.load.engine import run_worker

    run_worker(host, port, lambda number: new_run_dir(out, f"worker-{number}"), output.quiet)
    return 0


def _run(
    chosen: "Scenario",
    path: Path,
    target: str | None,
    owned: list[str],
    adapter: str,
    vault: Path | None,
    replay: Path | None,
    workers: "Workers | None",
    outlets: "Outlets",
    output: Output,
) -> None:
    from flashcrowd.load.engine import run_live

    members = chosen.load.members
    output.note(f"{chosen.name}: {members:,} live members of {chosen.population.members:,}")
    run_live(chosen, path, target, owned, adapter, output.quiet, vault, replay, workers, outlets)


def _report(path: Path, output: Output) -> int:
    """Write and show the report; its verdict's exit code."""
    from flashcrowd.report.report import write_report
    from flashcrowd.report.terminal import print_summary

    report = write_report(path)
    output.result(report.as_json())
    print_summary(output.console(), report.verdict, report.sections)
    output.console().print(f"report: {report.path}", markup=False, soft_wrap=True)
    return int(report.verdict.exit_code)
