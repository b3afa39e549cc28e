"""The README does what it says: its commands run, in order, with a smaller crowd."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from flashcrowd.cli.main import COMMANDS
from flashcrowd.reference.process import ReferencePlatform

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SMALLER = {
    "simulate": "--members 200 --days 0.2",
    "load": "--members 40 --duration 3s",
    "provision": "--members 40",
    "capacity": "--first 1 --most 1 --window 3s --warm-up 1s",
    "study": "--members 200 --days 0.1 --seeds 2",
    "plan": "--members 400 --halvings 1 --seeds 2 --draws 50",
    "check": "--members 40 --pairs 3 --block 1s",
    "--processes": "--processes 2",
}
"""Command or option -> options that are added; typer takes the last of two."""

VERDICTS = {
    "load": {0, 1, 5},
    "plan": {0, 1},
    "capacity": {0, 1, 4, 5},
    "scenarios": {0, 1},
    "check": {0, 3, 4, 5},
}
"""Command -> exit codes of live runs that did their work; which one it is depends on the machine."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def named_files() -> dict[str, str]:
    """The files that a reader is told to write: blocks that begin with their name, as `# mine.yaml`."""
    found = re.findall(r"```\w+\n(# (\w+\.\w+)\n.*?)```", README, flags=re.DOTALL)
    return {name: text for text, name in found}


def test_commands_of_the_readme_run_in_order(tmp_path: Path) -> None:
    """Whoever copies the README line by line gets through, its files included."""
    for name, text in named_files().items():
        (tmp_path / name).write_text(text)
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("flashcrowd ")]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    settings = {**os.environ, "PATH": path, "XDG_STATE_HOME": str(tmp_path)}
    with ReferencePlatform() as platform:
        for line in lines:
            _, name, *rest = shlex.split(line.replace("http://127.0.0.1:8000", platform.url), comments=True)
            if name not in COMMANDS or {"--master", "--worker"} & set(rest):
                continue  # those two need each other: tests/load/distributed runs them together
            options = [word for word in rest if word.startswith("--")]
            smaller = " ".join(SMALLER.get(word, "") for word in (name, *options))
            command = ["flashcrowd", name, *rest, *smaller.split()]
            how = {"cwd": tmp_path, "env": settings, "capture_output": True, "timeout": 180}
            done = subprocess.run(command, text=True, check=False, **how)
            allowed = VERDICTS.get(name, {0})
            assert done.returncode in allowed, f"{line}\n{done.stdout}{done.stderr}"
    assert len(lines) >= 5
    assert {"mine.yaml", "bots.yaml", "mine.py", "own.yaml"} <= set(named_files())
