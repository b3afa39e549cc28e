"""Plans on paper: measured societies that are made up, so that what comes of them is known."""

import numpy as np
import pytest

from flashcrowd.core.plan import checked_plan, sure
from flashcrowd.report.plan.basis import Basis, measured_of
from flashcrowd.report.plan.users import SETTLED_D

PER_DAY = {"sessions": 4.0, "reads": 50.0, "posts": 1.0, "reactions": 3.0, "images": 0.5}


def societies(per_day=PER_DAY, exponent=0.0, noise=0.01, sizes=(1000, 2000, 4000), seeds=5):
    """Documents as a society's counter makes them: demand that goes with size by a known exponent."""
    rng = np.random.default_rng(1)
    return [
        (
            size,
            {
                "per_day": {
                    kind: value * (size / max(sizes)) ** exponent * float(np.exp(rng.normal(0, noise)))
                    for kind, value in per_day.items()
                },
                "active_share": 0.4,
                "by_hour": [100] * 24,
            },
        )
        for size in sizes
        for _ in range(seeds)
    ]


@pytest.fixture
def made():
    """Makes (plan, basis) of sections of a plan file; half of those who signed up come on any later day."""

    def make(sign_ups=None, documents=None, curve=None, active=0.5, **sections):
        plan = checked_plan({"society": {"halvings": 2}, **sections}, "test.yaml")
        kept = np.full(plan.days + SETTLED_D, 0.5)
        kept[0] = 1.0
        basis = Basis(
            measured_of(documents or societies(noise=1e-9)),
            kept if curve is None else curve,
            active,
            None if sign_ups is None else np.asarray(sign_ups, float),
            plan.capacity.requests_per_s,
        )
        return plan, basis

    return make


SURE = {
    "demand": {"retention_factor": 1},
    "flash_crowd": {"factor": 1},
    "generator": {"slowness": 1},
}
"""Sections without doubt."""

NO_DOUBT = sure(1.0)
