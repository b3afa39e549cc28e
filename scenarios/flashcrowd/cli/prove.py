"""`flashcrowd scenarios prove`: whether the bundled scenarios do what they are for, in one table."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption
from flashcrowd.core.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from flashcrowd.cli.proofs import Claim

EXAMPLES: Final = (
    "flashcrowd scenarios prove",
    "flashcrowd scenarios prove breaking_news outage_return --members 100000",
)


def prove(
    names: Annotated[
        list[str] | None, typer.Argument(help="Bundled scenarios; all that can be proved if none is named.")
    ] = None,
    members: Annotated[int | None, typer.Option(help="Members, instead of the scenario's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the scenario's.")] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Run bundled scenarios offline and hold each against its purpose: what it claims, the figure, the goal.

    Some run twice, with the same seed and without what they are about. Exit code 1: a goal is missed.
    """
    from flashcrowd.cli.proofs import BASES, PROOFS
    from flashcrowd.core.registry import nearest

    output = Output(json, quiet)
    for name in names or ():
        if name not in PROOFS:
            raise UsageError(
                f"{name}: no scenario with a proof; known: {', '.join(PROOFS)}{nearest(name, PROOFS)}"
            )
    found = {name: _claims(name, members, seed, output) for name in names or PROOFS}
    output.result(
        {"scenarios": {name: [_plain(claim) for claim in claims] for name, claims in found.items()}}
    )
    output.console().print(_table(found))
    missed = sum(not claim.met for claims in found.values() for claim in claims)
    used = {claim.basis for claims in found.values() for claim in claims}
    for basis, meaning in BASES.items():
        if basis in used:
            output.console().print(f"{basis}: {meaning}", soft_wrap=True)
    many = sum(len(claims) for claims in found.values())
    output.console().print(f"{many - missed} of {many} goals met")
    return ExitCode.SLO_MISSED if missed else ExitCode.PASS


def _claims(name: str, members: int | None, seed: int | None, output: Output) -> "list[Claim]":
    """The claims about one scenario, with a progress bar."""
    from flashcrowd.cli.proofs import proof_of
    from flashcrowd.cli.proofs.observed import proved
    from flashcrowd.core.scenario import load_scenario

    scenario = load_scenario(name).changed(**{"population.members": members, "seed": seed})
    output.note(f"{name}: {scenario.purpose}")
    with output.progress() as bar:
        task = bar.add_task(name, total=100)
        return proved(
            proof_of(name),
            scenario,
            lambda arm, share: bar.update(task, completed=round(100 * share), description=f"{name}, {arm}"),
        )


def _table(found: "dict[str, list[Claim]]") -> Any:
    from rich.table import Table

    table = Table("scenario", "what it shows", box=None, pad_edge=False, header_style="bold")
    table.add_column("figure", justify="right")
    table.add_column("goal")
    table.add_column("rests on")
    table.add_column("met")
    for name, claims in found.items():
        for number, claim in enumerate(claims):
            shown = _figure(claim.value, claim.unit)
            met = "yes" if claim.met else "[bold red]no[/]"
            table.add_row(name if number == 0 else "", claim.says, shown, _goal(claim), claim.basis, met)
        table.add_section()
    return table


def _figure(value: float, unit: str) -> str:
    """A figure for people.

    >>> _figure(38.26, "x"), _figure(0.5, "share"), _figure(90.0, "s"), _figure(3.0, "count")
    ('38.3x', '50.0 %', '90 s', '3')
    """
    if value != value:
        return "unknown"
    if unit == "share":
        return f"{100 * value:.1f} %"
    if unit == "x":
        return f"{value:.3g}x"
    return f"{value:,.0f} s" if unit == "s" else f"{value:,.0f}"


def _goal(claim: "Claim") -> str:
    least, most = _figure(claim.least, claim.unit), _figure(claim.most, claim.unit)
    if claim.least == claim.most:
        return least
    if claim.most == float("inf"):
        return f">= {least}"
    return f"<= {most}" if claim.least <= 0 else f"{least} to {most}"


def _plain(claim: "Claim") -> dict[str, Any]:
    """A claim as JSON; what is not bounded is null."""
    bounds = {name: getattr(claim, name) for name in ("value", "least", "most")}
    plain = {name: value if abs(value) < float("inf") else None for name, value in bounds.items()}
    return {
        "says": claim.says,
        "unit": claim.unit,
        **plain,
        "met": claim.met,
        "basis": claim.basis,
        "why": claim.why,
    }
