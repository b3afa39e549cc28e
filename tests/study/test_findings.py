"""What a study says: the answer, the documents, the page, another study beside it."""

import csv
import io
import json
from pathlib import Path

import pytest
from made_studies import made

from flashcrowd.core.errors import RecordError, ScenarioError, UsageError
from flashcrowd.report.study.charts import is_matched
from flashcrowd.report.study.document import study_document, tidy_csv, write_documents
from flashcrowd.report.study.findings import Findings
from flashcrowd.report.study.outcome import OUTCOMES, outcomes_of
from flashcrowd.report.study.page import sections, write_page
from flashcrowd.report.study.replication import replication


def test_answer_is_one_sentence_with_its_interval(found: Findings) -> None:
    """Arm b is one above the control: means 2.5 and 3.5; t(3) at 99 % is 5.841, so +-0.34."""
    assert found.answer == (
        "The number of likes and reposts is higher with b than with a: 3.50 against 2.50, "
        "+1.00 (99 % interval +0.66 to +1.34, 4 seeds)."
    )


def test_difference_whose_interval_holds_zero_is_not_claimed(found: Findings) -> None:
    """Arm c wobbles around the control."""
    assert found.sentence(found.outcomes[0], "c").startswith("No difference was found in the number")


def test_outcome_that_no_run_knows_is_said_to_be_unknown(found: Findings) -> None:
    """No cascade was that large."""
    assert found.sentence(found.outcomes[3], "b").startswith("Nothing is known")


def test_document_is_strict_json_and_table_is_tidy(found: Findings, tmp_path: Path) -> None:
    """What is not known is null or empty; a line of the table is one outcome of one run."""
    write_documents(found, tmp_path)
    data = json.loads((tmp_path / "study.json").read_text(), parse_constant=pytest.fail)
    assert data["outcomes"][0]["against_control"]["b"]["difference"]["mean"] == pytest.approx(1.0)
    assert data["outcomes"][3]["arms"]["a"]["mean"] is None
    rows = list(csv.DictReader(io.StringIO((tmp_path / "study.csv").read_text())))
    assert len(rows) == 3 * 4 * 4
    assert rows[0] == {
        "arm": "a", "seed": "1", "outcome": "attention.received", "value": "1.0", "unit": "count"
    }  # fmt: skip


def test_page_says_the_answer_and_shows_every_outcome(found: Findings, tmp_path: Path) -> None:
    """Text is text, the answer stands in it, and virality is shown at matched size only where it is known."""
    write_page(found, tmp_path / "study.html")
    page = (tmp_path / "study.html").read_text()
    assert "Does it &lt;matter&gt;?" in page
    assert found.answer in page
    keys = [block.key for section in sections(found) for block in section.blocks if hasattr(block, "key")]
    assert keys == ["study-answer", "study-attention-top-1pc-share", "study-matched"]


def test_study_agrees_with_itself_on_other_seeds(tmp_path: Path) -> None:
    """The same difference on other seeds agrees; one twice as large does not."""
    write_documents(made(seeds=(11, 12, 13, 14, 15)), tmp_path)
    again = replication(made(), tmp_path)
    assert again.sentence.startswith("6 of 6 differences agree with those found with 5 other seeds")
    far = replication(made(shift=2.0), tmp_path)
    assert "They do not agree on attention.received with b" in far.sentence
    assert study_document(made(), again)["replication"]["differences"][0]["agrees"] is True
    assert "again" in [section.key for section in sections(made(), again)]


def test_other_study_must_have_other_seeds_and_the_same_arms(tmp_path: Path) -> None:
    """A shared seed is no new evidence; a directory without a study, or with half of one, is refused."""
    with pytest.raises(RecordError, match="holds no study"):
        replication(made(), tmp_path)
    write_documents(made(), tmp_path)
    with pytest.raises(UsageError, match="has seed 1, too"):
        replication(made(), tmp_path)
    (tmp_path / "study.csv").write_text(tidy_csv(made(seeds=(8, 9))).replace("\nc,", "\nd,"))
    with pytest.raises(UsageError, match="has no arm 'c'"):
        replication(made(), tmp_path)
    (tmp_path / "study.csv").write_text("arm,seed\nx,y\n")
    with pytest.raises(RecordError, match="cannot be read"):
        replication(made(), tmp_path)


def test_unknown_outcome_is_said_with_the_nearest() -> None:
    """The file, the place, and what may have been meant."""
    with pytest.raises(ScenarioError, match=r"x.yaml: outcomes.1 is 'attention.ginny', .* did you mean"):
        outcomes_of(["attention.gini", "attention.ginny"], "x.yaml")


def test_outcomes_are_told_apart() -> None:
    """Every outcome has a name and words of its own; four are structural virality at a size."""
    assert len({one.metric for one in OUTCOMES}) == len({one.says for one in OUTCOMES}) == len(OUTCOMES)
    assert sum(map(is_matched, OUTCOMES)) == 4
