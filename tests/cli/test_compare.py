"""`flashcrowd compare`, `baseline` and `drift`: recorded runs against each other."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

import made_runs

from flashcrowd.cli.main import run


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four live runs of a build, and one of another that stands still for two seconds."""
    folder = tmp_path_factory.mktemp("runs")
    for seed in range(1, 5):
        made_runs.make_live(folder / "main" / str(seed), seconds=8, stall_s=0, seed=seed)
    made_runs.make_live(folder / "slow", seconds=8, stall_s=2, seed=9)
    return folder


def test_two_single_runs_are_inconclusive(runs: Path, tmp_path: Path, capsys) -> None:
    """However far apart they are, one run each is not decided; documents are left all the same."""
    out = tmp_path / "out"
    code = run(["compare", str(runs / "main" / "1"), str(runs / "slow"), "--out", str(out)])
    said = capsys.readouterr().out
    assert code == 4
    assert "Two single runs cannot tell" in " ".join(said.split())
    assert {path.name for path in out.iterdir()} == {
        "compare.html",
        "compare.json",
        "junit.xml",
        "summary.md",
    }


def test_run_against_kept_baseline_is_decided(runs: Path, tmp_path: Path, capsys) -> None:
    """Runs are kept under a name, shown and listed; a run with a stall is then slower, by that name."""
    kept = ["--in", str(tmp_path / "kept")]
    assert run(["baseline", "keep", "main", str(runs / "main"), *kept]) == 0
    assert "one run shows" in capsys.readouterr().out
    assert run(["baseline", *kept]) == 0
    assert "main: 4 runs of launch_day" in capsys.readouterr().out
    out = ["--out", str(tmp_path / "out")]
    assert run(["compare", "main", str(runs / "slow"), *kept, *out, "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["verdict"] == "slower"


def test_unknown_baseline_is_told_with_those_there_are(tmp_path: Path, capsys) -> None:
    """A wrong name is a usage error."""
    assert run(["baseline", "show", "main", "--in", str(tmp_path)]) == 2
    assert "no such baseline" in capsys.readouterr().err


def test_societies_of_equal_seed_are_paired(tmp_path: Path, capsys) -> None:
    """The same societies on both sides are the same; offline and live runs are not compared."""
    for side in ("before", "after"):
        for seed in (1, 2, 3):
            made_runs.make_offline(
                tmp_path / side / str(seed if side == "before" else 4 - seed), members=300, days=1,
                posts=400, reads=100, seed=seed,
            )  # fmt: skip
    sides = [str(tmp_path / "before"), str(tmp_path / "after")]
    assert run(["compare", *sides, "--out", str(tmp_path / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["command"], told["verdict"]) == ("spread", "same")
    live = made_runs.make_live(tmp_path / "live", seconds=3)
    assert run(["compare", sides[0], str(live), "--out", str(tmp_path / "no")]) == 2


def test_drift_of_few_runs_is_inconclusive(runs: Path, capsys) -> None:
    """Four runs are too few, and it says how many would do."""
    assert run(["drift", str(runs / "main")]) == 4
    assert "from 6 on" in capsys.readouterr().err


def test_schema_is_printed(capsys) -> None:
    """The schema of the documents comes without any other argument."""
    assert run(["check", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "flashcrowd check, compare and spread"
