"""An intentional regression in a small repository, judged as its build server would: red; its revert: green.

The repository has the example workflow. What the workflow asks of the action is resolved as the build server
resolves it, and the action's check step is run by bash with the environment that it gets there; only the
installation is left out, because what is tested is what is installed here.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]
SERVE = f"""#!/bin/sh
exec {sys.executable} -m flashcrowd.reference --port "$1" --settings "$(cat settings.json)"
"""
SETTINGS = '{{"faults": {{"latency_ms": {}}}}}'
SCREEN = 24, 80
"""Lines and columns of a terminal."""


@dataclass(frozen=True)
class Job:
    """A job that has run: its exit code, what it printed, outputs of the step, the step's summary."""

    code: int
    said: str
    outputs: str
    summary: str


def git(folder, *words):
    """Run git in a folder."""
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", "-C", folder, *who, *words], check=True, capture_output=True)


def commit(folder, latency_ms):
    """A commit of the platform that answers so much later."""
    (folder / "settings.json").write_text(SETTINGS.format(latency_ms))
    git(folder, "add", ".")
    git(folder, "commit", "-qm", f"answer after {latency_ms} ms")


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A clone of a platform's repository, with the example workflow, on a branch off main."""
    origin, folder = tmp_path_factory.mktemp("origin"), tmp_path_factory.mktemp("clone") / "platform"
    git(origin, "init", "-q", "-b", "main")
    (origin / "serve.sh").write_text(SERVE)
    (origin / "serve.sh").chmod(0o755)
    workflow = origin / ".github" / "workflows" / "performance.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text((ROOT / "loadtests" / "ci" / "github-workflow.yml").read_text())
    commit(origin, 10)
    git(origin, "clone", "-q", origin, folder)
    git(folder, "checkout", "-qb", "change")
    return folder


def resolved(text, known):
    """A text with its expressions replaced, such as those that read inputs."""
    return re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda match: known[match[1]], str(text))


def pull_request(repository, tools):
    """Run the workflow's check step for the commit that is checked out, as for a pull request to main."""
    binaries = tools / "flashcrowd" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "flashcrowd").symlink_to(Path(sys.executable).with_name("flashcrowd"))
    workflow = yaml.safe_load((repository / ".github" / "workflows" / "performance.yml").read_text())
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    (uses,) = (step for step in workflow["jobs"]["check"]["steps"] if "flashcrowd" in step["uses"])
    told = uses["with"] | {"arguments": "--pairs 6 --members 60 --health /health"}
    wanted = {name: resolved(value, {"github.base_ref": "main"}) for name, value in told.items()}
    inputs = {f"inputs.{n}": wanted.get(n, one.get("default", "")) for n, one in action["inputs"].items()}
    (step,) = (step for step in action["runs"]["steps"] if step.get("id") == "check")
    files = {"GITHUB_OUTPUT": tools / "output", "GITHUB_STEP_SUMMARY": tools / "summary"}
    for path in files.values():
        path.touch()
    env = {name: resolved(text, inputs | {"runner.temp": str(tools)}) for name, text in step["env"].items()}
    env |= {"GITHUB_ACTIONS": "true", "PATH": os.environ["PATH"], "HOME": str(tools), "COLUMNS": "80"}
    env |= {name: str(path) for name, path in files.items()} | {"OUT": str(tools / "flashcrowd-check")}
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", step["run"]], cwd=repository, env=env, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    print(done.stderr + done.stdout)
    return Job(done.returncode, done.stdout, *(path.read_text() for path in files.values()))


def test_regression_is_red_with_its_reason_on_one_screen(repository, tmp_path):
    """A change that makes every answer 5 ms slower ends with exit code 3 and says by how much."""
    commit(repository, 15)
    job = pull_request(repository, tmp_path)
    assert job.code == 3
    lines = [line for line in job.said.splitlines() if not line.startswith("::")]
    assert "SLOWER" in lines[0]
    assert "% higher" in " ".join(" ".join(lines[:3]).split())  # wherever the line is wrapped
    assert len(lines) <= SCREEN[0]
    assert max(map(len, lines[:-1])) <= SCREEN[1]
    assert "::error title=flashcrowd check::" in job.said
    assert "verdict=slower" in job.outputs
    page = MarkdownIt().enable("table").render(job.summary)
    assert page.count("<table>") == 2
    assert '<td style="text-align:left">slower</td>' in page


def test_revert_is_green(repository, tmp_path):
    """The reverted change is not called slower: the job passes, or says what would settle it."""
    commit(repository, 10)
    job = pull_request(repository, tmp_path)
    assert job.code in (0, 4)
    assert "verdict=slower" not in job.outputs
    assert "::error" not in job.said
