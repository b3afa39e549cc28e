"""The report of a run: everything computed once, then written by every writer."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flashcrowd.core.errors import StorageError
from flashcrowd.report.analysis import Analysis
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.html import chart_library, write_html
from flashcrowd.report.json import metrics_document, write_json
from flashcrowd.report.markdown import write_markdown
from flashcrowd.report.metric import Metric
from flashcrowd.report.metrics import measure
from flashcrowd.report.run import Run, load_run
from flashcrowd.report.section import Section
from flashcrowd.report.sections import sections
from flashcrowd.report.verdict import Verdict, verdict


@dataclass(frozen=True)
class Report:
    """What was written, and what it says.

    Attributes:
        path: the page, `report.html`.
        metrics: every metric of `metrics.json`.
        verdict: what the run comes to; its exit code is for the command that made the run.
        sections: the sections of the page.
        evidence: what they were made from.
    """

    path: Path
    metrics: Sequence[Metric]
    verdict: Verdict
    sections: Sequence[Section]
    evidence: Evidence

    def as_json(self) -> dict[str, Any]:
        """The report for machines."""
        run = str(self.evidence.run.path)
        return {
            "run": run,
            "report": str(self.path),
            "verdict": self.verdict.as_json(),
            **metrics_document(self.metrics),
        }


def write_report(run_path: str | Path, *beside: str | Path) -> Report:
    """Write `metrics.json`, `summary.md` and `report.html` into the directory of a run.

    Args:
        run_path: the run, finished or killed.
        beside: other runs that are laid beside it.

    Raises:
        RecordError: when one of the paths holds no run.
        ScenarioError: when an objective of the scenario cannot be read.
        StorageError: when the directory cannot be written.
    """
    run = load_run(run_path)
    others = tuple(Analysis(load_run(path)) for path in beside)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(chart_library)
        found = Analysis(run)
        evidence = Evidence(found, verdict(found), others)
        metrics = measure(found)
        written = sections(evidence)
    try:
        write_json(metrics, run.path / "metrics.json")
        write_markdown(_title(run), evidence.verdict, written, run.path / "summary.md")
        write_html(_title(run), _subtitle(run), evidence.verdict, written, run.path / "report.html")
    except OSError as error:
        raise StorageError(f"{run.path}: the report cannot be written: {error.strerror or error}") from error
    return Report(run.path / "report.html", metrics, evidence.verdict, written, evidence)


def _title(run: Run) -> str:
    return run.scenario.name


def _subtitle(run: Run) -> str:
    purpose = f"{run.scenario.purpose} " if run.scenario.purpose else ""
    return f"{purpose}{run.kind.capitalize()} run, seed {run.manifest.get('seed')}, {run.started}"
