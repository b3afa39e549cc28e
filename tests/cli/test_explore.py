"""`flashcrowd explore`: what it says when it cannot begin, and how it starts the view."""

import subprocess
from typing import Any

import pytest

from flashcrowd.cli.main import run
from flashcrowd.core.errors import ExitCode


def test_explore_without_its_extra_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The browser view is optional; its absence is one line."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run(["explore"]) == ExitCode.USAGE
    assert "pip install 'flashcrowd[explore]'" in capsys.readouterr().err


def test_explore_of_unknown_scenario_is_refused_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong name costs no server."""
    monkeypatch.setattr("subprocess.run", lambda *_, **__: pytest.fail("started"))
    assert run(["explore", "nowhere"]) == ExitCode.USAGE
    assert "nowhere" in capsys.readouterr().err


def test_explore_serves_the_scenario_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server gets the scenario, the port, and an address that nobody else reaches."""
    asked: list[Any] = []

    def started(command: list[str], env: dict[str, str], check: bool) -> subprocess.CompletedProcess[str]:
        asked.append((command, env["FLASHCROWD_EXPLORE"]))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setattr("subprocess.run", started)
    assert run(["explore", "smoke", "--port", "8800", "--no-browser", "--quiet"]) == 0
    (command, scenario) = asked[0]
    assert scenario == "smoke"
    words = " ".join(command)
    assert "--host 127.0.0.1 --port 8800" in words
    assert words.endswith("--no-open")
