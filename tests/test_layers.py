"""Imports point down: what each layer may import, read off the sources themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE_ROOTS = ("simulation", "loadtests", "reports", "scenarios")

LAYERS = {
    "core": {"core"},
    "sim": {"core", "sim"},
    "load": {"core", "sim", "load", "reference.process", "reference.settings"},
    "report": {"core", "report"},
    "reference": {"core", "sim.rankers", "reference"},
    "cli": {"core", "sim", "load", "report", "reference", "cli"},
}
"""Layer -> what it may import from (`load` starts the reference platform as a process of its own)."""

OWNERS = {
    "locust": "load",
    "gevent": "load",
    "geventhttpclient": "load",
    "mesa": "sim.model",
    "matplotlib": "report.sections",
    "uvicorn": "reference",
    "starlette": "reference",
    "typer": "cli",
}
"""Library -> the only part of Flashcrowd that imports it."""


MOST_LINES = 400


def sources() -> dict[str, Path]:
    """Dotted name below `flashcrowd` -> file."""
    found = {}
    for root in SOURCE_ROOTS:
        base = ROOT / root / "flashcrowd"
        for path in sorted(base.rglob("*.py")):
            parts = path.relative_to(base).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


SOURCES = sources()


def imports(name: str, path: Path) -> Iterator[str]:
    """Every module or name that a source file imports, at its top or inside a function, in full."""
    package = f"flashcrowd.{name}".split(".")
    if path.name != "__init__.py":
        package.pop()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def lies_in(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")


@pytest.mark.parametrize("name", SOURCES)
def test_module_imports_only_from_its_layer_and_below(name: str) -> None:
    """core <- sim <- load, core <- report, all <- cli; see `LAYERS` for the rest."""
    allowed = LAYERS[name.split(".")[0]]
    ours = [
        found.removeprefix("flashcrowd.") for found in imports(name, SOURCES[name]) if "flashcrowd." in found
    ]
    assert [found for found in ours if not any(lies_in(found, part) for part in allowed)] == []


@pytest.mark.parametrize("name", SOURCES)
def test_library_with_an_owner_is_imported_by_the_owner_only(name: str) -> None:
    """One place to change when a library changes; nothing heavy is dragged into other layers."""
    libraries = {found.split(".")[0] for found in imports(name, SOURCES[name])}
    assert [found for found in libraries if found in OWNERS and not lies_in(name, OWNERS[found])] == []


@pytest.mark.parametrize("name", SOURCES)
def test_source_file_is_short(name: str) -> None:
    """A file over 400 lines holds more than one noun."""
    assert len(SOURCES[name].read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_namespace_has_no_init_file() -> None:
    """`flashcrowd` is a namespace of five folders: an `__init__.py` in one would hide the others."""
    assert [root for root in SOURCE_ROOTS if (ROOT / root / "flashcrowd" / "__init__.py").exists()] == []


def test_every_layer_has_sources() -> None:
    """The walk above finds what it is meant to find."""
    assert {name.split(".")[0] for name in SOURCES} == set(LAYERS)
