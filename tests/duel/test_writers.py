"""What a duel leaves on disk and says to build servers."""

import json
import re
from xml.etree import ElementTree

import jsonschema
import pytest
from markdown_it import MarkdownIt

from flashcrowd.core.errors import StorageError
from flashcrowd.report.duel.document import JSON_SCHEMA
from flashcrowd.report.duel.outcome import outcome
from flashcrowd.report.duel.writers import annotations, write_outcome

SIDES = "main", "<b>candidate</b>"


@pytest.fixture
def slower(pairs_of):
    """A duel with one slower figure."""
    return outcome(pairs_of({"all.p50": 1.0, "all.p95": 1.0, "throughput": 1.0, "post.p95": 1.4}), 8)


def test_duel_is_written_as_page_summary_json_and_junit(slower, tmp_path, monkeypatch):
    """Every document names the figure that became slower; the page shows what users typed as text."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "step.md"))
    content = write_outcome(slower, SIDES, "smoke", 12.0, tmp_path)
    assert json.loads((tmp_path / "check.json").read_text()) == content
    assert "post.p95" in (tmp_path / "summary.md").read_text()
    assert "slower" in (tmp_path / "step.md").read_text()
    page = (tmp_path / "check.html").read_text()
    assert "&lt;b&gt;candidate" in page
    assert "<b>candidate" not in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))  # a chart draws itself into the element of its id


def test_summary_is_markdown_that_renders(slower, tmp_path):
    """The summary has a table of every figure and one of the sides; what users typed is no markup."""
    write_outcome(slower, SIDES, "smoke", 12.0, tmp_path)
    page = MarkdownIt().enable("table").render((tmp_path / "summary.md").read_text())
    assert page.count("<table>") == 2
    assert page.count("<tr>") == 1 + len(slower.comparisons) + 3
    assert "&lt;b&gt;candidate" in page
    assert "<b>candidate" not in page


def test_document_is_valid_by_its_schema(slower, tmp_path):
    """The published JSON Schema describes what is written."""
    jsonschema.validate(write_outcome(slower, SIDES, "smoke", 12.0, tmp_path), JSON_SCHEMA)
    nothing = write_outcome(outcome([], 8), SIDES, "smoke", 1.0, tmp_path)
    jsonschema.validate(nothing, JSON_SCHEMA)


def test_junit_fails_what_is_slower_and_counts_it(slower, tmp_path):
    """One test case a figure; the slower one is a failure with the effect in its message."""
    write_outcome(slower, SIDES, "smoke", 12.0, tmp_path)
    suite = ElementTree.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "1", "0")
    failed = [case for case in suite if case.find("failure") is not None]
    assert [case.get("name") for case in failed] == ["post.p95"]
    assert "% higher" in failed[0].find("failure").get("message")


def test_annotations_show_only_on_the_build_server(slower, monkeypatch):
    """A workflow command for what is slower, with its per cent sign carried whole; nothing elsewhere."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert list(annotations(slower)) == []
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    (line,) = annotations(slower)
    assert line.startswith("::error title=flashcrowd check::post.p95 is ")
    assert "%25" in line


def test_results_that_cannot_be_written_are_a_storage_error(slower, tmp_path):
    """A folder that is not there is said in one line."""
    with pytest.raises(StorageError, match="cannot be written"):
        write_outcome(slower, SIDES, "smoke", 12.0, tmp_path / "missing")
