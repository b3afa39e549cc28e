"""`flashcrowd simulate` as its users run it: repeatable, interruptible, killable."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flashcrowd.cli.main import run
from flashcrowd.core.runlog import RunReader

CONSOLE_SCRIPT = Path(sys.executable).with_name("flashcrowd")
LIMIT_S = 120.0
SMALL = ["--members", "200", "--days", "0.5", "--quiet"]


def action_bytes(path: Path) -> dict[str, bytes]:
    return {part.name: part.read_bytes() for part in (path / "actions").iterdir()}


def test_same_seed_leaves_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    """A run is repeated exactly by its seed, and changed by nothing less than another one."""
    for name, seed in (("first", "5"), ("again", "5"), ("other", "6")):
        assert run(["simulate", "smoke", *SMALL, "--seed", seed, "--out", str(tmp_path / name)]) == 0
    assert action_bytes(tmp_path / "first") == action_bytes(tmp_path / "again")
    assert action_bytes(tmp_path / "first") != action_bytes(tmp_path / "other")


def test_options_replace_what_the_scenario_says(tmp_path: Path) -> None:
    """What was asked for on the command line is what the record says was run."""
    options = [
        "--members",
        "50",
        "--days",
        "0.1",
        "--seed",
        "3",
        "--ranker",
        "engagement",
        "--engine",
        "agents",
    ]
    assert run(["simulate", "smoke", *options, "--out", str(tmp_path / "run"), "--quiet"]) == 0
    reader = RunReader(tmp_path / "run")
    scenario = reader.scenario
    assert (scenario.population.members, scenario.duration, scenario.seed) == (50, 8640.0, 3)
    assert (scenario.platform.ranker, reader.manifest["engine"]) == ("engagement", "agents")
    assert reader.table("members").num_rows == 50


def test_json_is_one_object_on_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Machines read where the run is from one object and nothing else."""
    options = ["--members", "50", "--days", "0.1", "--json", "--out", str(tmp_path / "run")]
    assert run(["simulate", "smoke", *options]) == 0
    assert json.loads(capsys.readouterr().out)["run"] == str(tmp_path / "run")


def endless_run(out: Path) -> subprocess.Popen[str]:
    """A run of years, as soon as its first rows are on disk."""
    options = ["--members", "2000", "--days", "2000", "--out", str(out)]
    process = subprocess.Popen(
        [CONSOLE_SCRIPT, "simulate", "smoke", *options], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + LIMIT_S
    while not ((out / "run.json").is_file() and RunReader(out).table("actions", ["seq"]).num_rows):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


def test_killed_run_is_reported_up_to_its_last_flush(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After kill -9 the report says that the run ended early, and what its recorded rows say."""
    out = tmp_path / "run"
    process = endless_run(out)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=LIMIT_S)
    reader = RunReader(out)
    rows = reader.table("actions").num_rows
    assert rows > 0
    assert reader.manifest["state"] == "running"
    assert reader.table("actions", ["seq"])["seq"].to_pylist() == list(range(rows))
    assert run(["report", str(out)]) in (0, 5)
    assert capsys.readouterr().out.lstrip().startswith("UNFINISHED")


def test_interrupted_run_is_one_line_and_keeps_what_was_recorded(tmp_path: Path) -> None:
    """Ctrl-C ends the run with 130; its record is closed in state `interrupted`."""
    out = tmp_path / "run"
    process = endless_run(out)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=LIMIT_S)[1]
    assert process.returncode == 128 + signal.SIGINT
    assert said.splitlines()[-1] == "flashcrowd: interrupted"
    assert "Traceback" not in said
    assert RunReader(out).manifest["state"] == "interrupted"
