"""`flashcrowd realism`: hold the society against published facts, beside two null models."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption

if TYPE_CHECKING:
    from flashcrowd.core.scenario import Scenario
    from flashcrowd.report.realism.plan import Plan
    from flashcrowd.report.realism.runs import SeedResult, SeedRun
    from flashcrowd.report.realism.study import Study

EXAMPLES: Final = (
    "flashcrowd realism --quick",
    "flashcrowd realism --members 100000 --seeds 26 --out runs/realism",
    "flashcrowd realism --sizes 250000,500000,1000000 --seeds 3 --out runs/sizes",
    "flashcrowd realism --scenario my.yaml --members 50000 --seeds 3 --days 5 --json",
)

FULL: Final = 100_000, 26, 7.0
QUICK: Final = 50_000, 2, 2.0
"""Members, seeds and days of a study."""

BYTES: Final = 1_200_000_000
BYTES_PER_MEMBER_DAY: Final = 1_000
"""Memory that a run takes, and more for a member and a day: measured at 100,000 to a million members."""


def command(
    members: Annotated[
        int | None, typer.Option(min=100, help="Size of the population; 100,000, with --quick 50,000.")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, max=1000, help="Runs, with seeds 1, 2, …; 26, with --quick 2.")
    ] = None,
    days: Annotated[
        float | None,
        typer.Option(min=0.25, max=100, help="Days of a run, warm-up included; 7, with --quick 2."),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Another society: a scenario file, or the name of a bundled one.")
    ] = None,
    sizes: Annotated[
        str | None, typer.Option(help="Sizes of the population, as 250000,1000000: what drifts with size?")
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Directory of results; seeds found there are not run again.")
    ] = Path("runs/realism"),
    quick: Annotated[
        bool, typer.Option("--quick", help="Small and short, for CI; facts that need more stay open.")
    ] = False,
    nulls: Annotated[
        bool, typer.Option("--nulls/--no-nulls", help="Whether null models run beside the society.")
    ] = True,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Hold the default society against published facts, with 99 % intervals over seeds.

    Prints each fact with its band and verdict, writes realism.json and realism.html, and shows two null
    models beside it. Exit code 0: every gate is inside its band (with --quick: or needs a longer study); 1: a
    gate is missed, not decided or not simulated yet. An interrupted study goes on where it stopped. With
    --sizes the same at each size without null models, in a directory of its own, and a table of what drifts.
    """
    from flashcrowd.core.scenario import Scenario, load_scenario
    from flashcrowd.report.realism.plan import Plan

    output = Output(json, quiet)
    usual = QUICK if quick else FULL
    chosen = load_scenario(scenario) if scenario else Scenario()
    first_to_last = tuple(range(1, (seeds or usual[1]) + 1))
    _check_directory(out)
    if sizes:
        plans = [Plan(size, first_to_last, days or usual[2], quick, False) for size in _sizes(sizes, members)]
        studies = [_study(chosen, plan, out / str(plan.members), output) for plan in plans]
        return _report_sizes(studies, out, output)
    plan = Plan(members or usual[0], first_to_last, days or usual[2], quick, nulls)
    return _report(_study(chosen, plan, out, output), out, output)


def _sizes(text: str, members: int | None) -> Sequence[int]:
    from flashcrowd.core.errors import UsageError
    from flashcrowd.report.realism.scale import parsed_sizes

    if members:
        raise UsageError("--members and --sizes: give one of them")
    return parsed_sizes(text)


def _check_directory(out: Path) -> None:
    from flashcrowd.core.errors import UsageError

    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is a file; --out must name a directory")
    if out.is_dir() and any(out.iterdir()) and not [*out.glob("seeds"), *out.glob("*/seeds")]:
        raise UsageError(f"{out}: is not empty and holds no study; choose another directory")


def _study(chosen: "Scenario", plan: "Plan", out: Path, output: Output) -> "Study":
    import time

    from flashcrowd.report.realism.facts import FACTS
    from flashcrowd.report.realism.study import study_of

    began = time.perf_counter()
    results = _run(chosen, plan, out, output)
    return study_of(FACTS, plan, results, time.perf_counter() - began)


def _run(chosen: "Scenario", plan: "Plan", out: Path, output: Output) -> "list[SeedResult]":
    """Run every seed of every scenario, with a progress bar and an estimate of the time that is left."""
    from flashcrowd.cli.realism_seed import observe_seed
    from flashcrowd.core.jobs import Job, run_all, workers_for
    from flashcrowd.report.realism.runs import seed_result

    runs = _runs(chosen, plan)
    jobs = [Job(f"{run.scenario}-{run.seed}", _key(run), run) for run in runs]
    days = plan.end_s / 86400
    workers = min(2, workers_for(BYTES + BYTES_PER_MEMBER_DAY * plan.members * days))
    main = f"{len(plan.seeds)} of them of {plan.members:,} members over {days:g} days"
    output.note(f"{len(jobs)} runs, {main}, {workers} at a time")
    with output.progress() as bar:
        task = bar.add_task("runs", total=len(jobs))
        done = run_all(
            jobs, observe_seed, out / "seeds", workers,
            lambda share: bar.update(task, completed=round(share * len(jobs), 2)),
        )  # fmt: skip
    return [seed_result(run, result) for run, result in zip(runs, done, strict=True)]


def _runs(chosen: "Scenario", plan: "Plan") -> "list[SeedRun]":
    from flashcrowd.cli.realism_seed import SCENARIOS, plan_of, settings_of
    from flashcrowd.report.realism.runs import SeedRun

    return [
        SeedRun(name, seed, settings_of(chosen, name, own, seed), own)
        for name in SCENARIOS
        for own in [plan_of(name, plan)]
        for seed in plan.seeds
    ]


def _key(run: "SeedRun") -> str:
    """A digest of what the result of a run depends on, but for its seed."""
    import hashlib
    import json

    from flashcrowd.report.realism.runs import measures_digest
    from flashcrowd.sim.compiled import sources_digest

    settings = {name: value for name, value in run.settings.items() if name != "seed"}
    text = json.dumps([settings, run.plan.nulls, measures_digest(), sources_digest()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _report_sizes(studies: Sequence["Study"], out: Path, output: Output) -> int:
    """Write each study to its directory, and print what drifts between them."""
    from flashcrowd.report.realism.scale import Scale, scale_document, write_scale
    from flashcrowd.report.realism.terminal import print_scale

    scale = Scale(tuple(studies))
    pages = [_written(study, out / str(study.plan.members)) for study in studies]
    with _storage(out):
        write_scale(scale, out / "scale.json")
    output.result({**scale_document(scale), "pages": [str(page) for page in pages]})
    print_scale(output.console(), scale)
    for page in pages:
        output.console().print(f"page: {page}", markup=False, soft_wrap=True)
    return int(scale.verdict.exit_code)


def _written(study: "Study", out: Path) -> Path:
    """The page of a study, which is written with its document."""
    from flashcrowd.report.realism.document import write_document
    from flashcrowd.report.realism.page import write_page

    page = out / "realism.html"
    with _storage(out):
        write_document(study, out / "realism.json")
        write_page(study, page)
    return page


@contextmanager
def _storage(out: Path) -> Iterator[None]:
    """Say in one line that a study cannot be written."""
    from flashcrowd.core.errors import StorageError

    try:
        yield
    except OSError as error:
        raise StorageError(f"{out}: the study cannot be written: {error.strerror or error}") from error


def _report(study: "Study", out: Path, output: Output) -> int:
    from flashcrowd.report.realism.document import study_document
    from flashcrowd.report.realism.terminal import print_study

    page = _written(study, out)
    output.result({**study_document(study), "page": str(page)})
    print_study(output.console(), study)
    output.console().print(f"page: {page}", markup=False, soft_wrap=True)
    return int(study.verdict.exit_code)
