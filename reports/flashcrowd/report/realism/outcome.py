"""The readings of many seeds against the bands: figures, intervals, verdicts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from flashcrowd.report.interval import UNKNOWN, Span, cluster_bootstrap, t_interval
from flashcrowd.report.realism.fact import Band, Fact, Figure, Part, Reading

INSIDE: Final = "inside"
BORDERLINE: Final = "borderline"
OUTSIDE: Final = "outside"
TOO_FEW: Final = "too few"
NOT_SIMULATED: Final = "not simulated"
NOT_MEASURED: Final = "not measured"
SHOWN: Final = "shown"

SEVERITY: Final = (SHOWN, INSIDE, BORDERLINE, NOT_MEASURED, TOO_FEW, OUTSIDE, NOT_SIMULATED)
"""Verdicts, the worst last.

borderline: the estimate is inside, its interval reaches out · not measured: the model has nothing of the
kind · too few: not enough cascades, members … to say.
"""

Readings = Mapping[str, Sequence[Reading]]
"""Scenario -> the readings of a fact, one a seed."""


@dataclass(frozen=True)
class Measured:
    """One part of a fact as it was found.

    Attributes:
        part: what was measured.
        band: where it must lie, for this population; None when it is only shown.
        value, low, high: the figure and its 99 % interval over seeds; NaN when unknown.
        n: observations behind it, over all seeds.
        verdict: one of `SEVERITY`.
        why: why it was not measured.
    """

    part: Part
    band: Band | None
    value: float
    low: float
    high: float
    n: int
    verdict: str
    why: str = ""


@dataclass(frozen=True)
class Outcome:
    """A fact as one model gave it.

    Attributes:
        fact: the row of the table.
        measured: its parts.
        readings: what they were made from, for plots.
    """

    fact: Fact
    measured: tuple[Measured, ...]
    readings: Readings

    @property
    def verdict(self) -> str:
        """The worst verdict of the parts."""
        return max((found.verdict for found in self.measured), key=SEVERITY.index)

    def part(self, key: str) -> Measured:
        """The part with that key."""
        return next(found for found in self.measured if found.part.key == key)


def judge(fact: Fact, readings: Readings, members: int) -> Outcome:
    """Pool the readings of a fact and hold each part against its band."""
    measured: dict[str, Measured] = {}
    for scenario in fact.runs_in:
        prefix = "" if scenario == "default" else f"{scenario}."
        given = readings.get(scenario, ())
        present = [reading for reading in given if not reading.absent]
        why = "" if present else (given[0].absent if given else "not simulated yet")
        figures, spans = _pooled(fact, present)
        for part in fact.parts:
            if part.key.startswith(prefix) and (prefix or "." not in part.key):
                key = part.key.removeprefix(prefix)
                figure, span = figures.get(key, Figure(math.nan, 0)), spans.get(key, UNKNOWN)
                verdict = _verdict(part, members, figure, span, why, bool(given))
                measured[part.key] = Measured(
                    part, part.band(members), figure.value, *span, figure.n, verdict, why
                )
    return Outcome(fact, tuple(measured[part.key] for part in fact.parts), readings)


def mean_figures(readings: Sequence[Reading]) -> dict[str, Figure]:
    """The mean over seeds of every figure that is known, and the observations behind it."""
    names = dict.fromkeys(name for reading in readings for name in reading.figures)
    found = {}
    for name in names:
        known = _known(readings, name)
        mean = float(np.mean([figure.value for figure in known])) if known else math.nan
        found[name] = Figure(mean, sum(figure.n for figure in known))
    return found


def mean_curve(readings: Sequence[Reading]) -> tuple[list[float], list[float]]:
    """The mean over seeds of their curves, which share a grid; empty when there are none."""
    curves = [reading.curve for reading in readings if len(reading.curve[0])]
    if not curves:
        return [], []
    heights = np.array([[math.nan if y is None else y for y in curve[1]] for curve in curves], np.float64)
    known = np.isfinite(heights)
    sums = np.where(known, heights, 0.0).sum(axis=0)
    many = known.sum(axis=0)
    return list(curves[0][0]), np.where(many > 0, sums / np.maximum(many, 1), np.nan).tolist()


def _pooled(fact: Fact, readings: Sequence[Reading]) -> tuple[dict[str, Figure], dict[str, Span]]:
    if not readings:
        return {}, {}
    if fact.pool is None:
        figures = mean_figures(readings)
        return figures, {
            name: t_interval([figure.value for figure in _known(readings, name)]) for name in figures
        }
    pool = fact.pool
    return pool(readings), cluster_bootstrap(
        readings, lambda drawn: {name: figure.value for name, figure in pool(drawn).items()}
    )


def _known(readings: Sequence[Reading], name: str) -> list[Figure]:
    figures = [reading.figures[name] for reading in readings if name in reading.figures]
    return [figure for figure in figures if math.isfinite(figure.value)]


def _verdict(part: Part, members: int, figure: Figure, span: Span, why: str, was_run: bool) -> str:
    band = part.band(members)
    if why:
        return NOT_MEASURED if was_run else NOT_SIMULATED
    if not math.isfinite(figure.value) or figure.n < part.least:
        missed = OUTSIDE if figure.due >= part.least else TOO_FEW
        return missed if band else SHOWN
    if band is None:
        return SHOWN
    if not band.holds(figure.value):
        return OUTSIDE
    if all(math.isfinite(end) for end in span) and not (band.holds(span[0]) and band.holds(span[1])):
        return BORDERLINE
    return INSIDE
