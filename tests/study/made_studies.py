"""A study with made values: arm b lies one above the control, arm c where the control lies."""

import math

from flashcrowd.core.scenario import Scenario
from flashcrowd.core.study import Plan, Study
from flashcrowd.report.study.findings import Cost, Findings
from flashcrowd.report.study.outcome import outcomes_of

METRICS = (
    "attention.received",
    "attention.top_1pc_share",
    "cascades.structural_virality.10_to_30",
    "cascades.structural_virality.from_300",
)


def made(seeds: tuple[int, ...] = (1, 2, 3, 4), shift: float = 1.0) -> Findings:
    """Findings in which arm b is `shift` above the control in every outcome, +-0.1."""
    study = Study(
        name="made",
        question="Does it <matter>?",
        purpose="For tests.",
        change={"population.members": 300},
        arms={"a": {}, "b": {"seed": 2}, "c": {"seed": 3}},
        outcomes=METRICS,
        answer_arm="b",
    )
    scenario = Scenario().changed(**{"population.members": 300})
    control = [float(seed % 7) for seed in seeds]
    wobble = [0.1 if seed % 2 else -0.1 for seed in seeds]
    arms = {
        "a": control,
        "b": [x + shift + w for x, w in zip(control, wobble, strict=True)],
        "c": [x + w for x, w in zip(control, wobble, strict=True)],
    }
    values = {
        arm: {name: [math.nan] * len(seeds) if name == METRICS[-1] else column for name in METRICS}
        for arm, column in arms.items()
    }
    plan = Plan(study, dict.fromkeys(arms, scenario))
    return Findings(plan, seeds, outcomes_of(METRICS, "made"), values, Cost(12.5, 6.0, 0, "one at a time"))
