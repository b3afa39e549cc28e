"""Events of every kind and coordinated groups: both engines alike, and each does what it is for."""

from typing import Any

import numpy as np
import pytest
from societies import TICKS_A_DAY, Tables, assert_same, busy, lived, of, small

from flashcrowd.core.clock import HOUR
from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.scenario import Scenario
from flashcrowd.core.timeline import EVENT_KINDS
from flashcrowd.sim import agenda
from flashcrowd.sim.world import World, build_world

EVENTS: tuple[dict[str, Any], ...] = (
    {"kind": "breaking_news", "at": 9 * HOUR, "topic": 2, "fervour": 5.0},
    {"kind": "rush", "at": 1 * HOUR, "lasts": 1 * HOUR, "reach": 0.3},
    {"kind": "broadcast", "at": 2 * HOUR, "accounts": 2, "posts": 2, "topic": 1, "image": 0.5, "reach": 0.9},
    {"kind": "feature_launch", "at": 4 * HOUR, "reach": 0.5, "lasts": 1800.0},
    {"kind": "attack", "at": 6 * HOUR, "seeds": 3, "posts": 2, "topic": 3, "lasts": 1800.0},
    {"kind": "outage", "at": 4.5 * HOUR, "lasts": 1200.0},
    {"kind": "invitations", "at": 3 * HOUR, "share": 0.6, "acceptance": 3600.0},
    {"kind": "switch", "at": 7 * HOUR, "ranker": "interest", "moderation": {"recall": 0.9, "delay": 60.0}},
    {"kind": "switch", "at": 8 * HOUR, "ranker": "random"},
)

PERSONAS = {"celebrity": 0.01, "amplifier": 0.05, "bot": 0.05}


def eventful(**changes: Any) -> Scenario:
    """400 busy members, a day with every kind of event, a ring, and growth by invitation alone."""
    return busy(
        **{
            "population.members": 400,
            "population.personas": PERSONAS,
            "content.topics": 4,
            "generation.median": 60.0,
            "generation.patience": 3600.0,
            "growth.share": 0.3,
            "growth.curve": "given",
            "growth.points": ((0.0, 0.0), (86400.0, 0.0)),
            "harm.shares": {"amplifier": 1.0, "bot": 0.5},
            "rings": ({"leaders": 2, "follows": 5},),
            "events": EVENTS,
            **changes,
        }
    )


@pytest.fixture(scope="module")
def world() -> World:
    """The world of it. Read only."""
    return build_world(eventful())


@pytest.fixture(scope="module")
def day(world: World) -> Tables:
    """Half a day of it by the compiled engine. Read only."""
    return lived(world, "kernel", TICKS_A_DAY // 2)


def test_engines_agree_on_every_kind_of_event(world: World, day: Tables) -> None:
    """Every column of every table, over a day in which each kind happens."""
    assert {event["kind"] for event in EVENTS} == set(EVENT_KINDS)
    assert_same(day, lived(world, "agents", TICKS_A_DAY // 2))


def test_platform_that_is_down_serves_nobody(day: Tables) -> None:
    """In an outage nothing is read or made but errors; visits end; images come when it is up again."""
    actions = day["actions"]
    down = (actions["t"] >= 4.5 * HOUR) & (actions["t"] < 4.5 * HOUR + 1200.0)
    inside = {name: column[down] for name, column in actions.items()}
    failed = of(inside, "home", "failed")
    ends = of(inside, "session_end")
    assert len(failed["t"]) > 5
    assert len(failed["t"]) + len(ends["t"]) == down.sum()
    up = 4.5 * HOUR + 1200.0
    held = (of(actions, "post")["t"] == up).sum()
    assert held > 0


def test_outage_is_followed_by_a_returning_wave() -> None:
    """In the half hour after it come more members than without it in the same time."""
    came = []
    for events in ((), ({"kind": "outage", "at": 18 * HOUR, "lasts": 2 * HOUR, "returning": 1.0},)):
        tables = lived(
            build_world(small(**{"population.members": 2000, "events": events})), "kernel", 21 * 60
        )
        t = of(tables["actions"], "session_start")["t"]
        came.append(((t >= 20 * HOUR) & (t < 20.5 * HOUR)).sum())
    assert came[1] > 1.3 * came[0]


def test_broadcast_is_posted_and_followers_come(world: World, day: Tables) -> None:
    """The two most followed celebrities post twice on the topic, as text or as an image asked for."""
    people, actions = world.population, day["actions"]
    code = [p.name for p in people.personas].index("celebrity")
    celebrities = np.flatnonzero((people.persona == code) & np.isnan(people.joined))
    most = celebrities[np.argsort(-world.graph.followers[celebrities], kind="stable")][:2]
    asked = np.isin(actions["member"], most) & (actions["topic"] == 1) & (actions["position"] < 0)
    soon = (actions["t"] >= 2 * HOUR) & (actions["t"] < 3 * HOUR + 120.0)
    made = actions["action"][asked & soon]
    assert len(made) >= 3
    groups = [agenda.event_of(int(reason)) for reason in world.programme.reason]
    assert len(set(groups)) == len(world.programme.topics)


def test_ring_passes_on_what_its_leaders_post(world: World, day: Tables) -> None:
    """Accounts of the ring follow nobody outside, and repost the attack's posts within the hour."""
    people, actions = world.population, day["actions"]
    ring = np.flatnonzero(people.persona == [p.name for p in people.personas].index("amplifier"))
    for account in ring.tolist():
        assert np.isin(world.graph.followees_of(account), ring).all()
    during = (actions["t"] >= 6 * HOUR) & (actions["t"] < 7 * HOUR)
    attack = {name: column[during & np.isin(actions["member"], ring)] for name, column in actions.items()}
    posts, reposts = of(attack, "post"), of(attack, "repost")
    assert len(posts["t"]) == 6
    assert len(np.unique(reposts["member"])) > 0.4 * (len(ring) - 3)
    assert np.isin(reposts["root"], posts["root"]).mean() > 0.5


def test_invited_sign_up_and_nobody_else(world: World) -> None:
    """The curve brings nobody; of those outside about the share does that takes the invitation up."""
    joined = world.population.joined
    outside = ~np.isnan(joined)
    invited = np.isfinite(joined)
    assert (joined[invited] >= 3 * HOUR).all()
    assert abs(invited.sum() / outside.sum() - 0.6) < 4 * np.sqrt(0.24 / outside.sum())


def test_switched_ranker_changes_nothing_before(day: Tables) -> None:
    """Until the first switch the run is that without; afterwards it is another."""
    calm = eventful(events=tuple(event for event in EVENTS if event["kind"] != "switch"))
    without = lived(build_world(calm), "kernel", 8 * 60)["actions"]
    before = without["t"] < 7 * HOUR
    n = int(before.sum())
    for name, column in without.items():
        assert np.array_equal(column[:n], day["actions"][name][:n]), name
    homes = [of(tables, "repost")["seq"] for tables in (without, day["actions"])]
    assert not np.array_equal(homes[0], homes[1][: len(homes[0])])


def test_event_by_an_unknown_persona_is_a_line() -> None:
    """A persona that is unknown, or has no members, is said."""
    for persona, told in (("celebrty", "did you mean celebrity"), ("politician", "one that has members")):
        event = {"kind": "broadcast", "at": 0.0, "persona": persona}
        with pytest.raises(ScenarioError, match=told):
            build_world(eventful(events=(event,)))
