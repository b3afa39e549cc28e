"""`flashcrowd realism` as its users run it, on a tiny society."""

import json
from pathlib import Path

import pytest

from flashcrowd.cli.main import run
from flashcrowd.core.errors import ExitCode

TINY = ["--members", "300", "--seeds", "1", "--days", "1"]


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a study of 300 members over a day."""
    out = tmp_path_factory.mktemp("study") / "out"
    assert run(["realism", *TINY, "--quiet", "--out", str(out)]) == ExitCode.SLO_MISSED
    return out


def test_realism_leaves_document_and_page(studied: Path) -> None:
    """Every fact stands in the document, with both null models; every fact has a chart on the page."""
    document = json.loads((studied / "realism.json").read_text())
    assert document["schema"] == 1
    assert document["plan"]["members"] == 300
    facts = {fact["id"]: fact for fact in document["facts"]}
    assert len(facts) == 36
    share = facts["no_reshare"]["parts"][0]
    assert 0.5 < share["society"]["value"] <= 1
    assert set(share["nulls"]) == {"sir", "sampler"}
    assert not [name for name, fact in facts.items() if fact["verdict"] == "not simulated"]
    page = (studied / "realism.html").read_text()
    assert all(f'id="fact-{name.replace("_", "-")}"' in page for name in facts)


def test_realism_goes_on_where_it_stopped(studied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second call runs one seed more and keeps the first as it is; `--json` is one object."""
    kept = studied / "seeds" / "default-1.json"
    before = kept.stat().st_mtime_ns
    assert run(["realism", *TINY, "--seeds", "2", "--json", "--out", str(studied)]) == ExitCode.SLO_MISSED
    assert kept.stat().st_mtime_ns == before
    data = json.loads(capsys.readouterr().out)
    assert data["plan"]["seeds"] == [1, 2]
    assert data["verdict"]["word"] == "missed"
    assert data["page"].endswith("realism.html")


def test_realism_prints_facts_null_models_and_verdict_in_80_columns(
    studied: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """People see every gate with its verdict, what the null models fail, and where the page is."""
    monkeypatch.setenv("COLUMNS", "80")
    run(["realism", *TINY, "--quick", "--out", str(studied)])
    shown = capsys.readouterr().out
    for words in ("indegree_tail.hill", "MISSED", "one-beta SIR: fails"):
        assert words in shown
    assert shown.rstrip().endswith("realism.html")
    assert max(len(line) for line in shown.splitlines()[:-1]) <= 80


def test_quick_study_leaves_open_what_needs_more(studied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Too few cascades fail a full study and not a quick one; what lies outside its band fails both."""
    failed = {}
    for mode in ([], ["--quick"]):
        run(["realism", *TINY, *mode, "--json", "--out", str(studied)])
        failed[bool(mode)] = set(json.loads(capsys.readouterr().out)["gates"]["failed"])
    assert "one_hop" in failed[False] - failed[True]
    assert failed[True] < failed[False]
    assert failed[True]


def test_without_null_models_nothing_of_them_is_run_or_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--no-nulls` spares their runs; page, table and document speak of the society alone."""
    few = ["--members", "150", "--seeds", "1", "--days", "0.25", "--no-nulls", "--out", str(tmp_path)]
    run(["realism", *few])
    shown = capsys.readouterr().out
    assert "reciprocity.share" in shown
    for text in (shown, (tmp_path / "realism.html").read_text(), (tmp_path / "realism.json").read_text()):
        assert not [name for name in ("SIR", "sampler", "null model") if name in text]


def test_sizes_print_what_drifts_in_80_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two sizes: a table with both, a study in a directory of each, and the drift as a document."""
    monkeypatch.setenv("COLUMNS", "80")
    sizes = ["realism", "--sizes", "300,150", "--seeds", "1", "--days", "0.25", "--out", str(tmp_path)]
    assert run(sizes) == ExitCode.SLO_MISSED
    shown = capsys.readouterr().out
    assert "reciprocity.share" in shown
    assert max(len(line) for line in shown.splitlines() if not line.startswith("page: ")) <= 80
    drift = json.loads((tmp_path / "scale.json").read_text())["drift"]
    assert len(next(row for row in drift if row["part"] == "reciprocity.share")["values"]) == 2
    assert (tmp_path / "150" / "realism.html").is_file()
    assert (tmp_path / "300" / "realism.json").is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--sizes", "1000"],
        ["--sizes", "200,many"],
        ["--sizes", "100,200", "--members", "100"],
        ["--members", "5"],
        ["--seeds", "0"],
        ["--days", "x"],
        ["--scenario", "nowhere"],
        ["--out", "FULL"],
    ],
)
def test_wrong_use_of_realism_is_one_line_and_exit_2(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers out of range, an unknown scenario and a directory that holds something else."""
    (tmp_path / "thesis.tex").write_text("mine")
    line = [str(tmp_path) if word == "FULL" else word for word in arguments]
    assert run(["realism", *line]) == ExitCode.USAGE
    complaint = capsys.readouterr().err
    assert complaint.startswith("flashcrowd: ")
    assert complaint.count("\n") == 1
    assert (tmp_path / "thesis.tex").read_text() == "mine"
