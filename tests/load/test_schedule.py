"""Arrivals: those of the society, whatever the platform does."""

from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from flashcrowd.core.clock import HOUR
from flashcrowd.core.draws import Purpose, root_key
from flashcrowd.core.errors import RecordError, UsageError
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.cast import choose_cast
from flashcrowd.load.schedule import draw_schedule, read_schedule, replayed
from flashcrowd.sim import calendar
from flashcrowd.sim.world import build_world

BEGIN, END = 18 * HOUR, 20 * HOUR


@pytest.fixture(scope="module")
def world():
    """A small society that comes often."""
    return build_world(Scenario().changed(**{"population.members": 2000, "sessions.per_day": 6.0, "seed": 5}))


@pytest.fixture(scope="module")
def schedule(world):
    """Two hours of its evening."""
    return draw_schedule(world, np.arange(2000, dtype=np.int32), BEGIN, END)


def test_arrivals_are_ordered_and_inside_the_window(schedule):
    """Arrivals come in order of time, none before or after the window."""
    assert (np.diff(schedule.t) >= 0).all()
    assert schedule.t.min() >= BEGIN
    assert schedule.t.max() < END
    assert (schedule.budget_s > 0).all()


def test_same_seed_gives_the_same_arrivals_whoever_else_is_drawn(world, schedule):
    """A member's arrivals do not depend on the rest of the cast."""
    few = draw_schedule(world, np.array([3, 700, 1999], dtype=np.int32), BEGIN, END)
    chosen = np.isin(schedule.member, [3, 700, 1999])
    assert few.t.tolist() == schedule.t[chosen].tolist()
    assert few.budget_s.tolist() == schedule.budget_s[chosen].tolist()


def test_a_member_never_overlaps_itself(schedule):
    """By the society's calendar a member begins no visit inside another one of its own."""
    for member in np.unique(schedule.member):
        own = schedule.member == member
        ends = schedule.t[own] + schedule.budget_s[own]
        assert (schedule.t[own][1:] >= ends[:-1] - 1e-6).all()


def test_every_arrival_of_the_calendar_comes_or_falls_into_a_visit(world, schedule):
    """Nothing that the calendar drew is lost: it is an arrival, or its member is there already."""
    key = root_key(world.scenario.seed, Purpose.ARRIVAL)
    came = set(zip(schedule.member.tolist(), schedule.began.tolist(), strict=True))
    lost = 0
    for member in range(0, 2000, 7):
        offset = float(world.population.offset_h[member])
        own = schedule.member == member
        begins, ends = schedule.began[own], schedule.t[own] + schedule.budget_s[own]
        for slice_no in range(int(BEGIN / calendar.SLICE_S), int(END / calendar.SLICE_S)):
            mean = calendar.slice_mean(
                float(world.drawn_per_day[member]), calendar.slice_profile(slice_no, offset)
            )
            for number in range(calendar.arrivals(key, member, slice_no, mean)):
                t = calendar.arrival_time(key, member, slice_no, number)
                inside = ((begins < t) & (t < ends)).any()
                lost += (member, t) not in came and not inside
    assert lost == 0


def test_whoever_is_there_at_the_beginning_comes_up_within_one_think_time(world, schedule):
    """Visits under way appear early, for the rest of their time only."""
    under_way = schedule.began < BEGIN
    assert under_way.any()
    assert (schedule.resumed == under_way).all()
    assert (schedule.t[under_way] <= BEGIN + world.scenario.sessions.think).all()


def test_saved_schedule_is_read_back_exactly(schedule, tmp_path):
    """A run can be replayed from its file, to the last bit."""
    schedule.save(tmp_path / "schedule.parquet")
    again = read_schedule(tmp_path / "schedule.parquet")
    assert list(again) == list(schedule)


def test_file_without_a_schedule_is_a_record_error(tmp_path):
    """Anything else is refused in one line."""
    (tmp_path / "x").write_text("no")
    with pytest.raises(RecordError, match="holds no schedule"):
        read_schedule(tmp_path / "x")


def test_schedule_is_replayed_only_with_its_own_members_and_time(schedule, tmp_path):
    """The same cast and window get the same arrivals; any other is told in one line."""
    path = tmp_path / "schedule.parquet"
    schedule.save(path)
    everybody = np.arange(2000, dtype=np.int32)
    assert list(replayed(path, everybody, BEGIN, END)) == list(schedule)
    with pytest.raises(UsageError, match=r"members are not live in this run, such as \d+; replay it with"):
        replayed(path, everybody[:100], BEGIN, END)
    with pytest.raises(UsageError, match="this run lasts from 0 to 60 s"):
        replayed(path, everybody, 0.0, 60.0)


def test_file_of_an_earlier_version_is_refused(schedule, tmp_path):
    """A column that was not kept then cannot be made up: it is named."""
    path = tmp_path / "schedule.parquet"
    schedule.save(path)
    pq.write_table(pq.read_table(path).drop_columns("resumed"), path)
    with pytest.raises(RecordError, match="resumed is missing"):
        read_schedule(path)


def test_schedule_out_of_order_is_refused(schedule, tmp_path):
    """Arrivals that somebody has shuffled are no schedule."""
    path = tmp_path / "schedule.parquet"
    replace(schedule, t=schedule.t[::-1]).save(path)
    with pytest.raises(RecordError, match="not in order of time"):
        read_schedule(path)


def test_nobody_coming_is_an_empty_schedule(world):
    """No members, no arrivals."""
    assert len(draw_schedule(world, np.zeros(0, np.int32), BEGIN, END)) == 0


def test_cast_holds_its_size_and_only_follows_of_its_own(world):
    """The cast has the size asked for; every follow kept joins two of its members; the rest is counted."""
    cast = choose_cast(world, 400)
    assert len(np.unique(cast.members)) == 400
    follower, followee = cast.follows(cast.settled)
    assert np.isin(follower, cast.members).all()
    assert np.isin(followee, cast.members).all()
    assert all(v in world.graph.followees_of(u) for u, v in zip(follower[:99], followee[:99], strict=True))
    degree = np.diff(world.graph.start)[cast.members].sum()
    assert len(follower) + cast.left_out == degree


def test_cast_holds_who_broadcasts_and_attacks():
    """The account with its neighbours, and of the ring what a tenth of the cast holds, who posts first."""
    events = (
        {"kind": "broadcast", "at": 3600.0, "persona": "celebrity"},
        {"kind": "attack", "at": 7200.0, "persona": "amplifier", "seeds": 4},
    )
    personas = {"celebrity": 0.01, "amplifier": 0.05}
    world = build_world(
        Scenario().changed(**{"population.members": 2000, "population.personas": personas, "events": events})
    )
    actors = world.programme.actors
    assert len(actors) == 1 + (world.population.persona == names_of(world).index("amplifier")).sum() > 50
    members = choose_cast(world, 200).members
    assert len(np.unique(members)) == 200
    assert np.isin(actors[:20], members).all()
    community = world.population.community
    assert (community[members] == community[actors[0]]).sum() > 1


def names_of(world):
    return [persona.name for persona in world.population.personas]


def test_cast_takes_dormant_accounts_last(world):
    """Nobody dormant is in while others are left."""
    awake = int((~world.population.dormant).sum())
    assert not world.population.dormant[choose_cast(world, awake).members].any()
    assert world.population.dormant[choose_cast(world, awake + 1).members].sum() == 1


def test_cast_of_neighbours_keeps_more_follows_than_chance(world):
    """Whole communities keep several times the follows that members drawn one by one would."""
    cast = choose_cast(world, 200)
    by_chance = 200 / 2000
    kept = len(cast.follows(cast.settled)[0])
    assert kept / (kept + cast.left_out) > 1.5 * by_chance
