"""What is documented exists, and what exists is documented."""

import ast
import importlib
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from flashcrowd.cli.main import application

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    path
    for root in ("simulation", "loadtests", "reports", "scenarios")
    for path in (ROOT / root / "flashcrowd").rglob("*.py")
)
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def below_root(path: Path) -> str:
    return str(path.relative_to(ROOT))


def definitions(body: list[ast.stmt]) -> Iterator[Definition]:
    """Public classes and functions of a module, and the public methods of its public classes."""
    for node in body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from definitions(node.body)


@pytest.mark.parametrize("path", SOURCES, ids=below_root)
def test_public_names_have_docstrings(path: Path) -> None:
    """Every module, public class, function and method says what it answers."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    if not module.body:
        return
    undocumented = [node.name for node in definitions(module.body) if not ast.get_docstring(node)]
    assert ast.get_docstring(module), "the module has no docstring"
    assert undocumented == []


@pytest.mark.parametrize("path", TESTS, ids=below_root)
def test_every_test_says_what_it_proves(path: Path) -> None:
    """Every test function has a docstring."""
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]
    assert [node.name for node in functions if not ast.get_docstring(node)] == []


DOCTEST = """
import doctest, importlib, sys
failed = 0
for name in sys.argv[1:]:
    outcome = doctest.testmod(importlib.import_module(name))
    failed += outcome.failed
    assert outcome.attempted, f"{name} holds no example"
sys.exit(failed > 0)
"""


def dotted_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_examples_in_docstrings_are_true() -> None:
    """Every `>>>` in the sources gives what it says (in their own process: some imports patch it)."""
    names = [dotted_name(path) for path in SOURCES if ">>> " in path.read_text(encoding="utf-8")]
    command = [sys.executable, "-c", DOCTEST, *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def commands(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Full name and click command of every command and sub-command."""
    for name, command in group.commands.items():
        yield f"{prefix}{name}", command
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix}{name} ")


COMMANDS = dict(commands(typer.main.get_command(application())))


@pytest.mark.parametrize("name", COMMANDS)
def test_command_and_its_options_have_help(name: str) -> None:
    """Every command says what it does, every option and argument what it is for."""
    command = COMMANDS[name]
    assert command.help
    silent = [parameter.name for parameter in command.params if not getattr(parameter, "help", None)]
    assert silent == []


@pytest.mark.parametrize("name", COMMANDS)
def test_command_shows_an_example_that_it_understands(name: str) -> None:
    """The examples at the end of a help page are command lines of that command, with options that exist."""
    command = COMMANDS[name]
    lines = [line.strip() for line in (command.epilog or "").splitlines() if f"flashcrowd {name}" in line]
    assert lines, "no example"
    known = {flag for parameter in command.params for flag in parameter.opts} | {"--help"}
    for line in lines:
        words = shlex.split(line.split(" > ")[0].split(" | ")[0])
        if " ".join(words[1 : 1 + len(name.split())]) == name:
            assert {word.split("=")[0] for word in words if word.startswith("--")} <= known, line


@pytest.mark.parametrize("name", COMMANDS)
def test_readme_names_the_command(name: str) -> None:
    """Whoever reads the README learns of every command."""
    assert f"flashcrowd {name}" in README


def shell_lines(text: str) -> list[str]:
    """The command lines of all `sh` blocks of a document, without comments."""
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    lines = (line.split(" #")[0].strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_make_target_in_documentation_exists(name: str) -> None:
    """Every `make x` that a reader is told to run can be run."""
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = {line.split()[1] for line in shell_lines(text) if line.startswith("make ")}
    targets |= set(re.findall(r"`make ([a-z]+)`", text))
    assert targets <= set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_linked_file_exists(name: str) -> None:
    """Every relative link of a document leads to a file."""
    text = (ROOT / name).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


def test_pictures_of_the_readme_are_small() -> None:
    """A clone stays quick: each picture that `make screenshots` takes has at most 200 kB."""
    pictures = re.findall(r"\]\((reports/\w+\.webp)\)", README)
    assert len(pictures) >= 3
    assert all((ROOT / name).stat().st_size <= 200_000 for name in pictures)


def test_every_documented_package_is_importable() -> None:
    """The modules of the sources are importable under the name that the layout gives them."""
    assert importlib.import_module(dotted_name(ROOT / "simulation/flashcrowd/core/errors.py"))
