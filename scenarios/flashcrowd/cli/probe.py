"""`flashcrowd probe`: what a platform speaks, which actions work there, and what a run would leave out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption
from flashcrowd.core.errors import ExitCode

if TYPE_CHECKING:
    from flashcrowd.load.tryout import Probe

EXAMPLES: Final = (
    "flashcrowd probe http://127.0.0.1:8000",
    "flashcrowd probe http://127.0.0.1:3000 --adapter mine.yaml",
    "flashcrowd probe https://social.test --i-own social.test --accounts two.csv --json",
)


def command(
    target: Annotated[str, typer.Argument(help="Base URL of the platform.")],
    adapter: Annotated[
        str | None, typer.Option(help="What it speaks: a name or a mapping file; found out if not given.")
    ] = None,
    accounts: Annotated[
        Path | None, typer.Option(help="CSV of two accounts, where nobody may sign up (see provision).")
    ] = None,
    i_own: Annotated[
        list[str] | None,
        typer.Option("--i-own", help="A public host that is yours to load; may be repeated."),
    ] = None,
    vault: Annotated[
        Path | None, typer.Option(help="File of the probe's two accounts, instead of the usual place.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Try every action on a platform once, with two accounts, and take back what was posted.

    Says what the platform is, its limits, which actions work and how fast one answer came, how soon a post
    was in a follower's feed, and what a run would leave out. Ends with 6 when members could not live there
    at all. The two accounts are kept for the next probe.
    """
    from flashcrowd.load.staging import probe

    output = Output(json, quiet)
    name, found = probe(target, i_own or [], adapter, vault, accounts, output.note)
    output.result(_as_json(target, name, found))
    _print(output, name, found)
    return int(ExitCode.PASS if found.is_fit else ExitCode.HARNESS)


def _as_json(target: str, adapter: str, found: "Probe") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "target": target,
        "adapter": adapter,
        "instance": asdict(found.instance) if found.instance else None,
        "actions": [asdict(each) for each in found.findings],
        "visible_s": found.visible_s,
        "left_out": found.left_out,
        "broken": found.broken,
        "fit": found.is_fit,
    }


def _print(output: Output, adapter: str, found: "Probe") -> None:
    from rich.table import Table

    console = output.console()
    if found.instance is not None:
        console.print(f"adapter {adapter}; sign-up {found.instance.sign_up}{_limits(found)}", markup=False)
    table = Table("action", "", "ms", "", box=None, pad_edge=False, header_style="bold")
    for each in found.findings:
        word = "works" if each.works else "left out" if each.outcome == "unsupported" else each.outcome
        latency = "" if each.latency_ms != each.latency_ms else f"{each.latency_ms:.0f}"
        table.add_row(each.action, word, latency, each.said[:200])
    console.print(table)
    if found.visible_s == found.visible_s:
        console.print(f"a post was in a follower's feed after {found.visible_s:.2f} s", markup=False)
    if found.left_out:
        console.print(f"a run would leave out: {', '.join(found.left_out)}", markup=False)
    if found.broken:
        console.print(f"does not work: {', '.join(found.broken)}", markup=False)


def _limits(found: "Probe") -> str:
    """The limits that the platform tells, as the end of a line."""
    limits = found.instance.limits if found.instance else None
    if limits is None:
        return ""
    said = (
        f"posts of {limits.post_characters:,} characters" if limits.post_characters else "",
        f"{limits.post_images} images a post" if limits.post_images else "",
        f"images of {limits.image_bytes / 1e6:.0f} MB" if limits.image_bytes else "",
    )
    return "".join(f"; {part}" for part in said if part)
