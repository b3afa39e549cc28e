"""`flashcrowd study` as its users run it, on a tiny society."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flashcrowd.cli import study_run
from flashcrowd.cli.main import run
from flashcrowd.core.errors import ExitCode
from flashcrowd.core.scenario import Scenario
from flashcrowd.core.study import load_study
from flashcrowd.report.study.outcome import OUTCOMES

STUDY = """
question: Does everybody see more with another ranker?
change: {population.members: 300, duration: 3h, reactions.like: 0.2, reactions.repost: 0.1}
grid: {platform.ranker: [chronological, random]}
seeds: 3
outcomes: [attention.received, actions.like.per_member_day, cascades.structural_virality.from_300]
"""

KILLED = """
import os, signal, sys
from flashcrowd.core.jobs import run as running

kept, runs = running.keep, []

def keep(*what):
    kept(*what)
    runs.append(what)
    if len(runs) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    running.keep = keep
    from flashcrowd.cli.main import run
    run(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a tiny study."""
    path = tmp_path_factory.mktemp("study") / "tiny.yaml"
    path.write_text(STUDY)
    return path


@pytest.fixture(scope="module")
def studied(file: Path) -> Path:
    """The results of the study, run in one process."""
    out = file.parent / "whole"
    assert run(["study", str(file), "--workers", "1", "--quiet", "--out", str(out)]) == ExitCode.PASS
    return out


def test_study_leaves_page_document_and_table(studied: Path) -> None:
    """Six runs; what none of them knows is null."""
    document = json.loads((studied / "study.json").read_text())
    assert document["seeds"] == [1, 2, 3]
    assert document["control"] == "chronological"
    assert document["outcomes"][0]["arms"]["random"]["n"] == 3
    assert document["outcomes"][2]["arms"]["random"]["mean"] is None
    assert document["answer"] in (studied / "study.html").read_text()
    assert len((studied / "study.csv").read_text().splitlines()) == 1 + 2 * 3 * 3


@pytest.mark.parametrize("workers", ["1", "2"])
def test_killed_study_goes_on_to_the_same_table(
    studied: Path, file: Path, tmp_path: Path, workers: str
) -> None:
    """Killed with -9 after its third run, and given again: the table of the uninterrupted study, to the byte,
    and only the other three runs are made."""
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    command = ["study", str(file), "--workers", workers, "--quiet", "--out", str(tmp_path / "out")]
    done = subprocess.run([sys.executable, str(script), *command], check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "out" / "study.csv").exists()
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out" / "seeds").iterdir()}
    assert len(before) == 3
    assert run(command) == ExitCode.PASS
    assert (tmp_path / "out" / "study.csv").read_bytes() == (studied / "study.csv").read_bytes()
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out" / "seeds").iterdir()}
    assert len(after) == 6
    assert before.items() <= after.items()


def test_study_prints_answer_and_intervals_in_80_columns(
    studied: Path, file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finished study is only put together again; people see the answer, and logs what was done before."""
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["study", str(file), "--out", str(studied)]) == ExitCode.PASS
    shown = capsys.readouterr()
    assert "6 runs, 6 of them done before" in shown.err
    assert "99 % interval" in shown.out
    assert shown.out.rstrip().endswith("study.html")
    assert max(len(line) for line in shown.out.splitlines()[:-1]) <= 80


def test_study_is_held_beside_one_with_other_seeds(
    studied: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other seeds give other figures, and the document says whether both agree."""
    again = ["study", str(file), "--seeds-from", "7", "--seeds", "2", "--workers", "1", "--json"]
    assert run([*again, "--beside", str(studied), "--out", str(tmp_path)]) == ExitCode.PASS
    data = json.loads(capsys.readouterr().out)
    assert data["seeds"] == [7, 8]
    assert data["replication"]["seeds"] == [1, 2, 3]
    assert {one["arm"] for one in data["replication"]["differences"]} == {"random"}


def test_shared_follow_graph_changes_no_figure(file: Path) -> None:
    """An arm that takes over the graph of the arm before it gives what it gives on a graph of its own."""
    first, second = (one.resolved() for one in load_study(str(file)).arms.values())
    study_run._graph.cache_clear()
    alone = study_run.observe_run(second, lambda share: None)
    study_run._graph.cache_clear()
    study_run.observe_run(first, lambda share: None)
    shared = study_run.observe_run(second, lambda share: None)
    assert study_run._graph.cache_info().hits == 1
    assert shared == alone


def test_every_outcome_is_a_metric_of_a_run() -> None:
    """A society with images, harm and moderation by people knows every outcome; only how viral cascades of a
    size are may be unknown, where there are too few."""
    scenario = Scenario().changed(
        **{
            "population.members": 1000,
            "duration": 6 * 3600.0,
            "sessions.per_day": 8.0,
            "reactions.repost": 0.3,
            "reactions.like": 0.2,
            "reactions.reply": 0.1,
            "reactions.follow": 0.5,
            "content.posts_per_day": 4.0,
            "record.exposures": 0.3,
            "harm.shares": {"casual": 0.2},
            "moderation.recall": 0.6,
            "moderation.false_positives": 0.1,
            "moderation.action": "review",
            "moderation.reviewers": 5,
        }
    )
    found = study_run.observe_run(scenario.resolved(), lambda share: None)["metrics"]
    unknown = {one.metric for one in OUTCOMES if one.metric not in found}
    assert {name for name in unknown if not name.startswith("cascades.structural_virality.")} == set()
    assert all(found[one.metric]["unit"] == one.unit for one in OUTCOMES if one.metric in found)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "arms: {a: {}, b: {platform.ranker: randon}}\noutcomes: [attention.gini]",
            "unknown ranker 'randon'",
        ),
        ("arms: {a: {}, b: {}}\noutcomes: [attention]", "outcomes.0 is 'attention', which is no outcome"),
        (
            "arms: {a: {}, b: {population.personas.bott: 0.1}}\noutcomes: [attention.gini]",
            "population.personas.bott is not a known persona",
        ),
    ],
)
def test_mistake_is_said_before_anything_is_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, complaint: str
) -> None:
    """One line that names the file, and no directory of results."""
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    assert run(["study", str(path), "--out", str(tmp_path / "out")]) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert complaint in said
    assert "wrong" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_directory_that_holds_something_else_is_left_alone(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Results are not mixed with what is no study."""
    (tmp_path / "thesis.txt").write_text("mine")
    assert run(["study", str(file), "--out", str(tmp_path)]) == ExitCode.USAGE
    assert "holds no study" in capsys.readouterr().err
