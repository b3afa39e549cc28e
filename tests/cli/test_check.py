"""`flashcrowd check` of two settings: societies instead of builds."""

import json
from pathlib import Path

import pytest

from flashcrowd.cli.main import run

SMALL = ["--members", "1500", "--days", "0.4", "--pairs", "3"]


def check(out: Path, baseline: str, candidate: str) -> int:
    """Run a small check of two settings."""
    sides = ["--baseline", baseline, "--candidate", candidate]
    return run(["check", "launch_day", *sides, *SMALL, "--out", str(out), "--json", "--quiet"])


def test_same_setting_spreads_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Equal seeds and equal settings give equal societies: the same in every figure."""
    assert check(tmp_path, "platform.ranker=random", "platform.ranker=random") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["pairs"]) == ("same", 3)
    assert {figure["effect"] for figure in told["figures"]} == {0.0}


def test_setting_that_stops_sharing_changes_spread(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Members who pass on five times as readily: posts get further; the exit code is that of a regression."""
    code = check(tmp_path, "reactions.repost=0.002", "reactions.repost=0.01")
    told = json.loads(capsys.readouterr().out)
    assert (code, told["verdict"]) == (3, "changed")
    assert {figure["better"] for figure in told["figures"]} == {"neither"}


def test_unknown_setting_is_told_before_anything_is_run(tmp_path: Path, capsys) -> None:
    """A setting that does not exist is a usage error in one line."""
    assert check(tmp_path, "platform.ranker=random", "platform.nonsense=1") == 2
    assert "nonsense" in capsys.readouterr().err
