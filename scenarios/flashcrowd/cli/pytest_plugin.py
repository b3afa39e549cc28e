"""The pytest fixture `flashcrowd`: live runs in a test, and figures that explain themselves when they fail.

    def test_launch(flashcrowd):
        run = flashcrowd.load("smoke", target="http://127.0.0.1:8000")
        assert run.response("home").p95 < 0.3

Found by pytest through its entry point. A run is a process of its own, so that nothing of the load engine
reaches the process of the tests. Locust's own plugin may be there or not: no option is shared.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from flashcrowd.report.run import Run

LIMIT_S: Final = 3600.0
"""How long a run may take."""

DID_ITS_WORK: Final = (0, 1, 4, 5)
"""Exit codes of a run that has a verdict."""


class Seconds(float):
    """A time in seconds that says, where a comparison fails, what it is and where to read on."""

    about: str

    def __new__(cls, value: float, about: str) -> "Seconds":
        """Args: value: seconds, NaN when nothing was measured. about: what it is."""
        made = super().__new__(cls, value)
        made.about = about
        return made

    def __repr__(self) -> str:
        return f"{float(self):.4g} s [{self.about}]"


class Times:
    """Quantiles of one action's time, as attributes in seconds: p50, p95, p99, p999, max.

    Args:
        kind: response (from due) or service (from sent).
    """

    def __init__(self, run: "LoadRun", kind: str, action: str) -> None:
        self._run = run
        self._kind = kind
        self._action = action

    def __getattr__(self, name: str) -> Seconds:
        metric = f"{self._kind}.{self._action}.{name}"
        if name.startswith("_") or metric not in self._run.metrics:
            known = sorted(key.split(".")[1] for key in self._run.metrics if key.startswith(f"{self._kind}."))
            raise AttributeError(f"the run has no {metric}; measured were: {', '.join(dict.fromkeys(known))}")
        sent = self._run.metrics.get(f"sent.{self._action}", float("nan"))
        about = f"{metric} of {sent:,.0f} requests; {self._run.report}"  # pytest cuts what is long
        return Seconds(self._run.metrics[metric] / 1000, about)

    def __repr__(self) -> str:
        return f"<{self._kind} times of {self._action}>"


class LoadRun:
    """A finished live run.

    Attributes:
        path, report: the run directory and its page.
        exit_code: of the run: 0 pass, 1 objective missed, 4 inconclusive, 5 invalid.
        verdict: in one sentence.
        metrics: everything in `metrics.json`, by name; NaN where the record does not say.
    """

    def __init__(self, said: Mapping[str, Any], exit_code: int) -> None:
        self.path = Path(said["run"])
        self.report = Path(said["report"])
        self.exit_code = exit_code
        self.verdict: str = said["verdict"]["sentence"]
        self.metrics = {
            entry["name"]: float("nan") if entry["value"] is None else float(entry["value"])
            for entry in said["metrics"]
        }

    @property
    def passed(self) -> bool:
        """Whether the run was valid and met its objectives."""
        return self.exit_code == 0

    def response(self, action: str = "all") -> Times:
        """What members waited, from when a request was due."""
        return Times(self, "response", action)

    def service(self, action: str = "all") -> Times:
        """What the platform took, from when a request was sent."""
        return Times(self, "service", action)

    @property
    def record(self) -> "Run":
        """The record, for pandas."""
        from flashcrowd.report.run import load_run

        return load_run(self.path)

    def __repr__(self) -> str:
        return f"<run {self.path}: {self.verdict}>"


class Flashcrowd:
    """Makes live runs for a test.

    Args:
        folder: where they are left.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runs = 0

    def load(self, scenario: str, *arguments: str, **options: Any) -> LoadRun:
        """Run `flashcrowd load SCENARIO`; options are those of the command, `i_own` standing for `--i-own`.

        Raises:
            pytest.fail.Exception: when the run could not be made; with the command's own line.
        """
        self._runs += 1
        out = self._folder / f"run-{self._runs}"
        command = [sys.executable, "-m", "flashcrowd.cli", "load", scenario, *arguments, "--out", str(out)]
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
        done = subprocess.run(
            [*command, "--json", "--quiet"], capture_output=True, text=True, check=False, timeout=LIMIT_S
        )
        if done.returncode not in DID_ITS_WORK:
            pytest.fail(
                f"flashcrowd load {scenario}: {done.stderr.strip() or done.stdout.strip()}", pytrace=False
            )
        return LoadRun(json.loads(done.stdout), done.returncode)


@pytest.fixture
def flashcrowd(tmp_path: Path) -> Flashcrowd:
    """Live runs: `flashcrowd.load("smoke", target="http://127.0.0.1:8000")`."""
    return Flashcrowd(tmp_path)
