"""`flashcrowd study`: what does a change of a scenario do? Arms, over many seeds, with intervals."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption

if TYPE_CHECKING:
    from flashcrowd.core.jobs import Done, Job, Tell, Worker
    from flashcrowd.core.study import Plan
    from flashcrowd.report.study.findings import Cost, Findings
    from flashcrowd.report.study.outcome import Outcome

EXAMPLES: Final = (
    "flashcrowd study ranker --members 5000 --seeds 5",
    "flashcrowd study my_study.yaml --out runs/mine",
    "flashcrowd study ranker --seeds-from 101 --seeds 10 --beside runs/study-ranker --out runs/again",
    "flashcrowd study my_study.yaml --ray 10.0.0.5:6379 --json",
)

BYTES: Final = 400_000_000
BYTES_PER_MEMBER_DAY: Final = 9_000
"""Memory that a run takes: once, and for a member and day; measured at 100,000 members and a day."""


def command(
    study: Annotated[str, typer.Argument(help="A study file, or the name of a bundled study.")],
    members: Annotated[int | None, typer.Option(min=2, help="Members, instead of the study's.")] = None,
    days: Annotated[
        float | None, typer.Option(min=0.01, help="Days to simulate, instead of the study's.")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(min=2, max=1000, help="Runs of each arm, instead of the study's.")
    ] = None,
    seeds_from: Annotated[int, typer.Option(min=0, help="The first seed; the others follow it.")] = 1,
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Runs at once; as many as there are cores, by default.")
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(help="Run on the Ray cluster at this address, or on a `local` one of this machine."),
    ] = None,
    beside: Annotated[
        Path | None, typer.Option(help="Results of the same study with other seeds: do they agree?")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Directory of results, runs/study-NAME by default; runs found there are kept."),
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Say what a change of a scenario does, with 99 % intervals over seeds.

    Runs every arm of the study with every seed, offline and side by side, and holds the arms against the
    control seed by seed. Prints the answer and every difference; leaves study.html, study.json and study.csv.
    A study that was interrupted or killed goes on where it stopped when the same command is given again; more
    seeds or arms are added to what is there.
    """
    from flashcrowd.core.study import load_study
    from flashcrowd.report.study.findings import Findings

    output = Output(json, quiet)
    changes = {"population.members": members, "duration": None if days is None else days * 86400.0}
    plan = load_study(study, changes)
    outcomes = checked_outcomes(plan, Path(study).name)
    folder = out or Path("runs") / f"study-{plan.study.name}"
    _check_directory(folder)
    chosen = tuple(range(seeds_from, seeds_from + (seeds or plan.study.seeds)))
    done, cost = _run(plan, chosen, folder, workers, ray, output)
    findings = Findings(plan, chosen, outcomes, _values(plan, outcomes, done), cost)
    return _report(findings, folder, beside, output)


def checked_outcomes(plan: "Plan", source: str) -> "tuple[Outcome, ...]":
    """The outcomes of a study; `source` names its file in errors.

    Raises:
        ScenarioError: when it, or the scenario of an arm, names something unknown or not usable.
    """
    from flashcrowd.core.errors import ScenarioError, UsageError
    from flashcrowd.report.study.outcome import outcomes_of
    from flashcrowd.sim.world import check_scenario

    for arm, scenario in plan.arms.items():
        try:
            check_scenario(scenario)
        except UsageError as error:
            raise ScenarioError(f"study {plan.study.name}, arm {arm}: {error}") from error
    return outcomes_of(plan.study.outcomes, source)


def _check_directory(out: Path) -> None:
    from flashcrowd.core.errors import UsageError

    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is a file; --out must name a directory")
    if out.is_dir() and any(out.iterdir()) and not (out / "seeds").is_dir():
        raise UsageError(f"{out}: is not empty and holds no study; choose another directory")


def _run(
    plan: "Plan", seeds: tuple[int, ...], out: Path, workers: int | None, ray: str | None, output: Output
) -> "tuple[list[Done], Cost]":
    """Run every arm with every seed, with a progress bar and an estimate of the time that is left."""
    import time

    from flashcrowd.cli.study_run import observe_run
    from flashcrowd.core.jobs import kept, run_all
    from flashcrowd.report.study.findings import Cost

    began = time.perf_counter()
    jobs = _jobs(plan, seeds)
    before = sum(kept(out / "seeds", job) is not None for job in jobs)
    with _staff(ray, workers, _fitting(plan)) as (many, hire, who):
        first = next(iter(plan.arms.values()))
        output.note(
            f"{len(plan.arms)} arms x {len(seeds)} seeds of {first.population.members:,} members over "
            f"{first.duration / 86400:g} days: {len(jobs)} runs, {before} of them done before, {who}"
        )
        if many > 1 and hire is None and len(jobs) - before > 1:
            _compile_ahead()
        with _told(output, len(jobs)) as tell:
            done = run_all(jobs, observe_run, out / "seeds", many, tell, **({"hire": hire} if hire else {}))
    cpu_s = sum(one.cpu_s for one in done)
    return done, Cost(cpu_s, time.perf_counter() - began, before, who)


def _compile_ahead() -> None:
    """Let the society be compiled once, by a tiny one in this process, before every worker would do so."""
    from flashcrowd.cli.study_run import observe_run
    from flashcrowd.core.scenario import Scenario

    tiny = Scenario().changed(**{"population.members": 300, "duration": 7200.0})
    observe_run(tiny.resolved(), lambda share: None)


def _jobs(plan: "Plan", seeds: tuple[int, ...]) -> "list[Job]":
    """A job a run: all arms of a seed go to one worker, which makes their follow graph once."""
    import hashlib
    import json

    from flashcrowd.core.jobs import Job, sources_digest
    from flashcrowd.core.own import digest_of
    from flashcrowd.report import metrics
    from flashcrowd.sim import compiled

    own = {reference for scenario in plan.arms.values() for reference in scenario.own()}
    made_by = [
        digest_of(sorted(own)),
        compiled.sources_digest(),
        sources_digest(Path(str(metrics.__file__)).parent),
    ]
    jobs = []
    for seed in seeds:
        for scenario in plan.arms.values():
            settings = scenario.changed(seed=seed).resolved()
            text = json.dumps([settings, *made_by], sort_keys=True)
            key = hashlib.sha256(text.encode()).hexdigest()[:16]
            jobs.append(Job(f"{seed}-{key}", key, settings, group=str(seed)))
    return jobs


@contextmanager
def _staff(
    ray: str | None, workers: int | None, fitting: int
) -> "Iterator[tuple[int, Callable[[], Worker] | None, str]]":
    """How many workers, how to get one, and who they are."""
    if ray is None:
        many = workers or fitting
        yield many, None, f"{many} at a time" if many > 1 else "one at a time"
        return
    from flashcrowd.core.jobs.on_ray import Cluster

    cluster = Cluster(ray, workers or fitting)
    try:
        many = workers or cluster.processors
        yield many, cluster.hire, f"{many} workers on Ray"
    finally:
        cluster.close()


def _fitting(plan: "Plan") -> int:
    from flashcrowd.core.jobs import workers_for

    largest = max(one.population.members * max(1.0, one.duration / 86400) for one in plan.arms.values())
    return workers_for(BYTES + BYTES_PER_MEMBER_DAY * largest)


@contextmanager
def _told(output: Output, runs: int) -> "Iterator[Tell]":
    """A progress bar for people, a line every tenth for logs; both estimate the time that is left."""
    import time

    from flashcrowd.report import quantity

    began, at_first, lines = time.monotonic(), [-1.0], [0.1]
    with output.progress() as bar:
        task = bar.add_task("runs", total=runs)

        def tell(share: float) -> None:
            bar.update(task, completed=round(share * runs, 2))
            if at_first[0] < 0:
                at_first[0] = share
            gone = share - at_first[0]
            if not output.is_interactive and gone > 0 and lines[0] <= share < 1:
                left_s = (time.monotonic() - began) * (1 - share) / gone
                output.note(f"{share:.0%} of {runs} runs, about {quantity.duration(left_s)} left")
                lines[0] = share + 0.1

        yield tell


def _values(plan: "Plan", outcomes: "tuple[Outcome, ...]", done: "list[Done]") -> Any:
    """Arm -> metric -> its value in each seed; NaN where a run does not know it."""
    values: dict[str, dict[str, list[float]]] = {
        arm: {one.metric: [] for one in outcomes} for arm in plan.arms
    }
    for place, result in enumerate(done):
        arm = list(plan.arms)[place % len(plan.arms)]
        for name, column in values[arm].items():
            found = result.document["metrics"].get(name, {}).get("value")
            column.append(float("nan") if found is None else float(found))
    return values


def _report(findings: "Findings", out: Path, beside: Path | None, output: Output) -> int:
    from flashcrowd.core.errors import ExitCode, StorageError
    from flashcrowd.report.study.document import study_document, write_documents
    from flashcrowd.report.study.page import write_page
    from flashcrowd.report.study.replication import replication
    from flashcrowd.report.study.terminal import print_findings

    again = replication(findings, beside) if beside else None
    page = out / "study.html"
    try:
        write_documents(findings, out, again)
        write_page(findings, page, again)
    except OSError as error:
        raise StorageError(f"{out}: the study cannot be written: {error.strerror or error}") from error
    output.result({**study_document(findings, again), "page": str(page)})
    print_findings(output.console(), findings, again)
    output.console().print(f"page: {page}", markup=False, soft_wrap=True)
    return int(ExitCode.PASS)
