"""What build servers are given: the composite action, the workflow and the snippet say only what exists."""

import shlex
from pathlib import Path

import pytest
import typer
import yaml

from flashcrowd.cli.main import application

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())


def check_options():
    """The options of `flashcrowd check`."""
    command = typer.main.get_command(application()).commands["check"]
    return {flag for parameter in command.params for flag in parameter.opts}


def options_in(text):
    """The options of the `flashcrowd check` in a script."""
    words = shlex.split(text.replace("${START:+", " ").replace("${BUILD:+", " ").replace("}", " "))
    return {word for word in words if word.startswith("--")} - {"--quiet"}


def test_action_calls_the_command_as_it_is():
    """Every option that the action passes exists, and every input reaches the script by its environment."""
    check = ACTION["runs"]["steps"][1]
    assert options_in(check["run"]) <= check_options()
    passed = " ".join(check["env"].values())
    assert all(f"inputs.{name} " in passed for name in ACTION["inputs"])
    assert "${{" not in check["run"]  # nothing that a pull request names is pasted into a script


@pytest.mark.parametrize("name", ["github-workflow.yml", "gitlab-ci.yml"])
def test_example_uses_what_exists(name):
    """The workflow's inputs are the action's; the snippet's options are the command's."""
    example = yaml.safe_load((ROOT / "loadtests" / "ci" / name).read_text())
    if name.startswith("github"):
        (used,) = [step for step in example["jobs"]["check"]["steps"] if "flashcrowd" in step.get("uses", "")]
        assert set(used["with"]) <= set(ACTION["inputs"])
        assert {
            word for word in used["with"]["arguments"].split() if word.startswith("--")
        } <= check_options()
    else:
        assert options_in(example["performance"]["script"][1]) <= check_options()
