"""The command line: one table of commands, one place where every error becomes a line and an exit code.

A command is one module with a function `command` (or a `typer.Typer` of sub-commands of that name) and a
tuple `EXAMPLES` of command lines that its help shows. It returns its exit code (`core.errors.ExitCode`), None
meaning 0. Modules are imported for every `--help`, so each imports what is heavy inside its function.
"""

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Annotated, Any, Final

import typer

from flashcrowd.cli.output import examples, unwrapped
from flashcrowd.core.errors import ExitCode, FlashcrowdError
from flashcrowd.core.own import mistake_of

COMMANDS: Final = {
    "simulate": "flashcrowd.cli.simulate",
    "load": "flashcrowd.cli.load",
    "probe": "flashcrowd.cli.probe",
    "provision": "flashcrowd.cli.provision",
    "adapter": "flashcrowd.cli.adapter",
    "report": "flashcrowd.cli.report",
    "capacity": "flashcrowd.cli.capacity",
    "plan": "flashcrowd.cli.plan",
    "check": "flashcrowd.cli.check",
    "compare": "flashcrowd.cli.compare",
    "baseline": "flashcrowd.cli.baseline",
    "drift": "flashcrowd.cli.drift",
    "runs": "flashcrowd.cli.runs",
    "realism": "flashcrowd.cli.realism",
    "study": "flashcrowd.cli.study",
    "explore": "flashcrowd.cli.explore",
    "serve": "flashcrowd.cli.serve",
    "scenarios": "flashcrowd.cli.scenarios",
}
"""Name -> module, in the order of `flashcrowd --help`."""

EXAMPLES: Final = (
    "flashcrowd load smoke",
    "flashcrowd simulate launch_day --members 20000 --days 3 --out runs/offline",
    "flashcrowd report runs/offline",
    "flashcrowd COMMAND --help",
)

INTERRUPTED: Final = 130
"""What a shell calls death by SIGINT (128 + 2)."""

BROKEN_PIPE: Final = 141
"""What a shell calls death by SIGPIPE (128 + 13): the reader of the output left."""

DEBUG: Final = "--debug"

NO_BUG: Final = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO),
        *(errno.EACCES, errno.EPERM, errno.EMFILE, errno.EPIPE),
    }
)
"""Refusals of the operating system that say something about the machine, not about the harness."""


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; its exit code. Every error has become a line on standard error."""
    words = [word for word in arguments if word != DEBUG]
    try:
        code = _invoke(list(words))  # which typer empties
        sys.stdout.flush()
        return code
    except (KeyboardInterrupt, typer.Abort):
        return _complain("interrupted", INTERRUPTED)
    except Exception as error:
        if DEBUG in arguments:
            traceback.print_exception(error)
        if isinstance(error, typer.TyperException):
            # Without any word, typer has printed the help already.
            return _complain(_usage_line(error), ExitCode.USAGE) if words else ExitCode.USAGE
        if isinstance(error, FlashcrowdError):
            return _complain(_one_line(error), error.exit_code)
        mistake = mistake_of(error)
        if mistake is not None:
            return _complain(mistake, ExitCode.USAGE)
        if isinstance(error, MemoryError):
            return _complain(f"not enough memory: {_one_line(error)}", ExitCode.HARNESS)
        if isinstance(error, OSError) and error.errno in NO_BUG:
            return _operating_system(error)
        return _bug(error)


def application() -> typer.Typer:
    """The typer application with every command of the table."""
    app = typer.Typer(
        name="flashcrowd",
        help="Put a believable crowd on a social platform before the real crowd comes.",
        epilog=examples(EXAMPLES),
        no_args_is_help=True,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        callback=_common,
    )
    for name, path in COMMANDS.items():
        module = import_module(path)
        if isinstance(module.command, typer.Typer):
            app.add_typer(module.command, name=name, epilog=examples(module.EXAMPLES))
        else:
            text = unwrapped(module.command.__doc__)
            app.command(name, help=text, epilog=examples(module.EXAMPLES))(module.command)
    return app


def _invoke(arguments: list[str]) -> int:
    click_command: Any = typer.main.get_command(application())
    try:
        with click_command.make_context("flashcrowd", arguments) as context:
            code = click_command.invoke(context)
    except typer.Exit as leaving:
        code = leaving.exit_code
    return code if isinstance(code, int) else ExitCode.PASS


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"flashcrowd {version('flashcrowd')}")
        raise typer.Exit


def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and leave.", callback=_print_version, is_eager=True
        ),
    ] = False,
    debug: Annotated[
        bool, typer.Option(DEBUG, help="Show the traceback of an error; may stand anywhere.")
    ] = False,
) -> None:
    """Options that stand before the command; `--debug` is taken out by `run`."""


def _usage_line(error: Any) -> str:
    """Typer's complaint in one line, with where to read on."""
    message = " ".join(error.format_message().replace("Input should be", "must be").split())
    context = getattr(error, "ctx", None)
    return message if context is None else f"{message} (see {context.command_path} --help)"


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split("\n"))


def _operating_system(error: OSError) -> int:
    """What to say when the operating system refused something that no command saw coming."""
    _silence_stdout()  # which may be what cannot be written
    if error.errno == errno.EPIPE:
        return BROKEN_PIPE
    where = f"{error.filename}: " if error.filename else ""
    return _complain(f"{where}{os.strerror(error.errno or 0)}", ExitCode.HARNESS)


def _bug(error: Exception) -> int:
    """What to say of an exception that nobody foresaw; its traceback goes to a file."""
    summary = f"this is a bug of the harness: {type(error).__name__}: {_one_line(error)[:200]}"
    try:
        with tempfile.NamedTemporaryFile("w", prefix="flashcrowd-bug-", suffix=".txt", delete=False) as file:
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        return _complain(f"{summary} (run again with {DEBUG} to see where)", ExitCode.HARNESS)
    return _complain(f"{summary} (traceback: {file.name})", ExitCode.HARNESS)


def _complain(message: str, code: int) -> int:
    with suppress(OSError):  # standard error may be closed, and nothing else is left to say it to
        print(f"flashcrowd: {message}", file=sys.stderr, flush=True)
    return code


def _silence_stdout() -> None:
    """Let the interpreter's last flush go nowhere instead of where it cannot go."""
    with suppress(OSError, ValueError):  # no file descriptor, or closed: nothing to silence
        descriptor = sys.stdout.fileno()
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
