"""`flashcrowd runs`: list, compare, open, delete."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

import made_runs

from flashcrowd.cli.main import run
from flashcrowd.core.errors import ExitCode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two runs, one of them deeper and killed, and a directory that only looks like one."""
    made_runs.make_offline(tmp_path / "one", members=100, days=0.2, posts=40, reads=200)
    made_runs.make_live(tmp_path / "deep" / "two", seconds=3, state="running")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{}")
    return tmp_path


def test_list_shows_every_run_and_how_it_ended(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Runs are found in the folder and below it; one whose manifest is damaged is named, not hidden."""
    assert run(["runs", "--in", str(folder), "--json"]) == 0
    found = {Path(one["path"]).name: one for one in json.loads(capsys.readouterr().out)["runs"]}
    assert (found["one"]["kind"], found["one"]["state"]) == ("offline", "finished")
    assert (found["two"]["kind"], found["two"]["state"]) == ("live", "running")
    assert "manifest" in found["broken"]["problem"]
    assert run(["runs", "--in", str(folder)]) == 0
    assert "unreadable" in capsys.readouterr().out


def test_list_of_nothing_says_how_to_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty folder is no error."""
    assert run(["runs", "--in", str(tmp_path / "none")]) == 0
    assert "no runs in" in capsys.readouterr().err


def test_compare_tells_what_got_worse(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every metric of both, with its change, and better or worse by the metric's own direction."""
    slow = made_runs.make_live(folder / "slow", seconds=3, stall_s=1.5)
    fast = made_runs.make_live(folder / "fast", seconds=3, stall_s=0)
    assert run(["runs", "compare", str(fast), str(slow), "--only", "response.all.*", "--json"]) == 0
    lines = {one["name"]: one for one in json.loads(capsys.readouterr().out)["metrics"]}
    assert set(lines) == {f"response.all.{level}" for level in ("p50", "p95", "p99", "p999", "max")}
    assert lines["response.all.p95"]["word"] == "worse"
    assert lines["response.all.p95"]["change"] == pytest.approx(
        lines["response.all.p95"]["other"] / lines["response.all.p95"]["value"] - 1
    )
    assert run(["runs", "compare", str(fast), str(slow), "--only", "response.all.*"]) == 0
    assert "worse" in capsys.readouterr().out


def test_compare_keeps_what_only_one_of_them_knows(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Metrics of an offline and a live run: null where one has none, never 0."""
    live = made_runs.make_live(folder / "live", seconds=3)
    assert run(["runs", "compare", str(folder / "one"), str(live), "--json"]) == 0
    lines = {one["name"]: one for one in json.loads(capsys.readouterr().out)["metrics"]}
    assert lines["response.home.p95"]["value"] is None
    assert lines["response.home.p95"]["other"] > 0
    assert lines["response.home.p95"]["word"] is None


def test_open_makes_the_report_that_is_missing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page is there afterwards, and its path is printed."""
    page = folder / "one" / "report.html"
    assert run(["runs", "open", str(folder / "one"), "--no-browser"]) == 0
    assert page.is_file()
    assert capsys.readouterr().out.strip() == str(page)


def test_open_hands_the_page_to_the_browser(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser of the user gets the page's address."""
    asked: list[str] = []
    monkeypatch.setattr("webbrowser.open", asked.append)
    assert run(["runs", "open", str(folder / "one"), "--quiet"]) == 0
    assert asked == [(folder / "one" / "report.html").as_uri()]


def test_delete_leaves_what_the_run_did_not_make(folder: Path) -> None:
    """A note that somebody put there stays, and so does its directory; an untouched one goes."""
    (folder / "one" / "note.txt").write_text("mine")
    two = folder / "deep" / "two"
    assert run(["runs", "delete", str(folder / "one"), str(two), "--yes", "--quiet"]) == 0
    assert [path.name for path in (folder / "one").iterdir()] == ["note.txt"]
    assert not two.exists()


def test_delete_of_what_is_no_run_touches_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All paths are checked before the first is deleted."""
    assert run(["runs", "delete", str(folder / "one"), str(folder), "--yes"]) == ExitCode.USAGE
    assert "holds no run" in capsys.readouterr().err
    assert (folder / "one" / "run.json").is_file()


def test_delete_asks_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a yes nothing is deleted."""
    monkeypatch.setattr("typer.confirm", lambda *_, **__: False)
    assert run(["runs", "delete", str(folder / "one")]) == 130
    assert (folder / "one" / "run.json").is_file()


ANSWERS = {
    "capacity": ({"verdict": {"word": "holds"}}, "probes/01/run.json"),
    "check": ({"verdict": "slower", "candidate": "HEAD"}, "summary.md"),
    "plan": ({"verdict": {"word": "too little"}, "plan": {"name": "growth"}}, "demand.csv"),
    "study": ({"study": "ranker", "answer": "None."}, "study.csv"),
    "realism": ({"verdict": {"word": "pass"}}, "seeds/1/run.json"),
}
"""Kind -> what its document says, and something else that it leaves."""


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """A folder with one answer of each kind."""
    for kind, (said, beside) in ANSWERS.items():
        (tmp_path / kind / beside).parent.mkdir(parents=True)
        for name, text in ((f"{kind}.json", json.dumps(said)), (f"{kind}.html", "<p>"), (beside, "{}")):
            (tmp_path / kind / name).write_text(text)
    return tmp_path


def test_answers_of_every_kind_are_listed_opened_and_deleted(
    answers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A capacity, check, plan, study and realism stand in the list once each, without the runs inside."""
    assert run(["runs", "--in", str(answers), "--json"]) == 0
    found = {one["kind"]: (one["state"], one["name"]) for one in json.loads(capsys.readouterr().out)["runs"]}
    assert found == {
        "capacity": ("holds", ""),
        "check": ("slower", "HEAD"),
        "plan": ("too little", "growth"),
        "study": ("done", "ranker"),
        "realism": ("pass", ""),
    }
    for kind in ANSWERS:
        assert run(["runs", "open", str(answers / kind), "--no-browser"]) == 0
        assert f"{kind}.html" in capsys.readouterr().out.replace("\n", "")
        (answers / "check" / "mine.txt").write_text("mine")
        assert run(["runs", "delete", str(answers / kind), "--yes", "--quiet"]) == 0
    assert [path.name for path in answers.rglob("*")] == ["check", "mine.txt"]


def test_answers_are_not_compared_as_runs(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says what it is instead."""
    paths = [str(answers / "study"), str(answers / "plan")]
    assert run(["runs", "compare", *paths]) == ExitCode.USAGE
    assert "holds a study" in capsys.readouterr().err
