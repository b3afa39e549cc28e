"""Fixed load: visits at the stated rates, by everybody in turn."""

import numpy as np
import pytest

from flashcrowd.core.draws import fold
from flashcrowd.core.scenario import Scenario
from flashcrowd.core.wishes import parse_profile
from flashcrowd.load.profile import fixed_schedule
from flashcrowd.sim import session
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
    """Budgets are distributed as the society's: mean within 1 %, quantiles within 5 % of 20,000 draws."""
    made, _ = schedule(world, "500/s", 10.0)
    mean_s = world.scenario.sessions.budget
    drawn = [session.time_budget(fold(1, number), mean_s) for number in range(20_000)]
    assert made.budget_s.mean() == pytest.approx(mean_s, rel=0.01)
    for level in (0.1, 0.5, 0.9):
        assert np.quantile(made.budget_s, level) == pytest.approx(np.quantile(drawn, level), rel=0.05)


def test_lengths_are_mixed_evenly(world):
    """100 visits in a row are together as long as any other 100, +-2 % (drawn ones: +-6 %, 1 / sqrt(3 n))."""
    made, _ = schedule(world, "100/s", 10.0)
    sums = np.convolve(made.budget_s, np.ones(100), "valid")
    assert sums.std() < 0.02 * sums.mean()
