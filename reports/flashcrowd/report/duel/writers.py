"""Everything that a duel leaves: page, summary, JSON, JUnit, and what build servers pick up."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from flashcrowd.core.errors import StorageError
from flashcrowd.report.duel.comparison import SLOWER
from flashcrowd.report.duel.document import document, write_document
from flashcrowd.report.duel.junit import write_junit
from flashcrowd.report.duel.outcome import Outcome, Pair, told
from flashcrowd.report.duel.sections import sections, verdict_of
from flashcrowd.report.html import write_html
from flashcrowd.report.markdown import markdown, write_markdown

PAGE: Final = "check.html"
STEP_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
ACTIONS: Final = "GITHUB_ACTIONS"


def write_duel(
    found: Outcome, pairs: Sequence[Pair], sides: tuple[str, str], name: str, wall_s: float, out: Path
) -> dict[str, Any]:
    """Write `check.html`, `check.json`, `summary.md` and `junit.xml` into `out`; the content of `check.json`.

    Where `$GITHUB_STEP_SUMMARY` names a file, the summary's verdict and table are added to it.

    Raises:
        StorageError: when one of them cannot be written.
    """
    made, verdict = sections(found, pairs, sides), verdict_of(found)
    content = document(found, pairs, sides)
    title, subtitle = f"Check: {name}", f"{sides[1]} against {sides[0]}"
    try:
        write_document(content, out / "check.json")
        write_junit(found, name, wall_s, out / "junit.xml")
        write_markdown(title, verdict, made, out / "summary.md")
        write_html(title, subtitle, verdict, made, out / PAGE)
        if os.environ.get(STEP_SUMMARY):
            with open(os.environ[STEP_SUMMARY], "a", encoding="utf-8") as summary:
                summary.write(markdown(title, verdict, made[:1]))
    except OSError as error:
        raise StorageError(
            f"{error.filename or out}: cannot be written: {error.strerror or error}"
        ) from error
    return content


def annotations(found: Outcome) -> Iterator[str]:
    """Workflow commands that make a figure that became slower show in a pull request; none elsewhere."""
    if os.environ.get(ACTIONS) != "true":
        return
    for one in found.comparisons:
        if one.verdict == SLOWER:
            yield f"::error title=flashcrowd check::{_command(told(one))}"


def _command(text: str) -> str:
    """Text that a workflow command carries whole."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
