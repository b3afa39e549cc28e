"""The ten questions of CONTRIBUTING: each has its place in a report of the demo's kind."""

import re
from pathlib import Path

import made_runs
import pytest

from flashcrowd.report import write_report

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (planner|researcher|reviewer) \| (.+?) \| (.+?) \|$", re.MULTILINE)
QUESTIONS = ROW.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
OFF = {f"feedback.{name}": False for name in ("pace", "abandonment", "retry", "leaving")}


@pytest.fixture(scope="module")
def page(live_run: Path, offline_run: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A live run beside the offline one and its control, as the demo lays them."""
    control = made_runs.make_live(tmp_path_factory.mktemp("control") / "open", seconds=10, **OFF)
    return write_report(live_run, offline_run, control).path.read_text(encoding="utf-8")


def test_there_are_ten_questions_of_three_kinds_of_readers() -> None:
    """Planner, researcher and reviewer each have theirs."""
    assert len(QUESTIONS) == 10
    assert {who for who, *_ in QUESTIONS} == {"planner", "researcher", "reviewer"}


@pytest.mark.parametrize(("question", "where"), [(question, where) for _, question, where in QUESTIONS])
def test_question_is_answered_where_it_is_said(page: str, question: str, where: str) -> None:
    """Its section is there and not empty, and so is what is named in quotes."""
    sections = re.findall(r"`#(\w+)`", where)
    assert sections
    for key in sections:
        section = page.split(f'<section id="{key}"')[1].split("</section>")[0]
        assert 'class="blocks"' in section, key
    for words in re.findall(r'"([^"]+)"', where):
        assert words.replace("'", "&#39;") in page, words
