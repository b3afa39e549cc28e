"""What a study found: every outcome of every arm, and the answer to its question."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flashcrowd.core.errors import ExitCode
from flashcrowd.core.study import Plan
from flashcrowd.report import quantity
from flashcrowd.report.study.contrast import Contrast, Estimate, contrast, estimate
from flashcrowd.report.study.outcome import Outcome
from flashcrowd.report.study.wording import difference, figure, interval
from flashcrowd.report.verdict import Verdict


@dataclass(frozen=True)
class Cost:
    """What the runs took: seconds of one core, wall seconds of this call, runs found done, who did them."""

    cpu_s: float
    wall_s: float
    kept: int
    workers: str


@dataclass(frozen=True)
class Findings:
    """The runs of a study, put together.

    Attributes:
        plan: the study and its arms, the control first.
        seeds: one run of each arm each.
        outcomes: what is compared, the one that answers the question first.
        values: arm -> metric -> its value in each seed, NaN where it is not known.
        cost: what the runs took.
    """

    plan: Plan
    seeds: tuple[int, ...]
    outcomes: tuple[Outcome, ...]
    values: Mapping[str, Mapping[str, Sequence[float]]]
    cost: Cost

    @property
    def arms(self) -> list[str]:
        """Names of the arms, the control first."""
        return list(self.plan.arms)

    @property
    def control(self) -> str:
        """The arm that the others are held against."""
        return self.arms[0]

    @property
    def others(self) -> list[str]:
        """The arms but the control."""
        return self.arms[1:]

    @cached_property
    def estimates(self) -> dict[tuple[str, str], Estimate]:
        """(arm, metric) -> its mean."""
        return {
            (arm, one.metric): estimate(self.values[arm][one.metric])
            for arm in self.arms
            for one in self.outcomes
        }

    @cached_property
    def contrasts(self) -> dict[tuple[str, str], Contrast]:
        """(arm, metric) -> the arm against the control."""
        return {
            (arm, one.metric): contrast(self.values[arm][one.metric], self.values[self.control][one.metric])
            for arm in self.others
            for one in self.outcomes
        }

    @property
    def answer(self) -> str:
        """The answer to the study's question in one sentence, with its interval."""
        return self.sentence(self.outcomes[0], self.plan.study.answering)

    @property
    def verdict(self) -> Verdict:
        """The answer as reports show it; a study is done, it does not pass or fail."""
        return Verdict(ExitCode.PASS, "answered", self.answer)

    def sentence(self, outcome: Outcome, arm: str) -> str:
        """How an arm differs from the control in an outcome."""
        found = self.contrasts[arm, outcome.metric]
        one, other = self.estimates[arm, outcome.metric], self.estimates[self.control, outcome.metric]
        if not math.isfinite(found.difference.value):
            return f"Nothing is known of {outcome.says} with {arm}."
        step = found.difference.half_width
        values = f"{figure(one.value, outcome.unit, step)} against {figure(other.value, outcome.unit, step)}"
        how_much = (
            f"{difference(found.difference.value, outcome.unit, step)} "
            f"(99 % interval {interval(found.difference, outcome.unit)}, "
            f"{quantity.plural(found.difference.n, 'seed')})"
        )
        if found.word == "undecided":
            return (
                f"No difference was found in {outcome.says} between {arm} and {self.control}: "
                f"{values}, {how_much}."
            )
        says = outcome.says[:1].upper() + outcome.says[1:]
        return f"{says} is {found.word} with {arm} than with {self.control}: {values}, {how_much}."
