"""Fixed load: visits at the stated rates, by everybody in turn."""

from dataclasses import replace

import numpy as np
import pytest

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.core.scenario import Scenario
from flashcrowd.core.wishes import parse_profile
from flashcrowd.load.profile import LATER, MOST_MOMENTS, fixed_schedule
from flashcrowd.load.schedule import SCHEMA, Schedule
from flashcrowd.sim import session
from flashcrowd.sim.world import build_world

LAPSE = 60.0
CAST = np.arange(0, 120, 3, dtype=np.int32)
MANY = np.arange(0, 1000, 2, dtype=np.int32)


@pytest.fixture(scope="module")
def world():
    """A small society."""
    return build_world(Scenario().changed(**{"population.members": 200, "load.time_lapse": LAPSE}))


def schedule(world, profile, total_s):
    """The visits of `CAST`, and their wall times."""
    made = fixed_schedule(world, CAST, parse_profile(profile), 1000.0, total_s)
    return made, (made.t - 1000.0) / LAPSE


def part(made, begin):
    """1,000 visits of a schedule."""
    return Schedule(*(getattr(made, name)[begin : begin + 1000] for name in SCHEMA.names))


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
    """The closed form of a constant rate: rate x time visits, 1 / rate apart but for some milliseconds."""
    _, wall_s = schedule(world, profile, total_s)
    assert len(wall_s) == sum(count for _, _, count in per_step)
    for begin_s, end_s, count in per_step:
        inside = wall_s[(wall_s >= begin_s - 1e-9) & (wall_s < end_s - 1e-9)]
        assert len(inside) == count
        if count > 1:
            apart_s = (inside[-1] - inside[0]) / (count - 1)
            later_s = min(apart_s / LATER, MOST_MOMENTS / 1000.0 / LAPSE) + 1e-9
            due_s = begin_s + np.arange(count) * apart_s
            assert np.abs(inside - due_s).max() <= 2 * later_s
            assert (np.diff(inside) > apart_s / 2).all()


def test_rates_faster_than_a_millisecond_apart_keep_their_times():
    """Where there is no room, a visit begins within the millisecond in which it is due."""
    world = build_world(Scenario().changed(**{"population.members": 200, "load.time_lapse": 1.0}))
    made = fixed_schedule(world, CAST, parse_profile("2000/s"), 1000.0, 1.0)
    assert np.abs(made.t - 1000.0 - np.arange(2000) / 2000.0).max() < 0.001
    assert (np.diff(made.t) >= 0).all()


def test_everybody_comes_in_turn(world):
    """No member comes a second time before all have come once."""
    made, _ = schedule(world, "20/s", 4.0)
    assert sorted(made.member[:40].tolist()) == CAST.tolist()
    assert made.member[:40].tolist() == made.member[40:].tolist()


def test_another_time_brings_other_visits(world):
    """Loads that begin later begin elsewhere in the turn; the same load is the same."""
    one, other = (fixed_schedule(world, CAST, parse_profile("20/s"), t, 4.0) for t in (1000.0, 1120.0))
    again, _ = schedule(world, "20/s", 4.0)
    assert one.member[0] != other.member[0]
    assert (one.t == again.t).all()
    assert (one.member == again.member).all()


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


def cells(world, made):
    """Visits by fifths of how often their members post and of their posting moods; shape (5, 5)."""
    key = root_key(world.scenario.seed, Purpose.SESSION)
    visits = zip(made.member.tolist(), made.t.tolist(), strict=True)
    moods = [session.posting_mood(session.session_key(key, *visit)) for visit in visits]
    shares = [session.posting_mood_share(mood) for mood in moods]
    posting = world.propensities.posts_per_page
    ranks = np.searchsorted(np.sort(posting[MANY]), posting[made.member]) / len(MANY)
    return np.histogram2d(ranks, shares, 5, ((0.0, 1.0), (0.0, 1.0)))[0]


def test_members_and_moods_are_mixed_evenly():
    """Of 1,000 visits in a row each of 5 x 5 kinds has its 40, +-10; drawn ones: +-15."""
    changes = {"population.members": 1000, "load.time_lapse": 720.0}
    world = build_world(Scenario().changed(**changes))
    made = fixed_schedule(world, MANY, parse_profile("50/s"), 1000.0, 200.0)
    drawn = replace(made, t=made.t + np.random.default_rng(1).uniform(0, 5, len(made)))
    found = [[cells(world, part(one, begin)) for begin in range(0, 10_000, 1000)] for one in (made, drawn)]
    furthest = np.abs(np.array(found) - 40).max(axis=(1, 2, 3))
    assert furthest[0] < 10 < furthest[1]


def test_moods_are_distributed_as_the_societys():
    """Over many visits each fifth of the moods has a fifth of them, of those who post often as of others."""
    world = build_world(Scenario().changed(**{"population.members": 1000, "load.time_lapse": 720.0}))
    made = fixed_schedule(world, MANY, parse_profile("50/s"), 1000.0, 400.0)
    assert cells(world, made) / len(made) == pytest.approx(0.04, rel=0.05)
