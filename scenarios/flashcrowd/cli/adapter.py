"""`flashcrowd adapter`: mapping files for platforms that speak an API of their own."""

from pathlib import Path
from typing import Annotated, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, examples

EXAMPLES: Final = ("flashcrowd adapter list", "flashcrowd adapter check mine.yaml")
INIT: Final = (
    "flashcrowd adapter init --openapi http://127.0.0.1:8000/openapi.json --out mine.yaml",
    "flashcrowd adapter init --openapi openapi.yaml > mine.yaml",
)
CHECK: Final = ("flashcrowd adapter check mine.yaml", "flashcrowd adapter check mine.yaml --json")

command = typer.Typer(
    help="What the crowd can speak: built-in adapters, and YAML mappings for any HTTP API.",
    no_args_is_help=True,
)

FETCH_S: Final = 20.0


@command.command("init", epilog=examples(INIT))
def init(
    openapi: Annotated[str, typer.Option(help="URL or file of an OpenAPI document, JSON or YAML.")],
    out: Annotated[Path | None, typer.Option(help="File to write; standard output if not given.")] = None,
) -> None:
    """Begin a mapping file from an OpenAPI document: guesses filled in, the rest commented."""
    from flashcrowd.core.errors import UsageError
    from flashcrowd.load.adapters.openapi import draft

    text = draft(_document(openapi), openapi)
    if out is None:
        print(text, end="")
        return
    if out.exists():
        raise UsageError(f"{out}: is there already; name another file")
    out.write_text(text, encoding="utf-8")
    print(f"wrote {out}; complete what is marked ?, then: flashcrowd adapter check {out}")


@command.command("check", epilog=examples(CHECK))
def check(file: Annotated[Path, typer.Argument(help="A mapping file.")], json: JsonOption = False) -> None:
    """Say in one line what is wrong with a mapping file, or what it leaves out."""
    from flashcrowd.load.adapters.mapping import load_mapping

    mapping = load_mapping(file)
    absent = sorted(mapping.absent())
    output = Output(json)
    output.result({"name": mapping.name, "actions": sorted(mapping.actions), "unsupported": absent})
    console = output.console()
    console.print(f"{file.name}: good; {len(mapping.actions)} actions", markup=False)
    if absent:
        console.print(f"left out of the mix: {', '.join(absent)}", markup=False)


@command.command("list", epilog=examples(("flashcrowd adapter list",)))
def list_adapters(json: JsonOption = False) -> None:
    """List the adapters that there are."""
    from flashcrowd.load.adapters import ADAPTERS

    names = ADAPTERS.names()
    output = Output(json)
    output.result({"adapters": names})
    for name in names:
        hint = " (made by a mapping file: --adapter mine.yaml)" if name == "http" else ""
        output.console().print(f"{name}{hint}", markup=False)


def _document(place: str) -> object:
    """The OpenAPI document at a URL or in a file."""
    import yaml

    from flashcrowd.core.errors import UsageError

    text = _fetched(place) if "://" in place else _read(Path(place))
    try:
        document: object = yaml.safe_load(text)  # JSON is YAML
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{place}: neither JSON nor YAML: {' '.join(str(error).split())[:120]}") from None
    return document


def _read(path: Path) -> str:
    from flashcrowd.core.errors import UsageError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None


def _fetched(url: str) -> str:
    import httpx

    from flashcrowd.core.errors import TargetError, UsageError

    try:
        answer = httpx.get(url, timeout=FETCH_S, follow_redirects=True)
        answer.raise_for_status()
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise UsageError(f"{url}: {error}") from None
    except httpx.HTTPError as error:
        raise TargetError(f"{url}: {error}") from None
    return answer.text
