"""Migration from an incumbent network: who brings what, who finds whom, who goes back; both engines alike."""

from typing import Any

import numpy as np
import pytest
from societies import TICKS_A_DAY, Tables, assert_same, busy, lived, of, small

from flashcrowd.core.clock import DAY, HOUR
from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.migration import Ties
from flashcrowd.sim.world import World, build_world

GROWTH = {
    "population.members": 500,
    "growth.share": 0.6,
    "growth.curve": "waves",
    "growth.waves": (HOUR, 8 * HOUR),
    "growth.acceptance": HOUR,
}


def migrating(**changes: Any) -> Scenario:
    """500 busy members, most of them newcomers with a quarter of their follows."""
    return busy(
        **GROWTH,
        **{
            "migration.brought": 0.25,
            "migration.finds": 0.6,
            "migration.pull": 0.5,
            "migration.patience": 6 * HOUR,
            "migration.enough": 0.5,
            **changes,
        },
    )


@pytest.fixture(scope="module")
def world() -> World:
    """The world of it. Read only."""
    return build_world(migrating())


@pytest.fixture(scope="module")
def day(world: World) -> Tables:
    """A day of it by the compiled engine. Read only."""
    return lived(world, "kernel", TICKS_A_DAY)


def ties(world: World) -> Ties:
    """The ties of a world that has them."""
    assert world.ties is not None
    return world.ties


def test_engines_agree_on_a_migration(world: World, day: Tables) -> None:
    """Every column of a day in which members come, find each other and go back."""
    assert_same(day, lived(world, "agents", TICKS_A_DAY))


def test_share_of_old_follows_is_brought(world: World) -> None:
    """Follows between residents are all there, of the others a share within four sigma; none is lost."""
    old = ties(world)
    source = np.repeat(np.arange(500), np.diff(old.old.start))
    touches = old.newcomer[source] | old.newcomer[old.old.followees]
    assert world.graph.edges + old.missed.edges == old.old.edges
    brought = 1 - old.missed.edges / touches.sum()
    assert abs(brought - 0.25) < 4 * np.sqrt(0.25 * 0.75 / touches.sum())
    missing = np.repeat(np.arange(500), np.diff(old.missed.start))
    assert (old.newcomer[missing] | old.newcomer[old.missed.followees]).all()


def test_members_find_whom_they_missed(world: World, day: Tables) -> None:
    """Many of the missed follows are made again, each once, and only of members who are there."""
    missed = ties(world).missed
    pairs = {(u, int(v)) for u in range(500) for v in missed.followees_of(u)}
    follows = of(day["actions"], "follow")
    made = list(zip(follows["member"].tolist(), follows["author"].tolist(), strict=True))
    again = [pair for pair in made if pair in pairs]
    assert len(again) > 100
    joined = world.population.joined
    for (_, found), t in zip(made, follows["t"].tolist(), strict=True):
        assert not joined[found] > t


def test_newcomers_whose_contacts_stay_away_go_back(world: World) -> None:
    """Whoever left did so when its patience was over, and had fewer contacts here than those who stayed."""
    people, old = world.population, ties(world)
    gone = np.isfinite(people.left)
    assert 10 < gone.sum() < 290
    assert np.allclose((people.left - people.joined)[gone], 6 * HOUR)
    looked = old.newcomer & np.isfinite(people.joined)
    here = np.array(
        [
            old.share_here(people.joined, people.left, people.joined[u] + 6 * HOUR)[u]
            for u in np.flatnonzero(looked).tolist()
        ]
    )
    assert here[gone[looked]].mean() < here[~gone[looked]].mean()


def test_time_goes_where_the_contacts_are(world: World) -> None:
    """Before anybody has come newcomers would spend half their time elsewhere; residents never do."""
    first, last = world.visits_per_day(0.0), world.visits_per_day(20 * HOUR)
    newcomer = ties(world).newcomer
    assert np.array_equal(first[~newcomer], world.drawn_per_day[~newcomer])
    assert (first <= last + 1e-12)[newcomer].mean() > 0.9
    assert (first[newcomer] >= 0.5 * world.drawn_per_day[newcomer] - 1e-12).all()


def test_without_migration_nothing_is_changed() -> None:
    """The section's defaults leave graph and rates alone."""
    world = build_world(small(**GROWTH))
    assert world.ties is None
    assert world.visits_per_day(DAY) is world.drawn_per_day


def test_computed_graph_is_refused_in_a_line() -> None:
    """A migration edits the graph, which must be stored."""
    with pytest.raises(ScenarioError, match=r"migration needs graph\.form to be stored"):
        build_world(migrating(**{"graph.form": "procedural"}))
