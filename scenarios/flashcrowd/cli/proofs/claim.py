"""The nouns of a proof: what was seen of a run, what is claimed about it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE

if TYPE_CHECKING:
    from flashcrowd.core.scenario import Scenario
    from flashcrowd.report.analysis import Analysis
    from flashcrowd.report.run import Column, Columns
    from flashcrowd.sim.world import World

AS_IS: Final = "as it is"
"""The arm that is the scenario itself."""


Basis = Literal["published", "settings", "purpose"]
BASES: Final[dict[Basis, str]] = {
    "published": "a figure of real networks, or a band about it",
    "settings": "what follows from the scenario's own numbers",
    "purpose": "the least that the purpose needs; nobody has published a figure",
}
"""What a goal rests on."""

CHANCE_SIGMA: Final = 3.0

COLUMNS: Final = ("t", "member", "post", "root", "author", "topic", "ai")


@dataclass(frozen=True)
class Claim:
    """A figure that shows a purpose met, or not.

    Attributes:
        says: what the figure is.
        value: NaN when the run was too small to say.
        unit: "x" (a ratio), "share" (0..1), "s", "count".
        least, most: where it has to lie.
        basis: what that rests on.
        why: the same in words.
    """

    says: str
    value: float
    unit: str
    least: float = -math.inf
    most: float = math.inf
    basis: Basis = "purpose"
    why: str = ""

    @property
    def met(self) -> bool:
        """Whether the figure lies where it has to."""
        return self.least <= self.value <= self.most


@dataclass(frozen=True)
class Seen:
    """What was seen of one arm: the scenario as it ran, the world that it began with, and everything computed
    about its record."""

    scenario: "Scenario"
    world: "World"
    analysis: "Analysis"

    @property
    def members(self) -> "Columns":
        """The member table."""
        return self.analysis.run.members

    def of(self, *actions: str, outcome: str = "ok") -> "Columns":
        """The rows of some actions that ended so."""
        table = self.analysis.run.actions
        chosen = np.isin(table["action"], [ACTION_CODE[action] for action in actions])
        chosen &= table["outcome"] == OUTCOME_CODE[outcome]
        return {name: table[name][chosen] for name in COLUMNS}

    def per(self, width_s: float, t: "Column") -> "Column":
        """How many of the times fall into each bin of the run, int64."""
        bins = max(1, round(self.scenario.duration / width_s))
        counts = np.bincount(np.minimum((t / width_s).astype(np.int64), bins - 1), minlength=bins)
        return np.asarray(counts)


@dataclass(frozen=True)
class Proof:
    """What a scenario has to show.

    Attributes:
        claims: of what was seen of each arm.
        arms: name -> changes of the scenario, as `Scenario.changed` takes them, beside the scenario as it is.
    """

    claims: Callable[[Mapping[str, Seen]], list[Claim]]
    arms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def between(t: "Column", begin_s: float, end_s: float) -> int:
    """How many times lie in [begin, end)."""
    return int(((t >= begin_s) & (t < end_s)).sum())


def over(one: float, other: float) -> float:
    """A ratio; NaN over nothing."""
    return float(one / other) if other else math.nan


def beyond_chance(one: float, other: float) -> float:
    """The ratio of two counts beyond which chance hardly brings it, were they of one mean and of independent
    things: three standard errors of its logarithm; NaN of nothing.

    >>> round(beyond_chance(100, 100), 2)
    1.53
    """
    return math.exp(CHANCE_SIGMA * math.sqrt(1 / one + 1 / other)) if one and other else math.nan


def event_of(seen: Seen, kind: str) -> Any:
    """The first event of a kind in the scenario."""
    return next(event for event in seen.scenario.events if event.kind == kind)
