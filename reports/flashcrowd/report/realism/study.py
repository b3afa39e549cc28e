"""A study: every fact as the society and the null models gave it, and what that comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flashcrowd.core.errors import ExitCode
from flashcrowd.report import quantity
from flashcrowd.report.realism.fact import Fact, Reading
from flashcrowd.report.realism.outcome import (
    BORDERLINE,
    INSIDE,
    NOT_SIMULATED,
    OUTSIDE,
    TOO_FEW,
    Outcome,
    judge,
)
from flashcrowd.report.realism.plan import Plan
from flashcrowd.report.realism.runs import SeedResult
from flashcrowd.report.verdict import Verdict

SOCIETY: Final = "society"
NULLS: Final = {"sir": "one-beta SIR", "sampler": "stationary sampler"}
"""Null models that stand beside the society: key -> name."""


@dataclass(frozen=True)
class Study:
    """What a study found.

    Attributes:
        plan: what was run.
        outcomes: model (the society, then the null models) -> fact -> outcome.
        run_s: wall seconds of each run.
        wall_s: wall seconds of the study, as far as it was not done before.
    """

    plan: Plan
    outcomes: dict[str, dict[str, Outcome]]
    run_s: tuple[float, ...]
    wall_s: float

    @property
    def nulls(self) -> dict[str, str]:
        """The null models that ran beside the society: key -> name."""
        return NULLS if self.plan.nulls else {}

    @property
    def society(self) -> dict[str, Outcome]:
        """Fact -> outcome of the society."""
        return self.outcomes[SOCIETY]

    @property
    def gates(self) -> list[Outcome]:
        """The society's outcomes of the facts that must hold."""
        return [outcome for outcome in self.society.values() if outcome.fact.kind == "gate"]

    @property
    def failed(self) -> list[Outcome]:
        """Gates that do not hold: outside, not simulated, or, unless the study is quick, not decided."""
        held = {INSIDE, BORDERLINE, *([TOO_FEW] if self.plan.quick else [])}
        return [outcome for outcome in self.gates if outcome.verdict not in held]

    def refuted(self, model: str) -> list[Outcome]:
        """Gates on cascades that a model fails."""
        return [
            outcome
            for outcome in self.outcomes[model].values()
            if outcome.fact.kind == "gate" and outcome.fact.group == "cascades" and outcome.verdict == OUTSIDE
        ]

    @property
    def verdict(self) -> Verdict:
        """What the study comes to; its exit code is the command's."""
        gates, failed = self.gates, self.failed
        open_gates = [one for one in gates if one.verdict == TOO_FEW and one not in failed]
        held = len(gates) - len(failed) - len(open_gates)
        sentence = f"{held} of {quantity.plural(len(gates), 'gate')} hold"
        if open_gates:
            sentence += f", {len(open_gates)} need a longer study"
        if not failed:
            return Verdict(ExitCode.PASS, "pass", f"{sentence}.")
        reasons = tuple(f"{one.fact.id}: {_why(one)}" for one in failed)
        return Verdict(ExitCode.SLO_MISSED, "missed", f"{sentence}, {len(failed)} do not.", reasons)


def study_of(facts: Sequence[Fact], plan: Plan, results: Sequence[SeedResult], wall_s: float) -> Study:
    """Pool the readings of all seeds, model by model."""
    outcomes: dict[str, dict[str, Outcome]] = {}
    for model in (SOCIETY, *(NULLS if plan.nulls else ())):
        readings: dict[str, dict[str, list[Reading]]] = {fact.id: {} for fact in facts}
        for result in results:
            for name, reading in result.models.get(model, {}).items():
                readings[name].setdefault(result.scenario, []).append(reading)
        outcomes[model] = {fact.id: judge(fact, readings[fact.id], plan.members) for fact in facts}
    return Study(plan, outcomes, tuple(result.wall_s for result in results), wall_s)


def _why(outcome: Outcome) -> str:
    if outcome.verdict == NOT_SIMULATED:
        return "not simulated yet"
    worst = [part for part in outcome.measured if part.verdict == outcome.verdict]
    told = (
        f"{part.part.label} {quantity.of_unit(part.value, part.part.unit)} ({part.verdict})" for part in worst
    )
    return ", ".join(told)
