"""JUnit XML of a comparison: one test case a figure, so that build servers show what became slower.

In the form of the Jenkins xUnit plugin's schema (junitparser calls it xunit2).
"""

from pathlib import Path

from junitparser import Failure, Skipped
from junitparser.xunit2 import JUnitXml, TestCase, TestSuite

from flashcrowd.report.duel.comparison import CHANGED, INCONCLUSIVE, SLOWER, Comparison
from flashcrowd.report.duel.outcome import Outcome, told


def junit(found: Outcome, name: str, wall_s: float) -> JUnitXml:
    """The document: a figure that is slower is a failure, one that is not decided is skipped.

    Args:
        name: of the scenario.
        wall_s: what the duel took.
    """
    suite = TestSuite(f"flashcrowd {found.terms.command} {name}")
    for one in found.comparisons:
        suite.add_testcase(_case(one, name, found.terms.many))
    xml = JUnitXml("flashcrowd")
    xml.add_testsuite(suite)
    xml.update_statistics()
    suite.time = xml.time = round(wall_s, 3)  # of the whole; the figures took none by themselves
    return xml


def write_junit(found: Outcome, name: str, wall_s: float, path: Path) -> None:
    """Write `junit.xml`."""
    junit(found, name, wall_s).write(str(path), pretty=True)


def _case(one: Comparison, name: str, many: str) -> TestCase:
    case = TestCase(one.figure.name, classname=f"flashcrowd.{name}", time=0.0)
    if one.verdict in (SLOWER, CHANGED):
        case.result = [Failure(told(one), one.verdict)]
    elif one.verdict == INCONCLUSIVE:
        case.result = [Skipped(f"inconclusive: {told(one)}; about {one.pairs_needed} {many} would settle it")]
    return case
