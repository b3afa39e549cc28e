"""`flashcrowd provision`: put a scenario's members on a platform before a run, or take them back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption

if TYPE_CHECKING:
    from flashcrowd.load.removal import Removed

EXAMPLES: Final = (
    "flashcrowd provision launch_day --target http://127.0.0.1:8000 --members 1000",
    "flashcrowd provision smoke --target https://social.test --i-own social.test --accounts accounts.csv",
    "flashcrowd provision launch_day --target http://127.0.0.1:8000 --clean",
)


def command(
    scenario: Annotated[str, typer.Argument(help="A file, or the name of a bundled scenario.")],
    target: Annotated[str, typer.Option(help="Base URL of the platform.")],
    members: Annotated[int | None, typer.Option(help="Live members, instead of the scenario's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the scenario's.")] = None,
    adapter: Annotated[
        str, typer.Option(help="What the platform speaks: a name, or a mapping file (.yaml).")
    ] = "mastodon",
    accounts: Annotated[
        Path | None,
        typer.Option(help="CSV of accounts that are there: username, and token or password (and email)."),
    ] = None,
    clean: Annotated[bool, typer.Option("--clean", help="Remove what provisioning made.")] = False,
    i_own: Annotated[
        list[str] | None,
        typer.Option("--i-own", help="A public host that is yours to load; may be repeated."),
    ] = None,
    vault: Annotated[
        Path | None, typer.Option(help="File of the target's credentials, instead of the usual place.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Make a scenario's accounts, profiles, avatars, follows and history on a platform, within its limits.

    Everything made is remembered in a private file (0600) outside every record: interrupted and run again,
    this goes on and makes nothing twice, and `flashcrowd load` finds all of it.

    Where nobody may sign up, `--accounts FILE` names accounts that are there: CSV with a first line such as
    `username,token` or `username,password,email`. `--clean` deletes the posts, follows and accounts that
    were made; accounts from a file stay.
    """
    from flashcrowd.core.scenario import load_scenario
    from flashcrowd.load.progress import Display
    from flashcrowd.load.staging import Stage

    output = Output(json, quiet)
    chosen = load_scenario(scenario).changed(**{"load.members": members, "seed": seed})
    stage = Stage(chosen, target, i_own or [], adapter, vault, Display(quiet=quiet))
    if clean:
        return _say_removed(stage.clean(), output)
    done = stage.provision(accounts)
    output.result(done.details())
    kept = done.accounts_kept + done.follows_kept + done.posts_kept
    output.console().print(
        f"made {done.accounts_made:,} accounts, {done.follows_made:,} follows, {done.posts_made:,} posts; "
        f"{kept:,} were there; {done.seconds:.1f} s",
        markup=False,
    )
    return 0


def _say_removed(done: "Removed", output: Output) -> int:
    from dataclasses import asdict

    output.result(asdict(done))
    console = output.console()
    console.print(
        f"removed {done.accounts:,} accounts, {done.follows:,} follows, {done.posts:,} posts", markup=False
    )
    if done.left:
        console.print(
            f"left {done.left_accounts:,} accounts, {done.left_follows:,} follows, {done.left_posts:,} posts"
            f": {done.reason}",
            markup=False,
        )
    return 0
