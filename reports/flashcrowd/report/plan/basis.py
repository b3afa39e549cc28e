"""What a plan stands on beside its file: measured societies, a retention curve, sign-ups, a capacity."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.plan import Plan, Range
from flashcrowd.report.plan.curves import read_sign_ups
from flashcrowd.report.plan.scaling import Law, law

Floats = npt.NDArray[np.float64]

WEEK_D = 7


@dataclass(frozen=True)
class Measured:
    """Societies that were simulated.

    Attributes:
        laws: kind of demand (sessions, reads, posts, reactions, images; a day and person who comes) -> how
            it goes with size.
        values: kind -> (size, value) of each society.
        by_hour: demand in each hour of the day (UTC) over its mean, shape `(24,)`.
        active_share: share of members who come on a day.
    """

    laws: Mapping[str, Law]
    values: Mapping[str, Sequence[tuple[float, float]]]
    by_hour: Floats
    active_share: float


@dataclass(frozen=True)
class Basis:
    """All of it.

    Attributes:
        curve: share of a cohort that comes again on each day after its sign-up; 1 on the day itself.
        active: share of those who have not left who come on any given day.
        sign_ups: a day, from the plan's file; None without one.
        capacity: requests a second that one instance holds.
    """

    measured: Measured
    curve: Floats
    active: float
    sign_ups: Floats | None
    capacity: Range

    @property
    def daily_share(self) -> float:
        """Share of weekly users who come on a day: a / (1 - (1 - a)^7) with a = `active`."""
        return self.active / (1 - (1 - self.active) ** WEEK_D)


def measured_of(documents: Sequence[tuple[int, Mapping[str, Any]]]) -> Measured:
    """What the societies of a plan say; each is (members, what it counted)."""
    sizes = [size for size, _ in documents]
    kinds = list(documents[0][1]["per_day"])
    values = {kind: [(float(size), float(one["per_day"][kind])) for size, one in documents] for kind in kinds}
    hours = smooth_day(np.sum([np.array(one["by_hour"], float) for _, one in documents], axis=0))
    return Measured(
        {kind: law(kind, sizes, [value for _, value in values[kind]]) for kind in kinds},
        values,
        hours / hours.mean(),
        float(np.mean([one["active_share"] for size, one in documents if size == max(sizes)])),
    )


def smooth_day(counts: Floats) -> Floats:
    """Counts by hour as their two first harmonics, the shape of the society's day: chance leaves no peaks.

    >>> smooth_day(np.full(24, 7.0)).round(6).max()
    np.float64(7.0)
    """
    waves = np.fft.rfft(counts)
    waves[3:] = 0
    return np.maximum(np.fft.irfft(waves, len(counts)), 0.0)


def sign_ups_of(plan: Plan, folder: Path) -> Floats | None:
    """The sign-ups of a plan's CSV file; None when its curve is another.

    Raises:
        ScenarioError: when there is no such file, or it holds something else.
    """
    if plan.growth.curve != "sign_ups":
        return None
    if not plan.growth.file:
        raise ScenarioError("growth.file is ''; must name a CSV file of sign-ups for curve: sign_ups")
    return read_sign_ups(folder / plan.growth.file)


def capacity_of(plan: Plan, folder: Path) -> Range:
    """What one instance holds: the bracket of a capacity run, or the plan's own range.

    Raises:
        ScenarioError: when the file holds no answer of a capacity run.
    """
    name = plan.capacity.file
    if not name:
        return plan.capacity.requests_per_s
    try:
        found = json.loads((folder / name).read_text(encoding="utf-8"))
        low, high = (float(found["requests_per_s"][end]) for end in ("holds", "fails"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScenarioError(
            f"capacity.file: {name} holds no bracket of a capacity run ({type(error).__name__}: {error})"
        ) from error
    if not 0 < low <= high:
        raise ScenarioError(f"capacity.file: {name} says that the platform holds nothing")
    return Range(low=low, likely=(low * high) ** 0.5, high=high)
