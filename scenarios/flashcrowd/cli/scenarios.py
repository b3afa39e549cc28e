"""`flashcrowd scenarios`: the bundled scenarios, a check of a file, the schema of all fields."""

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption, examples

EXAMPLES: Final = (
    "flashcrowd scenarios",
    "flashcrowd scenarios check launch_day",
    "flashcrowd scenarios schema > scenario.schema.json",
)

command = typer.Typer(
    help="List the bundled scenarios; check a file; print the schema.", invoke_without_command=True
)


@command.callback()
def list_scenarios(context: typer.Context, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """List the bundled scenarios; check a file; print the schema."""
    if context.invoked_subcommand is not None:
        return
    from rich.table import Table

    from flashcrowd.core.scenario import bundled_scenarios, load_scenario

    found = {name: load_scenario(str(path)) for name, path in bundled_scenarios().items()}
    output = Output(json, quiet)
    output.result({"scenarios": [{"name": name, "purpose": found[name].purpose} for name in found]})
    table = Table("scenario", "what for", box=None, pad_edge=False, header_style="bold")
    for name, scenario in found.items():
        table.add_row(name, scenario.purpose)
    output.console().print(table)


@command.command(
    epilog=examples(("flashcrowd scenarios check launch_day", "flashcrowd scenarios check my.yaml --json"))
)
def check(
    scenario: Annotated[str, typer.Argument(help="A file, or the name of a bundled scenario.")],
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say whether a scenario file is right; name the file, the field, what was found and what is allowed."""
    from flashcrowd.core.scenario import load_scenario
    from flashcrowd.report.slo import parse_all

    loaded = load_scenario(scenario)
    parse_all(loaded.slo)
    output = Output(json, quiet)
    output.result({"scenario": loaded.resolved(), "digest": loaded.digest()})
    output.console().print(f"{loaded.name}: right (digest {loaded.digest()})")


@command.command(
    epilog=examples(("flashcrowd scenarios schema", "flashcrowd scenarios schema --out scenario.schema.json"))
)
def schema(
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the schema to this file instead of printing it.")
    ] = None,
) -> None:
    """Print the JSON Schema of scenario files: every key, its default and its limits."""
    from flashcrowd.core.errors import StorageError
    from flashcrowd.core.scenario import Scenario

    described: dict[str, Any] = Scenario.model_json_schema()
    text = json.dumps(described, indent=2)
    if out is None:
        print(text)
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{out}: the schema cannot be written: {error.strerror or error}") from error
