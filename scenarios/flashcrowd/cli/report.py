"""`flashcrowd report`: what the record of a run says, in the terminal, as JSON and as a page."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption

EXAMPLES: Final = (
    "flashcrowd report runs/demo/live",
    "flashcrowd report runs/demo/live --beside runs/demo/offline",
    "flashcrowd report runs/demo/live --figures pdf",
)


class Figures(StrEnum):
    """Formats of `--figures`."""

    SVG = "svg"
    PNG = "png"
    PDF = "pdf"


def command(
    run: Annotated[Path, typer.Argument(help="Directory of a run, finished or killed.", show_default=False)],
    beside: Annotated[
        list[Path] | None,
        typer.Option("--beside", help="Another run to lay beside it; may be repeated.", show_default=False),
    ] = None,
    figures: Annotated[
        Figures | None, typer.Option("--figures", help="Also write every figure as a file of its own.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Report a run: metrics.json, summary.md and report.html into its directory, a summary here."""
    from flashcrowd.report.report import write_report
    from flashcrowd.report.terminal import print_summary

    output = Output(json, quiet)
    report = write_report(run, *(beside or ()))
    result = report.as_json()
    if figures is not None:
        from flashcrowd.report.figures import write_figures

        folder = run / "figures"
        written = write_figures(report.evidence, report.sections, folder, figures.value)
        result["figures"] = [str(path) for path in written]
        output.note(f"{len(written)} figures in {folder}")
    output.result(result)
    print_summary(output.console(), report.verdict, report.sections)
    output.console().print(f"report: {report.path}", markup=False, soft_wrap=True)
