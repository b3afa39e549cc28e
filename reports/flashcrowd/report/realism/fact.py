"""The nouns of the table: a fact, its parts with their bands, and what one run says about them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from flashcrowd.report.realism.measures.observation import Observation

Kind = Literal["gate", "report"]
Tag = Literal["R", "S", "M", "-"]
"""How the published figure is known: Read at the source, read in a Secondary text, Measured on real data."""

Group = Literal["graph", "behaviour", "cascades", "attention", "images", "membership"]


@dataclass(frozen=True)
class Band:
    """A closed interval; an infinite end is none. `members` is the population size from which it applies."""

    low: float = -math.inf
    high: float = math.inf
    members: int = 0

    def holds(self, value: float) -> bool:
        """Whether a value lies in the band."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Part:
    """One figure of a fact.

    Attributes:
        key: its name in readings and in `realism.json`.
        label: its name for people.
        unit: of `quantity.of_unit`.
        bands: where it must lie, by population size, smallest first; empty: shown, not judged.
        published: the figure in the literature, NaN where there is none.
        least: sample size below which the figure says nothing.
    """

    key: str
    label: str
    unit: str = "1"
    bands: tuple[Band, ...] = ()
    published: float = math.nan
    least: int = 1

    def band(self, members: int) -> Band | None:
        """The band for a population of this size; that of the smallest size also below it."""
        if not self.bands:
            return None
        return [self.bands[0], *(band for band in self.bands if band.members <= members)][-1]


@dataclass(frozen=True)
class Figure:
    """A value and how many observations stand behind it; NaN and 0 when there are none.

    `due` is how many there would be at least in a society that holds the other facts: where even these would
    have been enough, too few observations are a miss.
    """

    value: float
    n: int
    due: int = 0


@dataclass(frozen=True)
class Reading:
    """What one run says about a fact.

    Attributes:
        figures: part -> figure of this run.
        samples: raw values that are pooled over runs before the figures are taken, by name.
        curve: (x, y) of the distribution on a grid that is the same for every run.
        absent: why the fact could not be looked at in this run; "" when it could.
    """

    figures: Mapping[str, Figure] = field(default_factory=dict)
    samples: Mapping[str, Sequence[float]] = field(default_factory=dict)
    curve: tuple[Sequence[float], Sequence[float]] = ((), ())
    absent: str = ""

    def as_json(self) -> dict[str, Any]:
        """The reading as plain JSON values, to six digits; NaN is null."""
        return {
            "figures": {name: [_short(figure.value), figure.n] for name, figure in self.figures.items()},
            "samples": {name: [_short(value) for value in values] for name, values in self.samples.items()},
            "curve": [[_short(value) for value in axis] for axis in self.curve],
            "absent": self.absent,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Reading":
        """The reading that `as_json` wrote."""
        x, y = ([_long(value) for value in axis] for axis in data["curve"])
        return Reading(
            {name: Figure(_long(value), n) for name, (value, n) in data["figures"].items()},
            {name: [_long(value) for value in values] for name, values in data["samples"].items()},
            (x, y),
            data["absent"],
        )


Measure = Callable[["Observation"], Reading]
Pool = Callable[[Sequence[Reading]], dict[str, Figure]]


@dataclass(frozen=True)
class Fact:
    """One row of the table.

    Attributes:
        id, says: its key, and the fact in words.
        kind: a gate must hold; a report is shown.
        group: the section it stands in.
        band: the band in words.
        value, source, tag: the published figure, where it stands, how it is known.
        note: what to know about the source or the way of measuring.
        parts: its figures.
        measure: from an observation to a reading.
        pool: from the readings of all seeds to figures; None: the mean over seeds.
        runs_in: the scenarios in which it is measured; parts of others than "default" are called
            `<scenario>.<part>`.
    """

    id: str
    says: str
    kind: Kind
    group: Group
    band: str
    value: str
    source: str
    tag: Tag
    parts: tuple[Part, ...]
    measure: Measure
    pool: Pool | None = None
    note: str = ""
    runs_in: tuple[str, ...] = ("default",)


def _short(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _long(value: float | None) -> float:
    return math.nan if value is None else value


def absent(why: str) -> Reading:
    """The reading of a run that says nothing about a fact."""
    return Reading(absent=why)
