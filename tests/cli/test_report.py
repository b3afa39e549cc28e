"""`flashcrowd report` as its users run it."""

import json
from pathlib import Path

import numpy as np
import pytest

from flashcrowd.cli.main import run
from flashcrowd.core.errors import ExitCode
from flashcrowd.core.runlog import RunWriter
from flashcrowd.core.scenario import Scenario


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """An offline run of three rows: a post, its repost, and a look at the feed."""
    writer = RunWriter(tmp_path / "run", Scenario(name="tiny"), "offline", {"members": 4})
    none = np.full(3, -1)
    writer.append(
        "actions",
        {
            "seq": np.arange(3), "t": np.arange(3.0), "member": np.arange(3), "action": np.array([7, 12, 0]),
            "post": np.array([0, 1, -1]), "root": np.array([0, 0, -1]), "cause": np.array([-1, 0, -1]),
            "author": np.array([0, 0, -1]), "position": none, "topic": none, "ai": np.zeros(3, bool),
            "request": none, "outcome": np.zeros(3),
        },
    )  # fmt: skip
    writer.close()
    return tmp_path / "run"


def test_report_prints_the_verdict_and_where_the_page_is(
    recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """People get the verdict, the findings and the path, on standard output."""
    assert run(["report", str(recorded)]) == 0
    shown = capsys.readouterr().out
    assert shown.lstrip().startswith("DONE")
    assert shown.rstrip().endswith("report.html")
    assert (recorded / "report.html").is_file()


def test_report_json_is_one_object_and_nothing_else(
    recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Machines get verdict and metrics, and the files are written all the same."""
    assert run(["report", str(recorded), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["verdict"]["word"] == "done"
    assert {metric["name"]: metric["value"] for metric in data["metrics"]}["cascades.reposts"] == 1
    assert (recorded / "summary.md").is_file()


def test_report_quiet_prints_nothing(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--quiet` leaves the files and no word."""
    assert run(["report", str(recorded), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_report_beside_another_run_compares_them(recorded: Path) -> None:
    """`--beside` adds the section that lays two runs side by side."""
    assert run(["report", str(recorded), "--beside", str(recorded), "--quiet"]) == 0
    assert 'id="beside"' in (recorded / "report.html").read_text()


def test_report_figures_are_written_into_the_run(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--figures pdf` leaves a file for every figure and names them in `--json`."""
    assert run(["report", str(recorded), "--figures", "pdf", "--json"]) == 0
    files = json.loads(capsys.readouterr().out)["figures"]
    assert str(recorded / "figures" / "largest-cascade.pdf") in files
    assert all(Path(file).read_bytes().startswith(b"%PDF") for file in files)


@pytest.mark.parametrize(
    "arguments", [["nowhere"], ["RUN", "--beside", "nowhere"], ["RUN", "--figures", "gif"], []]
)
def test_report_of_nothing_is_one_line_and_exit_2(
    recorded: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A path without a run, a second one, a wrong format and no path at all are the user's mistakes."""
    line = [str(recorded) if word == "RUN" else word for word in arguments]
    assert run(["report", *line]) == ExitCode.USAGE
    complaint = capsys.readouterr().err
    assert complaint.startswith("flashcrowd: ")
    assert complaint.count("\n") == 1


@pytest.mark.parametrize("command", ["load", "scenarios check"])
def test_objective_that_means_nothing_is_refused_before_anything_runs(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake in an objective costs no run: it is one line with the nearest known name."""
    file = tmp_path / "mine.yaml"
    file.write_text("slo: ['hmoe.p95 < 300ms']")
    assert run([*command.split(), str(file)]) == ExitCode.USAGE
    assert "did you mean home?" in capsys.readouterr().err
