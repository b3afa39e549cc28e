"""The runs of a study: what each is given, and the readings that it leaves.

What a run does is given as a function, because the society lies in another layer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flashcrowd.core.jobs import Done, sources_digest
from flashcrowd.report import metrics
from flashcrowd.report.realism import measures
from flashcrowd.report.realism.fact import Fact, Reading
from flashcrowd.report.realism.measures.observation import Observation
from flashcrowd.report.realism.plan import Plan

ModelReadings = dict[str, dict[str, Reading]]
"""Model -> fact -> reading."""


@dataclass(frozen=True)
class SeedRun:
    """One run.

    Attributes:
        scenario: which of the study's scenarios: "default", or another.
        seed: of the run.
        settings: that scenario, resolved, with this seed.
        plan: the study.
    """

    scenario: str
    seed: int
    settings: Mapping[str, Any]
    plan: Plan


@dataclass(frozen=True)
class SeedResult:
    """What one run said: readings by model, and how long it took (wall seconds)."""

    scenario: str
    seed: int
    models: ModelReadings
    wall_s: float


def measure_all(facts: Sequence[Fact], seen: Observation, scenario: str = "default") -> dict[str, Reading]:
    """The readings of every fact that is measured in a scenario."""
    return {fact.id: fact.measure(seen) for fact in facts if scenario in fact.runs_in}


def readings_document(models: ModelReadings) -> dict[str, Any]:
    """Readings as a JSON document."""
    return {
        model: {name: reading.as_json() for name, reading in readings.items()}
        for model, readings in models.items()
    }


def seed_result(run: SeedRun, done: Done) -> SeedResult:
    """The result of a run from what its job gave, a `readings_document`."""
    models = {
        model: {name: Reading.from_json(reading) for name, reading in readings.items()}
        for model, readings in done.document.items()
    }
    return SeedResult(run.scenario, run.seed, models, done.wall_s)


def measures_digest() -> str:
    """A digest of the sources of every measure: readings of other sources are not comparable."""
    return sources_digest(Path(str(measures.__file__)).parent, Path(str(metrics.__file__)).parent)
