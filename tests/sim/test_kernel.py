"""The kernel's memory: whatever its capacity at first, and however it grows, the rows are the same."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numba
import numpy as np
import pytest
import societies
from hypothesis import given
from hypothesis import strategies as st
from societies import Tables, assert_same, lived, of

from flashcrowd.core.draws import fold, uniform
from flashcrowd.sim import agenda, behaviour
from flashcrowd.sim.kernel import columns, lanes, visits
from flashcrowd.sim.kernel.engine import KernelEngine
from flashcrowd.sim.kernel.feeds import insert_best
from flashcrowd.sim.kernel.wheel import gather, push
from flashcrowd.sim.member import SHOWN, Member
from flashcrowd.sim.model import SocialModel
from flashcrowd.sim.world import World

TICKS = 240
"""Of the busy world, which is in full swing from the first hour on."""


@pytest.fixture(scope="module")
def roomy(busy_world: World) -> Tables:
    """What the busy world leaves when nothing ever has to grow in mid-tick. Read only."""
    return lived(busy_world, "kernel", TICKS)


def engine_of(model: SocialModel) -> KernelEngine:
    assert isinstance(model.engine, KernelEngine)
    return model.engine


def cramped(**sizes: int) -> Callable[[SocialModel], None]:
    """Gives a new model's kernel tables of these sizes; `visits` stands for the three that go together."""
    dtypes = {
        "rows": columns.ROW,
        "exposures": columns.EXPOSURE,
        "items": columns.ITEM,
        "changes": columns.CHANGE,
        "wheel": columns.ENTRY,
    }

    def shrink(model: SocialModel) -> None:
        engine = engine_of(model)
        tables: dict[str, Any] = {
            name: np.zeros(size, dtypes[name]) for name, size in sizes.items() if name != "visits"
        }
        if "visits" in sizes:
            n = sizes["visits"]
            tables["visits"] = np.zeros(n, columns.VISIT)
            tables["shown"] = np.zeros((n, SHOWN), np.int32)
            tables["kept"], tables["kept_root"] = (np.zeros((n, columns.KEPT), np.int32) for _ in range(2))
            tables["free"] = np.arange(n - 1, -1, -1, dtype=np.int32)
            engine.state.count[columns.N_FREE_VISITS] = n
        engine.state = engine.state._replace(**tables)
        written = [name for name in tables if name in ("rows", "exposures")]
        engine.lanes.lanes = [
            lane._replace(**{name: tables[name].copy() for name in written}) for lane in engine.lanes.lanes
        ]

    return shrink


@pytest.mark.parametrize("rows", [1, 3, 195, 200, 300, 385])
def test_rows_do_not_depend_on_their_first_capacity(busy_world: World, roomy: Tables, rows: int) -> None:
    """A visit that is stopped for want of room goes on where it stopped; no row twice, none lost."""
    assert_same(roomy, lived(busy_world, "kernel", TICKS, cramped(rows=rows)))


@pytest.mark.parametrize("table", ["exposures", "items", "changes", "wheel", "visits"])
def test_rows_do_not_depend_on_the_first_capacity_of_a_table(
    busy_world: World, roomy: Tables, table: str
) -> None:
    """Each table alone begins with one row."""
    assert_same(roomy, lived(busy_world, "kernel", TICKS, cramped(**{table: 1})))


@pytest.mark.parametrize("wheel", [1, 8, 64])
def test_post_may_wake_more_followers_than_the_wheel_has_room_for(busy_world: World, wheel: int) -> None:
    """However little there is, and also when some is left: the wheel grows until all of them fit."""
    world = replace(busy_world, scenario=societies.busy(**{"sessions.push_share": 0.5}))
    rows = lived(world, "kernel", 30)
    assert_same(rows, lived(world, "kernel", 30, cramped(wheel=wheel)))
    assert of(rows["actions"], "session_start")["t"].size > 300


def test_rows_do_not_depend_on_first_capacities(busy_world: World, roomy: Tables) -> None:
    """All tables begin with one row."""
    least = dict.fromkeys(("rows", "exposures", "items", "changes", "wheel", "visits"), 1)
    assert_same(roomy, lived(busy_world, "kernel", TICKS, cramped(**least)))


@pytest.mark.parametrize("ticks", [1, 1000])
def test_rows_do_not_depend_on_how_long_makers_are_remembered(
    busy_world: World, roomy: Tables, ticks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether most pages find what is new by it, or hardly any."""
    monkeypatch.setattr(columns, "LATELY_TICKS", ticks)
    assert_same(roomy, lived(busy_world, "kernel", TICKS))


@pytest.mark.parametrize("threads", [2, 3])
def test_rows_do_not_depend_on_threads(
    busy_world: World, roomy: Tables, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every tick with at least two entries is split; also where a lane runs out of room."""
    monkeypatch.setattr(lanes, "WORTH_A_LANE", 1)
    assert_same(roomy, lived(busy_world, "kernel", TICKS, threads=threads))
    assert_same(roomy, lived(busy_world, "kernel", TICKS, cramped(rows=1), threads=threads))


def test_what_a_member_has_due_stays_in_one_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts meet, cover everything in order, and never share a member."""
    monkeypatch.setattr(lanes, "WORTH_A_LANE", 1)
    member = np.array([0, 1, 1, 1, 1, 1, 2, 5], np.int32)
    assert lanes._parts(member, 1) == [(0, 8)]
    assert lanes._parts(member, 2) == [(0, 1), (1, 8)]
    assert lanes._parts(member[:1], 4) == [(0, 1)]
    assert lanes._parts(member[:0], 4) == [(0, 0)]
    for many in range(2, 12):
        edges = [edge for part in lanes._parts(member, many) for edge in part]
        assert edges[0] == 0
        assert edges[-1] == 8
        assert edges[1:-1:2] == edges[2:-1:2]
        assert all(member[edge - 1] < member[edge] for edge in edges[2::2] if edge)


def test_rows_do_not_depend_on_when_they_are_handed_over(busy_world: World, roomy: Tables) -> None:
    """A flush after every tick hands over the same rows as one at the end."""

    def flush_after_each_step(model: SocialModel) -> None:
        engine = engine_of(model)
        step = engine.step

        def step_and_flush() -> None:
            step()
            engine.flush()

        engine.step = step_and_flush  # type: ignore[method-assign]

    assert_same(roomy, lived(busy_world, "kernel", TICKS, flush_after_each_step))


def test_tables_grow_only_when_they_are_short(busy_world: World) -> None:
    """Many exposures do not blow up the rows, nor the other way round."""
    for short, other in (("exposures", "rows"), ("rows", "exposures")):
        model = SocialModel(busy_world.scenario, world=busy_world)
        cramped(**{short: 1})(model)
        engine = engine_of(model)
        before = len(getattr(engine.lanes.lanes[0], other))
        for _ in range(60):
            model.step()
        assert len(getattr(engine.lanes.lanes[0], other)) == before
        assert len(getattr(engine.lanes.lanes[0], short)) > 1


def test_with_room_keeps_what_is_there() -> None:
    """A longer copy begins with the old rows and ends with zeros; a table that fits is itself."""
    table = np.arange(1, 7, dtype=np.int64).reshape(3, 2)
    assert columns.with_room(table, 3) is table
    longer = columns.with_room(table, 4)
    assert longer.shape == (6, 2)
    assert longer[:3].tolist() == table.tolist()
    assert not longer[3:].any()
    assert columns.with_room(table, 100).shape == (100, 2)


def test_tables_begin_where_a_cache_line_does() -> None:
    """So do their longer copies; rows of members and items are one line each."""
    table = columns.table(3, columns.ITEM)
    for rows in (table, columns.with_room(table, 1000), columns.table((5, 7), np.int32)):
        assert rows.ctypes.data % columns.LINE == 0
        assert rows.flags.c_contiguous
    assert columns.ITEM.itemsize == columns.MEMBER.itemsize == columns.LINE


@given(scores=st.lists(st.integers(0, 5), max_size=40), wanted=st.integers(1, 24))
def test_best_items_are_those_of_a_sort(scores: list[int], wanted: int) -> None:
    """Put in one by one: the best come first, of equals the newer."""
    found, room, n = np.arange(len(scores))[::-1] * 3, np.zeros(40), 0
    items = found.tolist()
    for item, score in zip(items, scores, strict=True):
        n = insert_best(found, room, n, wanted, item, float(score))
    best = sorted(zip(scores, items, strict=True), reverse=True)[:wanted]
    assert found[:n].tolist() == [item for _, item in best]


def test_wheel_gives_back_what_is_due_and_keeps_what_is_not(small_world: World) -> None:
    """Entries of one bucket, a round of the wheel apart, come each in its own tick; rows are reused."""
    state = engine_of(SocialModel(small_world.scenario, world=small_world)).state
    put_in = numba.njit(push)
    ticks = [5, 5 + columns.HORIZON, 5, 7, 5 + 2 * columns.HORIZON]
    for member, tick in enumerate(ticks):
        put_in(state, member, agenda.BEGIN, tick * 60.0 + member, -1)
    none = np.empty(0, np.int32), np.empty(0), np.empty(0, np.int64)
    for tick, members in [(5, {0, 2}), (6, set()), (7, {3}), (5 + columns.HORIZON, {1})]:
        assert set(gather(state, tick, *none)[1].tolist()) == members
    assert set(gather(state, 5 + 2 * columns.HORIZON, *none)[1].tolist()) == {4}
    for member in range(len(ticks)):
        put_in(state, member, agenda.BEGIN, 9 * 60.0, -1)
    assert state.count[columns.WHEEL_USED] == len(ticks)


def test_kernel_decides_at_the_threshold_as_plain_code_does(small_world: World) -> None:
    """The rate puts the chance of a like within 1e-8 of the draw, where single precision shows."""
    appeal, u, position = np.float32(2.7), 17, 3
    exact, rounded = np.exp(0.4 * np.log(float(appeal))), np.exp(0.4 * np.float64(np.log(appeal)))
    assert 0 < abs(exact / rounded - 1) < 1e-7
    engine = engine_of(SocialModel(small_world.scenario, world=small_world))
    state, lane = engine.state, engine.lanes.lanes[0]
    state.items[0]["raw_appeal"], state.items[0]["shelf_life_s"] = appeal, 1.0
    state.items[0]["allure"] = behaviour.allure(float(appeal))
    expose = numba.njit(visits.expose)
    member = Member(small_world, u)
    fit = behaviour.match(behaviour.interest(0, *member.topics, topics=state.rules.topics))
    attended = behaviour.attention(position, member.divided, fit, 1.0)
    for number in range(20):
        key = np.uint64(fold(int(state.item_key), number))
        draw = uniform(fold(int(key), fold(int(state.item_key), 0)))
        rate = draw / (attended * member.like * np.sqrt(exact * rounded))
        likes = draw < behaviour.like_probability(rate, attended, member.like, float(appeal))
        none = dict.fromkeys(("repost", "reply", "quote", "report", "follow"), 0.0)
        rules = state.rules._replace(like=float(rate), **none)
        before = lane.count[columns.N_ROWS]
        expose(state._replace(rules=rules), lane, 60.0, key, 0, position, u, member.divided, 1.0)
        assert lane.count[columns.N_ROWS] - before == likes, number
