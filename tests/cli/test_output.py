"""How commands speak: what `--json` and `--quiet` do, everywhere alike."""

import json
from pathlib import Path

import numpy as np
import pytest

from flashcrowd.cli.output import Output


def test_result_is_printed_only_when_json_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """People do not get an object, machines get nothing else."""
    Output().result({"a": 1})
    assert capsys.readouterr().out == ""
    Output(json=True, quiet=True).result({"a": 1})
    assert json.loads(capsys.readouterr().out) == {"a": 1}


def test_result_of_missing_figures_and_paths_is_plain_json(capsys: pytest.CaptureFixture[str]) -> None:
    """NaN is null, never a word that JSON does not know; numpy numbers are numbers, paths are text."""
    Output(json=True).result({"p95": float("nan"), "n": np.int64(3), "run": Path("runs/a")})
    assert json.loads(capsys.readouterr().out) == {"p95": None, "n": 3, "run": "runs/a"}


@pytest.mark.parametrize(
    ("output", "summary", "progress"),
    [
        (Output(), "summary\n", "progress\n"),
        (Output(json=True), "", "progress\n"),
        (Output(quiet=True), "", ""),
        (Output(json=True, quiet=True), "", ""),
    ],
)
def test_summary_is_for_people_and_progress_for_the_patient(
    output: Output, summary: str, progress: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The summary goes to standard output unless machines read it; progress goes to standard error."""
    output.console().print("summary")
    output.note("progress")
    assert capsys.readouterr() == (summary, progress)


def test_note_keeps_brackets_and_long_lines_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """A path with brackets is no markup, and a long one is not cut at the width of the screen."""
    text = "runs/[red]/" + "x" * 200
    Output().note(text)
    assert capsys.readouterr().err == f"{text}\n"
