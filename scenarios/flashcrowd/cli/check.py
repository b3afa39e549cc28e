"""`flashcrowd check`: did this change make the platform slower?"""

import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flashcrowd.cli.judged import report_outcome
from flashcrowd.cli.output import JsonOption, Output, QuietOption

if TYPE_CHECKING:
    from flashcrowd.core.scenario import Scenario
    from flashcrowd.load.duel import BlockRun, Duel
    from flashcrowd.report.duel.comparison import Limits
    from flashcrowd.report.duel.outcome import Outcome, Pair

EXAMPLES: Final = (
    "flashcrowd check smoke --baseline './old {port}' --candidate './new {port}' --pairs 12",
    "flashcrowd check smoke --baseline main --candidate HEAD --start './serve.sh {port}'",
    "flashcrowd check smoke --baseline http://127.0.0.1:8001 --candidate http://127.0.0.1:8002",
    "flashcrowd check launch_day --baseline platform.ranker=chronological "
    "--candidate platform.ranker=engagement",
    "flashcrowd check --schema",
)

MOST_ATTEMPTS: Final = 3
"""Times that a pair with an invalid block is run before the duel is given up as invalid."""


def _schema(asked: bool) -> None:
    if asked:
        import json

        from flashcrowd.report.duel.document import JSON_SCHEMA

        typer.echo(json.dumps(JSON_SCHEMA, indent=1))
        raise typer.Exit


def command(
    scenario: Annotated[str, typer.Argument(help="A file, or the name of a bundled scenario.")],
    baseline: Annotated[
        str,
        typer.Option(
            help="URL, command with {port}, (with --start) git revision, or SETTING=VALUE, offline."
        ),
    ],
    candidate: Annotated[str, typer.Option(help="The same, of the build that is judged.")],
    start: Annotated[
        str | None,
        typer.Option(help="Command that starts a git revision, in its checkout; {port} is its port."),
    ] = None,
    build: Annotated[str | None, typer.Option(help="Command that builds a git revision once.")] = None,
    health: Annotated[str, typer.Option(help="Path that answers once a build is ready.")] = "/",
    pairs: Annotated[int, typer.Option(min=3, max=200, help="Most pairs of blocks.")] = 8,
    block: Annotated[str, typer.Option(help="Measured window of a block.")] = "3s",
    warm_up: Annotated[str, typer.Option(help="Before it, not measured.")] = "1s",
    profile: Annotated[
        str, typer.Option(help="Sessions at a fixed rate; 'model' for the scenario's own rhythm.")
    ] = "40/s",
    members: Annotated[
        int | None, typer.Option(help="Live members (offline: members), instead of the scenario's.")
    ] = None,
    days: Annotated[float | None, typer.Option(min=0.01, help="Offline: days of a society.")] = None,
    smallest: Annotated[
        float, typer.Option(min=0.001, max=1.0, help="Smallest effect that matters: 0.05 = 5 %.")
    ] = 0.05,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the scenario's.")] = None,
    replay: Annotated[
        Path | None,
        typer.Option(help="A saved schedule.parquet; none: one is drawn, the same for all blocks."),
    ] = None,
    turn: Annotated[
        str,
        typer.Option(help="Builds are visited in turns this long; 0 = never run both at once (noisier)."),
    ] = "1s",
    adapter: Annotated[str, typer.Option(help="What both builds speak.")] = "mastodon",
    i_own: Annotated[
        list[str] | None,
        typer.Option("--i-own", help="A public host that is yours to load; may be repeated."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Directory of results; runs/<time>-check if not given.")
    ] = None,
    schema: Annotated[
        bool,
        typer.Option(
            "--schema", help="Print the JSON Schema of check.json and leave.", callback=_schema, is_eager=True
        ),
    ] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Hold two builds against each other, and say whether one is slower.

    The same visits go to both builds, in turns, the first one drawn by lot (ABBA); builds that a command
    starts are started anew for every pair of blocks. A duel ends early when it is clear. Exit code: 0 same or
    faster, 3 slower, 4 inconclusive (how many pairs would settle it is said), 5 when blocks stay invalid.

    When both sides are settings of the scenario, such as platform.ranker=engagement, societies are simulated
    instead, pairs with the same seed, and cascades of equal size are compared; exit code 3: they differ.
    """
    from flashcrowd.cli.check_societies import Societies, check_societies, is_setting
    from flashcrowd.core.clock import seconds
    from flashcrowd.core.runlog import new_run_dir
    from flashcrowd.core.scenario import load_scenario
    from flashcrowd.core.sigterm import sigterm_interrupts
    from flashcrowd.load.duel import Duel
    from flashcrowd.load.sides import side_of
    from flashcrowd.report.duel.comparison import Limits

    output = Output(json, quiet)
    limits = Limits(effect=smallest)
    try:
        turn_s = seconds(turn)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--turn") from error
    chosen = load_scenario(scenario).changed(seed=seed)
    if is_setting(baseline) and is_setting(candidate):
        wanted = Societies(chosen, (baseline, candidate), members, days, pairs, limits)
        return check_societies(wanted, new_run_dir(out, "spread"), output)
    chosen = chosen.changed(
        **{
            "load.duration": block,
            "load.warm_up": warm_up,
            "load.profile": profile,
            "load.members": members,
            "freshness.reads_per_s": 0,
            "freshness.rereads": 0,
        }
    )
    folder = new_run_dir(out, "check")
    began = time.monotonic()
    with ExitStack() as stack:
        stack.enter_context(sigterm_interrupts())
        first, second = (
            stack.enter_context(closing(side_of(text, health, start, build)))
            for text in (baseline, candidate)
        )
        duel = Duel(chosen, (first, second), folder / "blocks", adapter, tuple(i_own or ()), replay, turn_s)
        found = _fight(duel, chosen, pairs, limits, output)
    wall_s = time.monotonic() - began
    return report_outcome(found, (first.text, second.text), chosen.name, wall_s, folder, output)


def _fight(duel: "Duel", scenario: "Scenario", most: int, limits: "Limits", output: Output) -> "Outcome":
    """Run pairs until the duel is clear or at its end; the judgement."""
    from flashcrowd.report.duel.looks import look_at
    from flashcrowd.report.duel.outcome import outcome

    pairs: list[Pair] = []
    found = outcome(pairs, most, limits)
    with output.progress() as bar:
        task = bar.add_task("pairs", total=most)
        for number in range(most):
            pairs.append(_valid_pair(duel, number, scenario.load.duration, output))
            bar.update(task, completed=number + 1)
            found = outcome(pairs, most, limits)
            output.note(f"pair {number + 1} of at most {most}: {_so_far(found)}")
            if look_at(number + 1, most) is not None and found.is_clear:
                break
    return found


def _valid_pair(duel: "Duel", number: int, window_s: float, output: Output) -> "Pair":
    """The figures of a pair both of whose blocks may be judged; what is invalid is run again, not counted.

    Raises:
        InvalidRunError: when it stays invalid.
    """
    from flashcrowd.core.errors import InvalidRunError

    reason = ""
    for attempt in range(MOST_ATTEMPTS):
        blocks = duel.pair(number, attempt)
        read = [_read(block, window_s) for block in blocks]
        reason = next((why for _, why in read if why), "")
        if not reason:
            return read[0][0], read[1][0]
        output.note(f"pair {number + 1} is run again, it is invalid: {reason}")
    raise InvalidRunError(f"pair {number + 1} stayed invalid over {MOST_ATTEMPTS} attempts: {reason}")


def _read(block: "BlockRun", window_s: float) -> "tuple[dict[str, float], str]":
    """The figures of a block, and why it may not be judged ("" = it may)."""
    from flashcrowd.report.analysis import Analysis
    from flashcrowd.report.duel.figures import block_of
    from flashcrowd.report.run import load_run
    from flashcrowd.report.validity import validity

    seen = Analysis(load_run(block.path))
    # In a window of seconds what is under way at its end weighs too much for Little's law.
    broken = [check for check in validity(seen).checks if not check.held and check.name != "Little's law"]
    return block_of(seen.measured, window_s, block.cpu_ms), broken[0].sentence if broken else ""


def _so_far(found: "Outcome") -> str:
    from flashcrowd.report.duel.outcome import size

    heads = [one for one in found.comparisons if one.figure.name in ("all.p50", "all.p95", "cpu")]
    return ", ".join(f"{one.figure.name} {size(one, one.effect)}" for one in heads) or "too little so far"
