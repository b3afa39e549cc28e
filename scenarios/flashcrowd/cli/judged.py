"""How commands that hold two sides against each other end: documents, a table, annotations, an exit code."""

from pathlib import Path
from typing import TYPE_CHECKING

from flashcrowd.cli.output import Output

if TYPE_CHECKING:
    from flashcrowd.report.duel.outcome import Outcome


def report_outcome(
    found: "Outcome", sides: tuple[str, str], name: str, wall_s: float, folder: Path, output: Output
) -> int:
    """Write and show a judgement; its exit code.

    Args:
        sides: what baseline and candidate are called.
        name: of the scenario.
        wall_s: what it took.
        folder: takes the documents.
    """
    from flashcrowd.report.duel.terminal import print_outcome
    from flashcrowd.report.duel.writers import annotations, page_of, write_outcome

    folder.mkdir(parents=True, exist_ok=True)
    content = write_outcome(found, sides, name, wall_s, folder)
    page = folder / page_of(found)
    output.result({**content, "page": str(page)})
    print_outcome(output.console(), found)
    output.console().print()
    for line in annotations(found):
        output.console().print(line, markup=False, soft_wrap=True)
    output.console().print(f"page: {page}", markup=False, soft_wrap=True)
    return int(found.exit_code)
