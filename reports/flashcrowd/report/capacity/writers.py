"""Everything that a capacity search leaves beside its probes: page, summary, JSON."""

import json
from pathlib import Path
from typing import Any, Final

from flashcrowd.core.errors import StorageError
from flashcrowd.core.runlog import write_text
from flashcrowd.report.capacity.findings import Capacity, document
from flashcrowd.report.capacity.sections import sections, verdict_of
from flashcrowd.report.html import write_html
from flashcrowd.report.markdown import write_markdown

PAGE: Final = "capacity.html"


def write_capacity(found: Capacity, name: str, out: Path) -> dict[str, Any]:
    """Write `capacity.html`, `capacity.json` and `summary.md` into `out`; the content of `capacity.json`.

    Raises:
        StorageError: when one of them cannot be written.
    """
    content, made, verdict = document(found), sections(found), verdict_of(found)
    title, subtitle = f"Capacity: {name}", "The largest crowd that the platform holds within its objectives."
    try:
        write_text(out / "capacity.json", json.dumps(content, indent=1, allow_nan=False) + "\n")
        write_markdown(title, verdict, made, out / "summary.md")
        write_html(title, subtitle, verdict, made, out / PAGE)
    except OSError as error:
        raise StorageError(
            f"{error.filename or out}: cannot be written: {error.strerror or error}"
        ) from error
    return content
