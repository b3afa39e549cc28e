"""How every command speaks: results on standard output, progress on standard error, `--json`, `--quiet`."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output, nothing else there.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary, only errors.")]


def examples(lines: Sequence[str]) -> str:
    r"""The end of a help page: one example a line (`\b` keeps typer from joining the lines).

    >>> examples(["flashcrowd scenarios"]).splitlines()
    ['\x08', 'Examples:', '  flashcrowd scenarios']
    """
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def unwrapped(docstring: str) -> str:
    """A docstring whose paragraphs are one line each, for a help page that wraps them to its own width.

    >>> unwrapped("One.\\n\\n    Two\\n    three.")
    'One.\\n\\nTwo three.'
    """
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in docstring.split("\n\n"))


@dataclass(frozen=True)
class Output:
    """Where a command's words go.

    Args:
        json: the result is one JSON object on standard output, and nothing else is printed there.
        quiet: nothing but errors (and the JSON object, when asked for).
    """

    json: bool = False
    quiet: bool = False

    @property
    def is_interactive(self) -> bool:
        """Whether a person watches the progress: standard error is a terminal and `--quiet` is not given."""
        return not self.quiet and sys.stderr.isatty()

    def console(self) -> "Console":
        """Standard output for people; silent with `--json` or `--quiet`."""
        from rich.console import Console

        return Console(quiet=self.json or self.quiet, highlight=False, soft_wrap=False)

    def notes(self) -> "Console":
        """Standard error for progress; silent with `--quiet`."""
        from rich.console import Console

        return Console(stderr=True, quiet=self.quiet, highlight=False)

    def note(self, text: str) -> None:
        """One line of progress on standard error."""
        self.notes().print(text, markup=False, soft_wrap=True)

    def progress(self) -> "Progress":
        """A progress bar on standard error (a context manager); hidden unless a person watches."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self.notes(),
            transient=True,
            disable=not self.is_interactive,
        )

    def result(self, data: Mapping[str, Any]) -> None:
        """The result as one JSON object, when `--json` asks for it; NaN becomes null, paths become text."""
        if self.json:
            import orjson

            options = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
            print(orjson.dumps(data, default=str, option=options).decode())
