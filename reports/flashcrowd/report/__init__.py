"""Reports: what the record of a run says about virality, latency and the verdict.

`load_run` opens a run for pandas and notebooks, `write_report` writes everything a run leaves, `judge`
gives the verdict alone. They are imported when first asked for, so that
`import flashcrowd.report` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from flashcrowd.report.report import Report, write_report
    from flashcrowd.report.run import Run, load_run
    from flashcrowd.report.verdict import Verdict, judge

__all__ = ["Report", "Run", "Verdict", "judge", "load_run", "write_report"]

_HOME: Final = {
    "Report": "flashcrowd.report.report",
    "write_report": "flashcrowd.report.report",
    "Run": "flashcrowd.report.run",
    "load_run": "flashcrowd.report.run",
    "Verdict": "flashcrowd.report.verdict",
    "judge": "flashcrowd.report.verdict",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
