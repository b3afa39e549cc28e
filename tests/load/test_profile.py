"""Fixed load: visits at the stated rates, by everybody in turn."""

import numpy as np
import pytest

from flashcrowd.core.scenario import Scenario
from flashcrowd.core.wishes import parse_profile
from flashcrowd.load.profile import fixed_schedule
from flashcrowd.sim.member import Member
from flashcrowd.sim.world import build_world

LAPSE = 60.0
CAST = np.arange(0, 120, 3, dtype=np.int32)


@pytest.fixture(scope="module")
def world():
    """A small society."""
    return build_world(Scenario().changed(**{"population.members": 200, "load.time_lapse": LAPSE}))


def schedule(world, profile, total_s):
    """The visits of `CAST`, and their wall times."""
    made = fixed_schedule(world, CAST, parse_profile(profile), 1000.0, total_s)
    return made, (made.t - 1000.0) / LAPSE


@pytest.mark.parametrize(
    ("profile", "total_s", "per_step"),
    [
        ("20/s", 10.0, [(0.0, 10.0, 200)]),
        ("0.3/s", 10.0, [(0.0, 10.0, 3)]),
        ("5/s for 4s, 20/s for 2s, 1/s", 10.0, [(0.0, 4.0, 20), (4.0, 6.0, 40), (6.0, 10.0, 4)]),
        ("5/s for 4s", 10.0, [(0.0, 4.0, 20), (4.0, 10.0, 0)]),
        ("5/s for 40s, 9/s", 10.0, [(0.0, 10.0, 50)]),
    ],
)
def test_each_step_has_rate_times_time_visits_evenly_spaced(world, profile, total_s, per_step):
    """The closed form of a constant rate: rate x time visits, 1 / rate apart."""
    _, wall_s = schedule(world, profile, total_s)
    assert len(wall_s) == sum(count for _, _, count in per_step)
    for begin_s, end_s, count in per_step:
        inside = wall_s[(wall_s >= begin_s - 1e-9) & (wall_s < end_s - 1e-9)]
        assert len(inside) == count
        if count > 1:
            assert np.diff(inside) == pytest.approx(np.diff(inside)[0])


def test_everybody_comes_in_turn(world):
    """No member comes a second time before all have come once."""
    made, _ = schedule(world, "20/s", 4.0)
    assert sorted(made.member[:40].tolist()) == CAST.tolist()
    assert made.member[:40].tolist() == made.member[40:].tolist()


def test_visits_are_as_long_as_the_societys(world):
    """A fixed visit lasts as long as the same member's visit at that time would."""
    made, _ = schedule(world, "20/s", 1.0)
    for t, member, budget_s in zip(
        made.t.tolist(), made.member.tolist(), made.budget_s.tolist(), strict=True
    ):
        assert Member(world, member).begin(t).end - t == pytest.approx(budget_s)
