"""What events bring about: who is called, how fervent a topic is, and both engines alike."""

import math
from typing import Any

import numpy as np
import pytest
from societies import TICKS_A_DAY, Columns, Tables, assert_same, lived, of, small

from flashcrowd.core.clock import HOUR
from flashcrowd.core.draws import root_key
from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.timeline import BreakingNews, Rush
from flashcrowd.sim import agenda
from flashcrowd.sim.happenings import HAPPENINGS
from flashcrowd.sim.happenings.kind import Crowd
from flashcrowd.sim.world import World, build_world

N = 20_000
NEWS = {"kind": "breaking_news", "at": 6 * HOUR, "topic": 1, "fervour": 9.0}
RUSH = {"kind": "rush", "at": 15 * HOUR, "lasts": 2 * HOUR, "reach": 0.5}


@pytest.fixture(scope="module")
def eventful() -> World:
    """600 members, news in topic 1 of 4 at 6 h, a rush at 15 h. Read only."""
    changes = {"population.members": 600, "population.dormant": 0.2, "content.topics": 4}
    return build_world(small(**changes, events=(NEWS, RUSH)))


@pytest.fixture(scope="module")
def day(eventful: World) -> Tables:
    """A day of it by the compiled engine. Read only."""
    return lived(eventful, "kernel", TICKS_A_DAY)


def crowd_of(awake: Any, interest: Any = None) -> Crowd:
    """Who could come, every second account a celebrity whom the next three follow."""
    return Crowd(
        len(awake),
        lambda t: awake,
        interest or (lambda topic: np.ones(len(awake))),
        lambda persona, t: np.arange(0, len(awake), 2),
        lambda member: np.arange(member + 1, member + 4),
    )


def test_news_reaches_members_by_interest_and_wakefulness() -> None:
    """A binomial share of each group, within four sigma; times of the given median, within 3 %."""
    event = BreakingNews(at=100.0, reach=0.8, delay=600.0)
    fits = np.where(np.arange(N) % 2 == 0, 1.0, 0.25)
    awake = np.where(np.arange(N) < N // 2, 1.0, 0.5)
    crowd = crowd_of(awake, lambda topic: fits)
    ((members, times, *_),) = HAPPENINGS.get("breaking_news").calls(event, root_key(1, 2), crowd)
    for group in (0, 1):
        for half in (0, 1):
            inside = (members % 2 == group) & (members // (N // 2) == half)
            share, many = 0.8 * (1.0, 0.25)[group] * (1.0, 0.5)[half], N // 4
            assert abs(inside.sum() / many - share) < 4 * math.sqrt(share * (1 - share) / many)
    assert np.median(times - 100.0) == pytest.approx(600.0, rel=0.03)
    assert (times > 100.0).all()


def test_rush_is_even_and_about_nothing() -> None:
    """Members come over the whole time, each third of it alike within four sigma."""
    event = Rush(at=100.0, lasts=300.0, reach=0.4)
    kind = HAPPENINGS.get("rush")
    ((members, times, topic, urge, *_),) = kind.calls(event, root_key(1, 2), crowd_of(np.ones(N)))
    assert abs(len(members) / N - 0.4) < 4 * math.sqrt(0.24 / N)
    thirds = np.bincount(((times - 100.0) // 100.0).astype(int))
    assert len(thirds) == 3
    assert (np.abs(thirds / len(times) - 1 / 3) < 4 * math.sqrt(2 / 9 / len(times))).all()
    assert (topic, urge) == (-1, 0.0)


def test_engines_agree_on_events(eventful: World, day: Tables) -> None:
    """Every column of a day with both kinds."""
    assert_same(day, lived(eventful, "agents", TICKS_A_DAY))


def test_who_is_called_comes_and_looks_for_the_topic(eventful: World, day: Tables) -> None:
    """Each call begins a visit, unless the member is in one; the first page of those for news is a search,
    and the share of them that is urged posts: within four sigma, and what others post meanwhile."""
    programme, actions = eventful.programme, day["actions"]
    came = pairs(of(actions, "session_start")) & pairs_of(programme.member, programme.t)
    assert len(came) > 0.7 * len(programme.t) > 100
    for_news = programme.reason == agenda.called(0)
    wanted = pairs_of(programme.member[for_news], programme.t[for_news]) & came
    assert wanted <= pairs(of(actions, "search"))
    posts = of(actions, "post")
    soon = (posts["topic"] == 1) & (posts["t"] > 6 * HOUR) & (posts["t"] < 8 * HOUR)
    urged = 0.6 * len(wanted)
    assert abs(soon.sum() - urged) < 4 * math.sqrt(0.24 * len(wanted)) + 0.2 * urged


def pairs_of(member: Any, t: Any) -> set[tuple[int, float]]:
    """Members and times as a set."""
    return set(zip(member.tolist(), t.tolist(), strict=True))


def pairs(rows: Columns) -> set[tuple[int, float]]:
    """Members and times of rows."""
    return pairs_of(rows["member"], rows["t"])


def test_fervour_wears_off(eventful: World) -> None:
    """1 before the news, its factor at once, 1 + 8 / e after `lasts`; other topics never change."""
    programme = eventful.programme
    assert programme.fervour(5 * HOUR, 4).tolist() == [1.0] * 4
    assert programme.fervour(6 * HOUR, 4).tolist() == [1.0, 9.0, 1.0, 1.0]
    assert programme.fervour(12 * HOUR, 4)[1] == pytest.approx(1.0 + 8.0 / math.e)


def test_dormant_members_are_not_called() -> None:
    """Nobody comes to a society that sleeps."""
    changes = {"population.dormant": 1.0, "population.personas": {"casual": 1.0}}
    assert len(build_world(small(**changes, events=(NEWS, RUSH))).programme.t) == 0


def test_event_about_an_unknown_topic_is_refused() -> None:
    """In one line that says which event, and how many topics there are."""
    with pytest.raises(ScenarioError, match=r"events\.0\.topic is 1; must be < content\.topics \(1\)"):
        build_world(small(events=(NEWS,), **{"content.topics": 1}))
