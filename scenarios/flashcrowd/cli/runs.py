"""`flashcrowd runs`: the runs and answers there are; compare two runs, open a report, delete some."""

import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption, examples

if TYPE_CHECKING:
    from flashcrowd.report.shelf import Difference, Shelved

EXAMPLES: Final = (
    "flashcrowd runs",
    "flashcrowd runs compare runs/before runs/after",
    "flashcrowd runs open runs/demo/live",
    "flashcrowd runs delete runs/old",
)

FOLDER: Final = Path("runs")
RunArgument = Annotated[Path, typer.Argument(help="Directory of a run.", show_default=False)]

command = typer.Typer(
    help="List the runs there are; compare, open and delete them.", invoke_without_command=True
)


@command.callback()
def list_runs(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("--in", help="Where to look, three folders deep.")] = FOLDER,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the runs there are; compare, open and delete them."""
    if context.invoked_subcommand is not None:
        return
    from flashcrowd.report.shelf import shelf

    found = shelf(folder)
    output = Output(json, quiet)
    output.result({"runs": [one.as_json() for one in found]})
    if not found:
        output.note(f"no runs in {folder}; flashcrowd simulate and flashcrowd load make some")
        return
    _print_list(output, found)


def _print_list(output: Output, found: "list[Shelved]") -> None:
    from rich.table import Table

    from flashcrowd.report import quantity

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("scenario", "kind", "state", "begun", "members", "rows", "run"):
        right = name in ("members", "rows")
        table.add_column(name, overflow="fold", justify="right" if right else "left")
    for one in found:
        if one.problem:
            table.add_row("", "", "unreadable", *[""] * 3, _text(str(one.path)))
            continue
        counts = (quantity.MISSING if n is None else quantity.count(n) for n in (one.members, one.rows))
        texts = (one.name, one.kind, one.state, one.started[:16])
        table.add_row(*map(_text, texts), *counts, _text(str(one.path)))
    output.console().print(table)


def _text(text: str) -> Any:
    """A text in which nothing is markup."""
    from rich.text import Text

    return Text(text)


@command.command(
    epilog=examples((EXAMPLES[1], "flashcrowd runs compare runs/a runs/b --only 'response.*' --json"))
)
def compare(
    one: RunArgument,
    other: RunArgument,
    only: Annotated[str, typer.Option(help="Metrics whose names match, such as 'cascades.*'.")] = "*",
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Lay every metric of two runs side by side, computed anew from their records.

    Two single runs show a difference; whether it is more than chance, one run of each cannot say.
    """
    from flashcrowd.core.errors import UsageError
    from flashcrowd.report.analysis import Analysis
    from flashcrowd.report.answer import answer_in
    from flashcrowd.report.metrics import measure
    from flashcrowd.report.run import load_run
    from flashcrowd.report.shelf import differences

    for path in (one, other):
        answer = answer_in(path)
        if answer is not None:
            raise UsageError(
                f"{path} holds a {answer.kind}; two runs can be compared (flashcrowd check: builds)"
            )
    pair = [load_run(path) for path in (one, other)]
    measured = [measure(Analysis(run)) for run in pair]
    found = [line for line in differences(*measured) if fnmatch.fnmatch(line.metric.name, only)]
    output = Output(json, quiet)
    output.result({"one": str(one), "other": str(other), "metrics": [_line(line) for line in found]})
    _print_comparison(output, found, (one.name, other.name))


def _line(line: "Difference") -> dict[str, Any]:
    values = {"value": line.metric.value, "other": line.other, "change": line.change}
    return {"name": line.metric.name, "unit": line.metric.unit, "better": line.metric.better, **values,
            "word": line.word or None}  # fmt: skip


def _print_comparison(output: Output, found: "list[Difference]", names: tuple[str, str]) -> None:
    from rich.table import Table

    from flashcrowd.report import quantity

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("metric")
    for name in (*names, "change"):
        table.add_column(_text(name), justify="right")
    table.add_column("")
    styles = {"better": "green", "worse": "red", "": ""}
    for line in found:
        unit = line.metric.unit
        change = quantity.MISSING if line.change != line.change else f"{line.change:+.1%}"
        values = (quantity.of_unit(value, unit) for value in (line.metric.value, line.other))
        table.add_row(line.metric.name, *values, change, line.word, style=styles[line.word])
    output.console().print(table)


@command.command("open", epilog=examples((EXAMPLES[2], "flashcrowd runs open runs/demo/live --no-browser")))
def open_run(
    run: RunArgument,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open your browser.")] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Open the report of a run, capacity, check, plan, study or realism in your browser.

    A run's is made first where it is missing.
    """
    import webbrowser

    from flashcrowd.report.answer import answer_in
    from flashcrowd.report.report import write_report
    from flashcrowd.report.run import load_run

    answer = answer_in(run)
    page = answer.page if answer is not None else load_run(run).path / "report.html"
    if answer is None and not page.is_file():
        write_report(run)
    output = Output(json, quiet)
    output.result({"report": str(page)})
    output.console().print(str(page), markup=False, soft_wrap=True)
    if not no_browser:
        webbrowser.open(page.resolve().as_uri())


@command.command(epilog=examples((EXAMPLES[3], "flashcrowd runs delete runs/a runs/b --yes")))
def delete(
    runs: Annotated[list[Path], typer.Argument(help="Directories of runs.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Delete what runs left in their directories, and nothing else there; asks first."""
    from flashcrowd.report.answer import Answer, answer_in
    from flashcrowd.report.run import load_run
    from flashcrowd.report.shelf import delete as remove

    chosen = [answer_in(path) or load_run(path) for path in runs]  # all can be read before any is touched
    for one in chosen:
        begun = one.begun if isinstance(one, Answer) else one.started
        if not (yes or typer.confirm(f"delete {one.path} ({one.kind}, {begun})?", err=True)):
            raise typer.Abort
        if isinstance(one, Answer):
            one.delete()
        else:
            remove(one)
    output = Output(json, quiet)
    output.result({"deleted": [str(one.path) for one in chosen]})
    output.console().print(
        f"deleted {', '.join(str(one.path) for one in chosen)}", markup=False, soft_wrap=True
    )
