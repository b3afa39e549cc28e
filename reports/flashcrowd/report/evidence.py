"""What a report is made from: the analysis of its run, the verdict, and the run it is laid beside."""

from dataclasses import dataclass

from flashcrowd.report.analysis import Analysis
from flashcrowd.report.run import Run
from flashcrowd.report.verdict import Verdict


@dataclass(frozen=True)
class Evidence:
    """Everything a section may speak of."""

    found: Analysis
    verdict: Verdict
    beside: Analysis | None = None

    @property
    def run(self) -> Run:
        """The run that the report is about."""
        return self.found.run
