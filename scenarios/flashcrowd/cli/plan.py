"""`flashcrowd plan`: from how a network may grow to what it will need."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption

if TYPE_CHECKING:
    from flashcrowd.core.plan import Plan
    from flashcrowd.report.plan.basis import Basis

EXAMPLES: Final = (
    "flashcrowd plan small_launch",
    "flashcrowd plan parent_growth --out runs/plan",
    "flashcrowd plan parent_growth --members 1000000 --seeds 3   # demand measured on larger societies",
    "flashcrowd plan mine.yaml --json",
)

BYTES_PER_MEMBER: Final = 4000
"""Memory that a society takes for a member."""

LEAST_MEMBERS: Final = 100
WORTH_A_PROCESS: Final = 10_000
"""Members from which societies are run side by side: a process needs some seconds to begin."""


def command(
    plan: Annotated[str, typer.Argument(help="A plan file, or the name of a bundled plan.")],
    members: Annotated[
        int | None, typer.Option(min=400, max=10_000_000, help="Members of the largest simulated society.")
    ] = None,
    seeds: Annotated[int | None, typer.Option(min=2, help="Societies of each size.")] = None,
    halvings: Annotated[
        int | None, typer.Option(min=0, max=6, help="How often it is halved: N, N/2, N/4 …")
    ] = None,
    draws: Annotated[int | None, typer.Option(min=50, help="Futures that are drawn.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Directory of the plan; societies found there are not run again.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Plan a launch: from sign-ups to requests by hour, instances, generators, storage, egress and cost.

    A plan file says how the network may grow and what is assumed; what people do is measured on simulated
    societies of several sizes, and carried to the planned size with its uncertainty. Every answer is a range
    over many futures. Exit code: 0; 1 when what the plan says is there is too little.
    """
    from flashcrowd.core.plan import load_plan
    from flashcrowd.core.runlog import new_run_dir
    from flashcrowd.report.plan.basis import capacity_of, sign_ups_of

    output = Output(json, quiet)
    chosen, folder = load_plan(plan)
    chosen = _changed(chosen, members, seeds, halvings, draws)
    sign_ups, capacity = sign_ups_of(chosen, folder), capacity_of(chosen, folder)
    path = out if out is not None and (out / "societies").is_dir() else new_run_dir(out, chosen.name)
    basis = _basis(chosen, path, sign_ups, capacity, output)
    return _report(chosen, basis, path, output)


def _changed(
    plan: "Plan", members: int | None, seeds: int | None, halvings: int | None, draws: int | None
) -> "Plan":
    """The plan with what the command line says."""
    from flashcrowd.core.plan import checked_plan

    data = plan.model_dump()
    changes = {"members": members, "seeds": seeds, "halvings": halvings}
    data["society"] |= {name: value for name, value in changes.items() if value is not None}
    if draws is not None:
        data["draws"] = draws
    data["growth"]["preset"] = ""  # it has been filled in
    return checked_plan(data, "command line", plan.name)


def _basis(plan: "Plan", path: Path, sign_ups: Any, capacity: Any, output: Output) -> "Basis":
    """Simulate the societies that are missing, and put together what the plan stands on."""
    from flashcrowd.core.jobs import run_all, workers_for
    from flashcrowd.report.plan.basis import Basis, measured_of
    from flashcrowd.report.plan.users import SETTLED_D
    from flashcrowd.sim.measured_demand import measure, return_curve

    sizes = _sizes(plan)
    jobs = [job for size in sizes for job in _jobs(plan, size)]
    listed = ", ".join(f"{size:,}" for size in sizes)
    output.note(f"{len(jobs)} societies of {listed} members, {plan.society.seeds} of each size")
    large = plan.society.members >= WORTH_A_PROCESS
    workers = workers_for(BYTES_PER_MEMBER * plan.society.members) if large else 1
    with output.progress() as bar:
        task = bar.add_task("societies", total=len(jobs))
        done = run_all(
            jobs, measure, path / "societies", workers,
            lambda share: bar.update(task, completed=round(share * len(jobs), 2)),
        )  # fmt: skip
    counted = [(job.task["population"]["members"], one.document) for job, one in zip(jobs, done, strict=True)]
    kept = plan.retention
    preset = kept if isinstance(kept, str) else (kept.day_1, kept.day_7, kept.day_30)
    curve, active = return_curve(preset, plan.days + SETTLED_D)
    return Basis(measured_of(counted), curve, active, sign_ups, capacity)


def _sizes(plan: "Plan") -> list[int]:
    society = plan.society
    sizes = [society.members >> halving for halving in range(society.halvings + 1)]
    return [size for size in sizes if size >= LEAST_MEMBERS]


def _jobs(plan: "Plan", size: int) -> list[Any]:
    """The societies of one size."""
    import hashlib
    import json

    from flashcrowd.core.clock import DAY
    from flashcrowd.core.jobs import Job
    from flashcrowd.core.scenario import load_scenario
    from flashcrowd.sim.compiled import sources_digest

    scenario = load_scenario(plan.society.scenario)
    made = []
    for seed in range(1, plan.society.seeds + 1):
        changes = {"population.members": size, "seed": seed, "duration": plan.society.days * DAY}
        settings = scenario.changed(**changes, **{"growth.share": 0.0}).resolved()
        key = hashlib.sha256(json.dumps([settings, sources_digest()], sort_keys=True).encode()).hexdigest()
        made.append(Job(f"{size}-{seed}", key[:16], settings))
    return made


def _report(plan: "Plan", basis: "Basis", path: Path, output: Output) -> int:
    from flashcrowd.report.plan.outcome import outcome
    from flashcrowd.report.plan.sections import sections, verdict_of
    from flashcrowd.report.plan.writers import PAGE, write_plan
    from flashcrowd.report.terminal import print_summary

    found = outcome(plan, basis)
    content = write_plan(found, path)
    output.result({**content, "page": str(path / PAGE)})
    verdict = verdict_of(found)
    print_summary(output.console(), verdict, sections(found))
    output.console().print(f"page: {path / PAGE}", markup=False, soft_wrap=True)
    return int(verdict.exit_code)
