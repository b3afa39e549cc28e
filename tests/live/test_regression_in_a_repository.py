"""An intentional regression in a small repository, judged as its build server would: red; its revert: green.

The steps of the composite action are run by bash with the environment that a build server gives them; only
the installation is left out, because what is tested is what is installed here.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]
SERVE = f"""#!/bin/sh
exec {sys.executable} -m flashcrowd.reference --port "$1" --settings "$(cat settings.json)"
"""
SETTINGS = '{{"faults": {{"latency_ms": {}}}}}'


def git(folder, *words):
    """Run git in the repository."""
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", "-C", folder, *who, *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A platform in a repository: a slower change on its main branch, and the revert of that."""
    folder = tmp_path_factory.mktemp("platform")
    (folder / "serve.sh").write_text(SERVE)
    (folder / "serve.sh").chmod(0o755)
    git(folder, "init", "-q", "-b", "main")
    for text in ("quick", "slow", "quick"):
        (folder / "settings.json").write_text(SETTINGS.format(15 if text == "slow" else 0))
        git(folder, "add", ".")
        git(folder, "commit", "-qm", text)
    return folder


def judged(repository, tools, baseline, candidate):
    """Run the action's check step; (exit code, what it printed, its outputs, the step summary)."""
    binaries = tools / "flashcrowd" / "bin"
    binaries.mkdir(parents=True, exist_ok=True)
    if not (binaries / "flashcrowd").exists():
        (binaries / "flashcrowd").symlink_to(Path(sys.executable).with_name("flashcrowd"))
    inputs = {"baseline": baseline, "candidate": candidate, "start": "./serve.sh {port}",
              "arguments": "--pairs 6 --block 3s --members 60 --health /health",
              "out": f"check-{candidate}"}  # fmt: skip
    step = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"][1]
    known = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]

    def value(match):
        name = match[1]
        if name == "runner.temp":
            return str(tools)
        return str(
            inputs.get(name.removeprefix("inputs."), known[name.removeprefix("inputs.")].get("default"))
        )

    env = {key: re.sub(r"\$\{\{ ([\w.]+) \}\}", value, text) for key, text in step["env"].items()}
    files = {"GITHUB_OUTPUT": tools / f"out-{candidate}", "GITHUB_STEP_SUMMARY": tools / f"sum-{candidate}"}
    for path in files.values():
        path.touch()
    env |= {"GITHUB_ACTIONS": "true", "PATH": os.environ["PATH"], "HOME": os.environ["HOME"]}
    env |= {name: str(path) for name, path in files.items()}
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", step["run"]], cwd=repository, env=env, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr, *(path.read_text() for path in files.values())


def test_regression_is_red_with_its_reason_on_one_screen(repository, tmp_path):
    """A change that makes every answer 15 ms slower ends with exit code 3 and says by how much."""
    code, said, outputs, summary = judged(repository, tmp_path, "HEAD~2", "HEAD~1")
    assert code == 3, said
    assert "SLOWER" in said
    assert "::error title=flashcrowd check::" in said
    assert "verdict=slower" in outputs
    assert "slower" in summary
    assert len([line for line in said.splitlines() if not line.startswith(("pair", "::error"))]) <= 40


def test_revert_is_green(repository, tmp_path):
    """The reverted change is not called slower, and the job does not fail for a regression."""
    code, said, outputs, _ = judged(repository, tmp_path, "HEAD~2", "HEAD")
    assert code in (0, 4), said
    assert "verdict=slower" not in outputs
