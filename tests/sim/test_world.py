"""What a run begins with, and that the society then comes as often as it was asked to."""

import math

import numpy as np
import pytest
import societies
from societies import TICKS_A_DAY, lived, of

from flashcrowd.core.errors import UsageError
from flashcrowd.sim.world import World, build_world


def test_calendar_draws_what_quick_returns_do_not_make(small_world: World) -> None:
    """A share r of sessions is followed by a return, so the calendar draws (1 - r) of them."""
    share = small_world.scenario.sessions.return_share
    assert small_world.drawn_per_day == pytest.approx(small_world.population.sessions_per_day * (1 - share))


def test_members_come_as_often_as_they_are_asked_to() -> None:
    """Sessions of two days without notifications, against the sum of the members' rates.

    Drawn sessions are Poisson, each begins a geometric chain of returns: variance N (1 + r) / (1 - r), five
    sigma. Visits of a second do not overlap; returns that would come after the end are below 2 %.
    """
    settings = {"population.members": 2000, "sessions.budget": 1.0, "sessions.push_share": 0.0}
    scenario = societies.small(**settings)
    world = build_world(scenario)
    starts = len(of(lived(world, "kernel", 2 * TICKS_A_DAY)["actions"], "session_start")["t"])
    expected, share = 2 * world.population.sessions_per_day.sum(), scenario.sessions.return_share
    sigma = math.sqrt(expected * (1 + share) / (1 - share))
    assert abs(starts - expected) < 5 * sigma + 0.02 * expected
    assert 5 * sigma < 0.2 * expected


def test_members_come_in_their_evening() -> None:
    """In one region more than twice as many sessions begin around 20 h local time as around 8 h."""
    scenario = societies.small(**{"population.members": 2000, "population.regions": {"asia": 1.0}})
    starts = of(lived(build_world(scenario), "kernel", TICKS_A_DAY)["actions"], "session_start")["t"]
    hour = (np.asarray(starts) / 3600.0 + 8.0) % 24.0
    evening, morning = (np.abs(hour - peak) <= 2.0 for peak in (20.0, 8.0))
    assert evening.sum() > 2 * morning.sum() > 50


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("population.personas", {"ghost": 0.5}, "ghost is not a known persona"),
        ("population.regions", {"atlantis": 1.0}, "atlantis is not a known region"),
        ("platform.ranker", "magic", "unknown ranker 'magic'"),
    ],
)
def test_unknown_name_is_told(field: str, value: object, told: str) -> None:
    """In one line, with the field or the kind of thing that it should be."""
    with pytest.raises(UsageError, match=told):
        build_world(societies.small(**{field: value}))
