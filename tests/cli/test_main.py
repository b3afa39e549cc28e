"""The frame of the command line: start-up, exit codes, and one line for every kind of error."""

import errno
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flashcrowd.cli import main
from flashcrowd.core import errors

CONSOLE_SCRIPT = Path(sys.executable).with_name("flashcrowd")
HEAVY = {"locust", "gevent", "mesa", "numba", "numpy", "pandas", "pyarrow", "matplotlib", "scipy"}
TOY = """
import typer
from flashcrowd.core import errors
EXAMPLES = ("flashcrowd toy",)
def command(size: int = 1):
    "A toy."
    {body}
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A function that puts a command `toy` with the given body into the table."""

    def install(body: str) -> None:
        name = f"toy_command_{abs(hash((body, tmp_path)))}"
        (tmp_path / f"{name}.py").write_text(TOY.format(body=body))
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setitem(main.COMMANDS, "toy", name)
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    return install


def test_help_imports_nothing_heavy() -> None:
    """`flashcrowd --help` feels instant because no library that takes long to import is imported."""
    program = (
        "import sys; from flashcrowd.cli.main import run; code = run(['--help']);"
        f"print(code, sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "0 []\n"
    assert "Usage: flashcrowd" in done.stdout


@pytest.mark.parametrize("name", main.COMMANDS)
def test_help_of_command_imports_nothing_heavy_and_shows_examples(name: str) -> None:
    """The same for every command's own help; it ends with examples of that command."""
    program = (
        f"import sys; from flashcrowd.cli.main import run; code = run([{name!r}, '--help']);"
        f"print(code, sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "0 []\n"
    assert re.search(rf"Examples:\s+flashcrowd {name}", done.stdout)


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` prints name and version."""
    assert main.run(["--version"]) == 0
    assert re.fullmatch(r"flashcrowd \d+\.\d+\.\d+\S*\n", capsys.readouterr().out)


def test_no_command_shows_the_help_and_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """`flashcrowd` alone shows what there is."""
    assert main.run([]) == 2
    captured = capsys.readouterr()
    assert "Commands" in captured.out
    assert captured.err == ""


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["flie"], "flashcrowd: No such command 'flie'. (see flashcrowd --help)\n"),
        (["--nope"], "flashcrowd: No such option: --nope (see flashcrowd --help)\n"),
        (
            ["toy", "--size", "big"],
            "flashcrowd: Invalid value for '--size': must be a valid integer, unable to parse string "
            "as an integer (see flashcrowd toy --help)\n",
        ),
        (
            ["toy", "more"],
            "flashcrowd: Got unexpected extra argument(s) (more) (see flashcrowd toy --help)\n",
        ),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_two(
    arguments: list[str], line: str, toy: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be parsed is said in one line that names the help to read."""
    toy("pass")
    assert main.run(arguments) == 2
    assert capsys.readouterr().err == line


@pytest.mark.parametrize(
    "name", ["FlashcrowdError", "UsageError", "ScenarioError", "RecordError", "TargetError", "StorageError"]
)
def test_error_raised_on_purpose_is_its_line_and_its_exit_code(
    name: str, toy: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every class of `core.errors` becomes its message, on one line, and its exit code."""
    toy(f"raise errors.{name}('it is 5;\\nmust be 4')")
    assert main.run(["toy"]) == getattr(errors, name).exit_code
    assert capsys.readouterr().err == "flashcrowd: it is 5; must be 4\n"


@pytest.mark.parametrize(
    ("body", "code"),
    [("pass", 0), ("return 3", 3), ("return errors.ExitCode.INVALID", 5), ("raise typer.Exit(4)", 4)],
)
def test_returned_exit_code_is_that_of_the_process(body: str, code: int, toy: Callable[[str], None]) -> None:
    """A command returns its verdict; none means 0."""
    toy(body)
    assert main.run(["toy"]) == code


def test_interrupt_is_one_line_and_130(
    toy: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C is no bug."""
    toy("raise KeyboardInterrupt")
    assert main.run(["toy"]) == 128 + signal.SIGINT
    assert capsys.readouterr().err == "flashcrowd: interrupted\n"


def test_bug_is_one_line_and_leaves_its_traceback_in_a_file(
    toy: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """What nobody foresaw is called a bug, with the way to its traceback."""
    toy("raise ZeroDivisionError('by\\nzero')")
    assert main.run(["toy"]) == 6
    found = re.fullmatch(
        r"flashcrowd: this is a bug of the harness: ZeroDivisionError: by zero "
        r"\(traceback: (\S+)\)\n",
        capsys.readouterr().err,
    )
    assert found is not None
    assert "raise ZeroDivisionError" in Path(found[1]).read_text()


@pytest.mark.parametrize("arguments", [["--debug", "toy"], ["toy", "--debug"]])
def test_debug_shows_the_traceback_before_the_line(
    arguments: list[str], toy: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """`--debug`, wherever it stands, shows where an error came from; the line is still the last."""
    toy("raise errors.TargetError('nobody there')")
    assert main.run(arguments) == 6
    shown = capsys.readouterr().err
    assert shown.startswith("Traceback (most recent call last)")
    assert shown.endswith("flashcrowd: nobody there\n")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (f"raise OSError({errno.ENOSPC}, 'x', '/runs/a')", "/runs/a: No space left on device"),
        (f"raise OSError({errno.EACCES}, 'x', '/runs/a')", "/runs/a: Permission denied"),
        ("raise MemoryError('Unable to allocate 9 TiB')", "not enough memory: Unable to allocate 9 TiB"),
    ],
)
def test_refusal_of_the_operating_system_is_a_line_and_no_bug(
    body: str, line: str, toy: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk or too little memory is a state of the machine, whichever command met it."""
    toy(body)
    assert main.run(["toy"]) == 6
    assert capsys.readouterr().err == f"flashcrowd: {line}\n"


def test_missing_file_that_no_command_foresaw_is_a_bug(
    toy: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Commands check the files that users name; another missing file is a fault of ours."""
    toy("open('/nowhere/at/all')")
    assert main.run(["toy"]) == 6
    assert "this is a bug of the harness: FileNotFoundError" in capsys.readouterr().err


def test_reader_that_leaves_ends_the_command_silently() -> None:
    """`flashcrowd ... | head` ends as if by SIGPIPE, with nothing on standard error."""
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    command = [CONSOLE_SCRIPT, "scenarios", "schema"]
    try:
        done = subprocess.run(command, stdout=writing_end, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writing_end)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a device that is always full")
def test_full_standard_output_is_one_line() -> None:
    """Results that cannot be printed are an error, never silence."""
    with open("/dev/full", "w") as full:
        command = [CONSOLE_SCRIPT, "scenarios", "schema"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (6, "flashcrowd: No space left on device\n")
