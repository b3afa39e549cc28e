"""Everything that a comparison leaves: page, summary, JSON, JUnit, and what build servers pick up."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from flashcrowd.core.errors import StorageError
from flashcrowd.report.duel.comparison import CHANGED, INCONCLUSIVE, SLOWER
from flashcrowd.report.duel.document import document, write_document
from flashcrowd.report.duel.junit import write_junit
from flashcrowd.report.duel.outcome import Outcome, told
from flashcrowd.report.duel.sections import sections, verdict_of
from flashcrowd.report.html import write_html
from flashcrowd.report.markdown import markdown, write_markdown

STEP_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
ACTIONS: Final = "GITHUB_ACTIONS"


def page_of(found: Outcome) -> str:
    """File name of the page."""
    return f"{found.terms.command}.html"


def write_outcome(
    found: Outcome, sides: tuple[str, str], name: str, wall_s: float, out: Path
) -> dict[str, Any]:
    """Write page, JSON (named after the command), `summary.md`, `junit.xml` into `out`; the JSON's content.

    Where `$GITHUB_STEP_SUMMARY` names a file, the summary's verdict and table are added to it.

    Raises:
        StorageError: when one of them cannot be written.
    """
    made, verdict = sections(found, sides), verdict_of(found)
    content, command = document(found, sides), found.terms.command
    title, subtitle = f"{command.capitalize()}: {name}", f"{sides[1]} against {sides[0]}"
    try:
        write_document(content, out / f"{command}.json")
        write_junit(found, name, wall_s, out / "junit.xml")
        write_markdown(title, verdict, made, out / "summary.md")
        write_html(title, subtitle, verdict, made, out / page_of(found))
        if os.environ.get(STEP_SUMMARY):
            with open(os.environ[STEP_SUMMARY], "a", encoding="utf-8") as summary:
                summary.write(markdown(title, verdict, made[:1]))
    except OSError as error:
        raise StorageError(
            f"{error.filename or out}: cannot be written: {error.strerror or error}"
        ) from error
    return content


def annotations(found: Outcome) -> Iterator[str]:
    """Workflow commands that make what became slower show in a pull request; none elsewhere.

    One line for the verdict, and one for each figure; of an undecided one a notice.
    """
    if os.environ.get(ACTIONS) != "true":
        return
    title = f"title=flashcrowd {found.terms.command}::"
    if found.verdict == INCONCLUSIVE:
        yield f"::notice {title}{_command(found.sentence)}"
    for one in found.changed:
        if one.verdict in (SLOWER, CHANGED):
            yield f"::error {title}{_command(told(one))}"


def _command(text: str) -> str:
    """Text that a workflow command carries whole."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
