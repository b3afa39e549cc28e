"""What a report is made from: the analysis of its run, the verdict, and the runs it is laid beside."""

from dataclasses import dataclass

from flashcrowd.report.analysis import Analysis
from flashcrowd.report.run import Run
from flashcrowd.report.verdict import Verdict


@dataclass(frozen=True)
class Evidence:
    """Everything a section may speak of."""

    found: Analysis
    verdict: Verdict
    laid_beside: tuple[Analysis, ...] = ()

    @property
    def run(self) -> Run:
        """The run that the report is about."""
        return self.found.run

    @property
    def control(self) -> Analysis | None:
        """The live run beside this one whose members answer to slowness otherwise than these."""
        return next((other for other in self.laid_beside if _differ(self.run, other.run)), None)

    @property
    def beside(self) -> Analysis | None:
        """The first run beside this one that is not its control; the control when there is no other."""
        others = [other for other in self.laid_beside if other is not self.control]
        return next(iter([*others, *self.laid_beside]), None)


def _differ(one: Run, other: Run) -> bool:
    return one.live and other.live and one.scenario.feedback != other.scenario.feedback
