"""The nouns of the table: a fact, its parts with their bands, and what one run says about them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from flashcrowd.report.realism.observation import Observation

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
    """A value and how many observations stand behind it; NaN and 0 when there are none."""

    value: float
    n: int


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


def absent(why: str) -> Reading:
    """The reading of a run that says nothing about a fact."""
    return Reading(absent=why)
