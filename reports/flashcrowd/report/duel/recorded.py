"""Recorded runs held against each other: what they can say of two builds, or of two societies."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flashcrowd.core.errors import RecordError, UsageError
from flashcrowd.report.analysis import Analysis
from flashcrowd.report.duel.comparison import Limits, compared_apart
from flashcrowd.report.duel.figures import Block, block_of, figure_named
from flashcrowd.report.duel.looks import ALPHA
from flashcrowd.report.duel.outcome import Outcome, common, outcome, settled
from flashcrowd.report.duel.spread import spread_figure, spread_pair
from flashcrowd.report.duel.terms import RUNS, SOCIETIES
from flashcrowd.report.run import Run, load_run
from flashcrowd.report.shelf import shelf
from flashcrowd.report.validity import validity


@dataclass(frozen=True)
class Shot:
    """What one live run measured: a sample of a build.

    `name`: of the run, for people · `started`: when · `scenario`: its name · `figures`: as of a block.
    """

    name: str
    started: str
    scenario: str
    figures: Block


def runs_in(path: Path) -> list[Run]:
    """The run in a directory, or the runs in the directories below it, oldest first.

    Raises:
        RecordError: when there is none, or one cannot be read.
    """
    found = [one.path for one in shelf(path)]
    if not found:
        raise RecordError(f"{path}: holds no run")
    return [load_run(one) for one in found]


def shot_of(run: Run) -> Shot:
    """What a live run measured.

    Raises:
        UsageError: when it was offline, or is not valid: it then says nothing about its platform.
    """
    if not run.live:
        raise UsageError(f"{run.path}: was simulated; response times are compared of live runs")
    seen = Analysis(run)
    broken = validity(seen).reasons
    if broken:
        raise UsageError(f"{run.path}: is not valid, and cannot be compared: {broken[0]}")
    figures = block_of(seen.measured, seen.accounting.window_s or math.nan)
    return Shot(str(run.path), run.started, run.scenario.name, figures)


def compared_shots(before: Sequence[Shot], after: Sequence[Shot], limits: Limits) -> Outcome:
    """Runs of two builds; inconclusive whatever they measured when each is a single one.

    Raises:
        UsageError: when they are of different scenarios.
    """
    names = {shot.scenario for shot in (*before, *after)}
    if len(names) > 1:
        raise UsageError(f"the runs are of different scenarios: {', '.join(sorted(names))}")
    family = [
        compared_apart(
            figure_named(name),
            [shot.figures[name] for shot in before],
            [shot.figures[name] for shot in after],
            limits,
        )
        for name in common([shot.figures for shot in (*before, *after)])
    ]
    n = len(before) + len(after)
    return settled(family, n, n, ALPHA, limits, RUNS)


def compared_societies(before: Sequence[Run], after: Sequence[Run], limits: Limits) -> Outcome:
    """Offline runs, pair by pair: those of equal seed together, else in order.

    Raises:
        UsageError: when they cannot be paired.
    """
    pairs = [spread_pair(Analysis(one), Analysis(other)) for one, other in paired(before, after)]
    return outcome(pairs, len(pairs), limits, SOCIETIES, spread_figure)


def paired(before: Sequence[Run], after: Sequence[Run]) -> list[tuple[Run, Run]]:
    """Runs of equal seed together; in the order given when no seeds are equal.

    Raises:
        UsageError: when there are not equally many.
    """
    if len(before) != len(after):
        raise UsageError(f"societies are compared in pairs; these are {len(before)} and {len(after)}")
    of_seed = {run.scenario.seed: run for run in after}
    if len(of_seed) == len(after) and {run.scenario.seed for run in before} == set(of_seed):
        return [(run, of_seed[run.scenario.seed]) for run in before]
    return list(zip(before, after, strict=True))
