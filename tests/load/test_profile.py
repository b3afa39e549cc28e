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


def test_rates_without_room_keep_their_times():
    """Where visits are a millisecond apart or less, each begins exactly when it is due."""
    world = build_world(Scenario().changed(**{"population.members": 200, "load.time_lapse": 1.0}))
    made = fixed_schedule(world, CAST, parse_profile("2000/s"), 1000.0, 1.0)
    assert made.t == pytest.approx(1000.0 + np.arange(2000) / 2000.0, abs=1e-9)


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


@pytest.fixture(scope="module")
def town():
    """A society in which there is time between two visits."""
    return build_world(Scenario().changed(**{"population.members": 1000, "load.time_lapse": 720.0}))


def moods_of(world, made):
    """The posting moods of visits, as shares of the moods there are."""
    key = root_key(world.scenario.seed, Purpose.SESSION)
    visits = zip(made.member.tolist(), made.t.tolist(), strict=True)
    moods = (session.posting_mood(session.session_key(key, *visit)) for visit in visits)
    return np.array([session.posting_mood_share(mood) for mood in moods])


def drawn(made, rng):
    """The same visits some seconds later: in moods as chance has them."""
    return replace(made, t=made.t + rng.uniform(0, 5, len(made)))


def cells(world, made):
    """Visits by fifths of how often their members post and of their posting moods; shape (5, 5)."""
    posting = world.propensities.posts_per_page
    ranks = np.searchsorted(np.sort(posting[MANY]), posting[made.member]) / len(MANY)
    return np.histogram2d(ranks, moods_of(world, made), 5, ((0.0, 1.0), (0.0, 1.0)))[0]


def test_members_and_moods_are_mixed_evenly(town):
    """Of 1,000 visits in a row each of 5 x 5 kinds has its 40, +-10; drawn ones: +-15."""
    made = fixed_schedule(town, MANY, parse_profile("50/s"), 1000.0, 200.0)
    both = made, drawn(made, np.random.default_rng(1))
    found = [[cells(town, part(one, begin)) for begin in range(0, 10_000, 1000)] for one in both]
    furthest = np.abs(np.array(found) - 40).max(axis=(1, 2, 3))
    assert furthest[0] < 10 < furthest[1]


def test_moods_are_distributed_as_the_societys(town):
    """Over many visits each fifth of the moods has a fifth of them, of those who post often as of others."""
    made = fixed_schedule(town, MANY, parse_profile("50/s"), 1000.0, 400.0)
    assert cells(town, made) / len(made) == pytest.approx(0.04, rel=0.05)


@pytest.mark.parametrize("cast", [5, 86, 89, 100, 179, 500, 1000])
def test_every_member_comes_in_all_moods_and_for_all_lengths(town, cast):
    """Whatever the size of a round, also next to a period of the sequences (86, 179 and 89): within 40 rounds
    a member's visits fall into each quarter of both."""
    members = np.arange(cast, dtype=np.int32)
    made = fixed_schedule(town, members, parse_profile("50/s"), 1000.0, 0.8 * cast)
    lengths = np.argsort(np.argsort(made.budget_s)) / len(made)
    for found in (moods_of(town, made), lengths):
        counts = np.histogram2d(made.member, found, (cast, 4), ((-0.5, cast - 0.5), (0.0, 1.0)))[0]
        assert counts.min() >= 4


def test_steps_that_end_between_two_visits_keep_their_order():
    """The last visit of a step begins before the next step, and in a run's time."""
    world = build_world(Scenario().changed(**{"population.members": 200, "load.time_lapse": 1.0}))
    made = fixed_schedule(world, CAST, parse_profile("1/s for 10.01s, 1000/s for 1s, 20/s"), 1000.0, 13.011)
    assert (np.diff(made.t) >= 0).all()
    assert made.t[0] >= 1000.0
    assert made.t[-1] <= 1013.011
