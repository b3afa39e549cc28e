"""What a run of a study is given, and what it leaves."""

import pytest

from flashcrowd.core.jobs import Done
from flashcrowd.report.realism.fact import Figure, Reading
from flashcrowd.report.realism.plan import Plan
from flashcrowd.report.realism.runs import SeedRun, readings_document, seed_result


def test_readings_survive_being_kept() -> None:
    """What a run measured is what is read again from its document."""
    models = {"society": {"fact": Reading({"x": Figure(1.5, 3)})}}
    run = SeedRun("default", 7, {}, Plan(members=100, seeds=(7,), days=2))
    found = seed_result(run, Done(readings_document(models), 1.25, 1.0))
    assert (found.scenario, found.seed, found.wall_s) == ("default", 7, 1.25)
    assert found.models["society"]["fact"].figures == models["society"]["fact"].figures


@pytest.mark.parametrize(
    ("days", "warm_up_h", "follow_up_h"), [(7, 24, 48), (2, 12, 18), (1, 6, 9), (20, 24, 168)]
)
def test_plan_leaves_room_for_warm_up_and_follow_up(
    days: float, warm_up_h: float, follow_up_h: float
) -> None:
    """A day and two of them in a week; whole hours and some originals to judge in whatever is asked for."""
    plan = Plan(100, (1,), days)
    assert (plan.start_s / 3600, plan.follow_up_s / 3600) == (warm_up_h, follow_up_h)
    assert plan.end_s - plan.follow_up_s > plan.start_s
