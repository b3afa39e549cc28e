"""What `pip wheel` puts into a wheel."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE_ROOTS = ("simulation", "loadtests", "reports", "scenarios")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> tuple[zipfile.ZipFile, str]:
    """The wheel, built offline from a copy of the sources, and what its building said."""
    copy, out = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("wheel")
    for name in SOURCE_ROOTS:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--verbose", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(out), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = out.glob("*.whl")
    return zipfile.ZipFile(file), done.stdout + done.stderr


def test_wheel_holds_the_package_and_nothing_else(wheel: tuple[zipfile.ZipFile, str]) -> None:
    """Every source file is in it under `flashcrowd/`, with templates and scenarios; nothing else is."""
    names = {name for name in wheel[0].namelist() if ".dist-info/" not in name}
    sources = {
        str(path.relative_to(ROOT / root))
        for root in SOURCE_ROOTS
        for path in (ROOT / root / "flashcrowd").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    scenarios = {
        f"flashcrowd/{path.relative_to(ROOT)}"
        for path in (ROOT / "scenarios").rglob("*")
        if path.suffix in (".yaml", ".csv")
    }
    assert names == sources | scenarios | {"flashcrowd/scenarios/__init__.py"}


def test_wheel_is_built_without_warnings(wheel: tuple[zipfile.ZipFile, str]) -> None:
    """setuptools has nothing to complain of."""
    assert [line for line in wheel[1].splitlines() if "warning" in line.lower()] == []


def test_wheel_names_licence_and_command(wheel: tuple[zipfile.ZipFile, str]) -> None:
    """The licence is an SPDX expression, and the console script is `flashcrowd`."""
    info = next(name for name in wheel[0].namelist() if name.endswith(".dist-info/METADATA"))
    folder = info.removesuffix("METADATA")
    assert "License-Expression: Apache-2.0\n" in wheel[0].read(info).decode()
    assert "flashcrowd = flashcrowd.cli.main:main" in wheel[0].read(f"{folder}entry_points.txt").decode()


@pytest.fixture(scope="module")
def installed(wheel: tuple[zipfile.ZipFile, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of programs of a fresh venv that holds the wheel; its libraries are those of this one."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    command = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet"]
    options = ["--no-deps", "--no-index", "--ignore-installed", "--disable-pip-version-check"]
    subprocess.run([*command, *options, str(wheel[0].filename)], check=True, capture_output=True)
    return folder / "bin"


def test_installed_wheel_is_what_is_imported(installed: Path, tmp_path: Path) -> None:
    """In the fresh venv `flashcrowd` comes from the wheel and not from the sources."""
    program = "import flashcrowd.core.errors as found; print(found.__file__)"
    done = subprocess.run(
        [installed / "python", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()).is_relative_to(installed.parent)


def test_installed_wheel_runs_the_bundled_scenario_from_an_empty_folder(
    installed: Path, tmp_path: Path
) -> None:
    """`flashcrowd load smoke` finds its scenario by name, starts its platform and leaves a whole report."""
    options = ["--members", "20", "--duration", "2s", "--out", "run"]
    command = [installed / "flashcrowd", "load", "smoke", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode in (0, 1, 5), done.stdout + done.stderr  # which verdict depends on the machine
    assert "</html>" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
