"""`flashcrowd scenarios`: what is bundled, a check of a file, the schema of all fields; of studies, too."""

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption, examples
from flashcrowd.cli.prove import EXAMPLES as PROOF_EXAMPLES
from flashcrowd.cli.prove import prove

EXAMPLES: Final = (
    "flashcrowd scenarios",
    "flashcrowd scenarios check launch_day",
    "flashcrowd scenarios schema > scenario.schema.json",
    "flashcrowd scenarios prove breaking_news",
)

command = typer.Typer(
    help="List the bundled scenarios and studies; check a file; print the schema.",
    invoke_without_command=True,
)


@command.callback()
def list_scenarios(context: typer.Context, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """List the bundled scenarios and studies; check a file; print the schema."""
    if context.invoked_subcommand is not None:
        return
    from rich.table import Table

    from flashcrowd.core.scenario import bundled_scenarios, load_scenario
    from flashcrowd.core.study import bundled_studies, load_study

    purposes = {name: load_scenario(str(path)).purpose for name, path in bundled_scenarios().items()}
    questions = {name: load_study(str(path)).study.question for name, path in bundled_studies().items()}
    output = Output(json, quiet)
    output.result(
        {
            "scenarios": [{"name": name, "purpose": text} for name, text in purposes.items()],
            "studies": [{"name": name, "question": text} for name, text in questions.items()],
        }
    )
    for columns, listed in ((("scenario", "what for"), purposes), (("study", "question"), questions)):
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for name, text in listed.items():
            table.add_row(name, text)
        output.console().print(table)
        output.console().print()


@command.command(
    epilog=examples(("flashcrowd scenarios check launch_day", "flashcrowd scenarios check my.yaml --json"))
)
def check(
    scenario: Annotated[
        str, typer.Argument(help="A file of a scenario or a study, or the name of a bundled one.")
    ],
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say whether a scenario or study file is right; name the file, the field, what was found and what is
    allowed. Behaviours of your own are tried, too."""
    from flashcrowd.core.study import is_study

    output = Output(json, quiet)
    if is_study(scenario):
        _check_study(scenario, output)
    else:
        _check_scenario(scenario, output)


def _check_scenario(name: str, output: Output) -> None:
    from flashcrowd.core.scenario import load_scenario
    from flashcrowd.report.slo import parse_all
    from flashcrowd.sim.world import check_scenario

    loaded = load_scenario(name)
    parse_all(loaded.slo)
    check_scenario(loaded)
    output.result({"scenario": loaded.resolved(), "digest": loaded.digest()})
    output.console().print(f"{loaded.name}: right (digest {loaded.digest()})")


def _check_study(name: str, output: Output) -> None:
    from flashcrowd.cli.study import checked_outcomes
    from flashcrowd.core.study import load_study

    plan = load_study(name)
    checked_outcomes(plan, Path(name).name)
    arms = {arm: scenario.resolved() for arm, scenario in plan.arms.items()}
    output.result({"study": plan.study.model_dump(mode="json"), "arms": arms})
    told = f"{plan.study.name}: right ({len(arms)} arms x {plan.study.seeds} seeds: {', '.join(arms)})"
    output.console().print(told, markup=False, soft_wrap=True)


command.command(epilog=examples(PROOF_EXAMPLES))(prove)


@command.command(
    epilog=examples(
        (
            "flashcrowd scenarios schema",
            "flashcrowd scenarios schema --out scenario.schema.json",
            "flashcrowd scenarios schema --study --out study.schema.json",
        )
    )
)
def schema(
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the schema to this file instead of printing it.")
    ] = None,
    study: Annotated[bool, typer.Option("--study", help="Of study files instead of scenario files.")] = False,
) -> None:
    """Print the JSON Schema of scenario files, or of study files, for editors: every key, its default and its
    limits."""
    from flashcrowd.core.errors import StorageError
    from flashcrowd.core.scenario import Scenario
    from flashcrowd.core.study import Study

    described: dict[str, Any] = (Study if study else Scenario).model_json_schema()
    text = json.dumps(described, indent=2)
    if out is None:
        print(text)
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{out}: the schema cannot be written: {error.strerror or error}") from error
