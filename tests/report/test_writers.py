"""The page, the summary, the metrics, the figures and the terminal."""

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import made_runs
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from flashcrowd.core.errors import RecordError, StorageError
from flashcrowd.report import load_run, write_report
from flashcrowd.report.figures import write_figures
from flashcrowd.report.markdown import escaped
from flashcrowd.report.report import Report
from flashcrowd.report.terminal import print_summary

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> `|` [x](javascript:alert(3)) @blue"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of a small live run beside an offline one."""
    folder = tmp_path_factory.mktemp("reported")
    live = made_runs.make_live(folder / "live", seconds=20)
    return write_report(live, made_runs.make_offline(folder / "offline", members=500, days=1, posts=300))


class Tags(HTMLParser):
    """Collects the elements of a page with their attributes, and the code of its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element."""
        self.found.append((tag, dict(attrs)))


def tags(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """The elements of a page."""
    parser = Tags()
    parser.feed(page)
    return parser.found


def test_report_leaves_three_files_in_the_run_directory(report: Report):
    """Proves what is written, that nothing half-written is left, and that the page is below 3 MB."""
    names = {path.name for path in report.path.parent.iterdir() if path.is_file()}
    assert {"report.html", "summary.md", "metrics.json", "run.json"} <= names
    assert not any(name.endswith(".tmp") for name in names)
    assert report.path.stat().st_size < 3_000_000


def test_page_asks_for_nothing_from_anywhere(report: Report):
    """Proves self-containment: no element loads anything, and the policy forbids it."""
    page = report.path.read_text()
    for tag, attributes in tags(page):
        assert tag not in ("iframe", "object", "embed", "base", "form")
        for name in ("src", "href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:,")), (tag, attributes)
    assert "default-src 'none'" in page
    assert "@import" not in page
    assert "url(" not in page.split("<style>")[1].split("</style>")[0]


def test_hostile_names_stay_text_in_page_and_summary(tmp_path: Path):
    """Proves that neither scenario names, purposes, personas, targets nor actions become markup or code."""
    run = made_runs.make_live(
        tmp_path / "x",
        seconds=5,
        name=HOSTILE,
        purpose=HOSTILE,
        details={"target": HOSTILE, "worker_cpu_share": 0.1, "unsupported": [HOSTILE], "command": [HOSTILE]},
    )
    before = len(
        re.findall(
            r"<script\b", write_report(made_runs.make_live(tmp_path / "y", seconds=5)).path.read_text()
        )
    )
    page = write_report(run).path.read_text()
    assert len(re.findall(r"<script\b", page)) == before
    assert not [attributes for tag, attributes in tags(page) if tag == "img" or "onerror" in attributes]
    summary = (run / "summary.md").read_text()
    assert "<script" not in summary.replace("\\<", "")
    assert "[x](" not in summary


def test_metrics_document_holds_numbers_or_null(report: Report):
    """Proves the schema of metrics.json: dotted unique names, known units, never NaN."""
    data = json.loads((report.path.parent / "metrics.json").read_text(), parse_constant=pytest.fail)
    assert data["schema"] == 1
    names = [metric["name"] for metric in data["metrics"]]
    assert len(names) == len(set(names))
    assert {"response.home.p95", "service.home.p95", "requests.late_share", "attention.gini"} <= set(names)
    for metric in data["metrics"]:
        assert set(metric) == {"name", "value", "unit", "better", "low", "high"}
        assert metric["better"] in ("lower", "higher", "none")
        assert metric["unit"] in ("ms", "s", "share", "1/s", "1/day", "count", "1")


def test_metrics_tell_response_and_service_apart(report: Report):
    """Proves that response is never below service: it begins earlier."""
    found = {metric.name: metric.value for metric in report.metrics}
    for level in ("p50", "p95", "p99", "max"):
        assert found[f"response.all.{level}"] >= found[f"service.all.{level}"]


def test_summary_tells_verdict_and_findings(report: Report):
    """Proves the Markdown: one heading a section, tables with as many cells as columns."""
    text = (report.path.parent / "summary.md").read_text()
    assert text.startswith("# launch\\_day\n")
    assert f"**{report.verdict.word}**" in text
    assert text.count("\n## ") == len(report.sections)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows
    assert all(line.endswith(" |") for line in rows)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a_b*c", r"a\_b\*c"), ("two\nlines", "two lines"), ("# no", r"\# no"), ("a & b", r"a \& b")],
)
def test_escaped_markdown_shows_the_text_as_it_is(text: str, shown: str):
    """Proves that a text cannot begin a heading, a link, or a new line."""
    assert escaped(text) == shown


def test_terminal_summary_fits_80_columns(report: Report):
    """Proves the width, and that verdict and tiles are there."""
    console = Console(file=io.StringIO(), width=80, highlight=False)
    print_summary(console, report.verdict, report.sections)
    text = console.file.getvalue()
    assert max(len(line) for line in text.splitlines()) <= 80
    assert report.verdict.word.upper() in text
    assert "response, 95 %" in text


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_figures_hold_one_file_for_every_chart(report: Report, tmp_path: Path, kind: str):
    """Proves `--figures`: each chart and the largest cascade, in the format asked for."""
    some = [one for one in report.sections if one.key == ("virality" if kind == "svg" else "cascades")]
    written = write_figures(report.evidence, some, tmp_path / "figures", kind)
    assert tmp_path / "figures" / f"largest-cascade.{kind}" in written
    assert len(written) >= 2
    assert all(path.stat().st_size > 1000 for path in written)


def test_figures_come_with_their_data(report: Report, tmp_path: Path):
    """Proves the tidy tables: CSV and Parquet say the same, one observation a row, none is empty."""
    some = [section for section in report.sections if section.key in ("cascades", "attention")]
    written = write_figures(report.evidence, some, tmp_path, "svg")
    listed = json.loads((tmp_path / "figures.json").read_text())
    assert {path.stem for path in written} == {*listed, "largest-cascade"}
    for key, entry in listed.items():
        table = pq.read_table(tmp_path / f"{key}.parquet")
        assert pa_csv.read_csv(tmp_path / f"{key}.csv").num_rows == table.num_rows > 0
        assert entry["title"]
        assert entry["finding"].endswith(".")
    lines = pq.read_table(tmp_path / "cascade-ccdf.parquet")
    assert lines.column_names == ["x", "series", "value"]
    assert set(lines["series"].to_pylist()) == {"AI image", "without AI image", "offline, all"}


@pytest.mark.parametrize("state", ["finished", "running"])
@pytest.mark.parametrize("kind", ["offline", "live"])
def test_run_that_recorded_nothing_gives_a_page(tmp_path: Path, kind: str, state: str):
    """Proves that an empty run, finished or killed, is reported and not refused."""
    done = write_report(made_runs.make_empty(tmp_path / "run", kind, state))
    assert done.path.is_file()
    assert done.metrics == []


def test_killed_run_is_reported_up_to_its_last_flush(tmp_path: Path):
    """Proves that open parts are read: the rows are all there and the verdict says unfinished."""
    run = made_runs.make_live(tmp_path / "run", seconds=10, state="running")
    done = write_report(run)
    assert done.verdict.word == "unfinished"
    assert {metric.name: metric.value for metric in done.metrics}["requests.offered"] > 500


def test_report_twice_gives_the_same_metrics(tmp_path: Path):
    """Proves that a report is derived from the record alone."""
    run = made_runs.make_live(tmp_path / "run", seconds=5)
    first = (write_report(run), (run / "metrics.json").read_bytes(), (run / "report.html").read_bytes())
    write_report(run)
    assert (run / "metrics.json").read_bytes() == first[1]
    assert (run / "report.html").read_bytes() == first[2]


def test_path_without_a_run_is_one_clear_error(tmp_path: Path):
    """Proves the error of a wrong path."""
    with pytest.raises(RecordError, match="holds no run"):
        write_report(tmp_path)


def test_report_that_cannot_be_written_is_one_clear_error(tmp_path: Path):
    """Proves the error when the page's place is taken by a directory."""
    run = made_runs.make_empty(tmp_path / "run")
    (run / "report.html").mkdir()
    with pytest.raises(StorageError, match="cannot be written"):
        write_report(run)


def test_loaded_run_gives_pandas_frames_with_words(live_run: Path):
    """Proves the way into notebooks: words are categoricals, columns those of the schema."""
    run = load_run(live_run)
    frame = run.frame("requests", ["action", "outcome", "status"])
    assert (frame.loc[frame["outcome"] == "failed", "status"] == 503).all()
    assert frame["action"].dtype == "category"
    assert run.live
    assert run.finished
    assert run.acting_members == 1000
