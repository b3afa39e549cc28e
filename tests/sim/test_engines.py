"""The proof that the compiled engine is right: the readable one leaves the same rows, action for action."""

import numpy as np
import pytest
import societies
from hypothesis import given, settings
from hypothesis import strategies as st
from societies import TICKS_A_DAY, Tables, assert_same, lived, of

from flashcrowd.core.events import ACTION_CODE
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.rankers import RANKERS
from flashcrowd.sim.world import World, build_world


@pytest.fixture(scope="module")
def busy_day(busy_world: World) -> Tables:
    """A day of the busy world by the compiled engine. Read only."""
    return lived(busy_world, "kernel", TICKS_A_DAY)


@pytest.mark.parametrize("ranker", RANKERS.names())
def test_engines_leave_equal_rows_under_every_ranker(ranker: str) -> None:
    """300 members over two days: every column of actions and exposures is equal."""
    world = build_world(societies.small(**{"platform.ranker": ranker}))
    kernel = lived(world, "kernel", 2 * TICKS_A_DAY)
    assert len(kernel["actions"]["t"]) > 5000
    assert_same(kernel, lived(world, "agents", 2 * TICKS_A_DAY))


def test_engines_leave_equal_rows_on_a_computed_graph() -> None:
    """Half a day of the busy world with follows in the procedural form, pushes and new follows included."""
    world = build_world(societies.busy(**{"graph.form": "procedural"}))
    assert world.graph.form == "procedural"
    kernel = lived(world, "kernel", TICKS_A_DAY // 2)
    for action in ("repost", "follow", "session_start"):
        assert len(of(kernel["actions"], action)["t"]) >= 100, action
    assert_same(kernel, lived(world, "agents", TICKS_A_DAY // 2))


def test_engines_leave_equal_rows_of_a_busy_day(busy_world: World, busy_day: Tables) -> None:
    """1,500 members over one day who do everything that can be done."""
    assert_same(busy_day, lived(busy_world, "agents", TICKS_A_DAY))


def test_busy_day_holds_everything_that_can_happen(busy_day: Tables) -> None:
    """The proof is no proof of what never occurs: each kind of action and outcome occurs many times."""
    actions = busy_day["actions"]
    for action in (
        *("home", "trends", "thread", "profile", "notifications", "post", "generate", "like", "reply"),
        *("repost", "quote", "report", "search", "follow", "unfollow", "session_start", "session_end"),
    ):
        assert len(of(actions, action)["t"]) >= 100, action
    for outcome in ("ok", "blocked", "abandoned"):
        assert len(of(actions, "generate", outcome)["t"]) >= 20, outcome
    images = of(actions, "post")["ai"]
    assert images.any()
    assert not images.all()
    second_hand = np.isin(of(actions, "repost")["cause"], of(actions, "repost")["seq"])
    assert second_hand.sum() >= 100


def test_rows_of_a_run_are_numbered_and_point_back(busy_day: Tables) -> None:
    """`seq` counts from 0; a cause is an earlier post, quote or repost of the same original, but for quotes,
    which are originals themselves."""
    actions = busy_day["actions"]
    assert np.array_equal(actions["seq"], np.arange(len(actions["seq"])))
    caused = np.flatnonzero(actions["cause"] >= 0)
    cause = actions["cause"][caused]
    assert (cause < caused).all()
    own = actions["action"][caused] == ACTION_CODE["quote"]
    assert np.array_equal(actions["root"][cause][~own], actions["root"][caused][~own])
    quotes = of(actions, "quote")
    assert np.array_equal(quotes["post"], quotes["root"])
    originals, reposts = of(actions, "post"), of(actions, "repost")
    assert np.isin(cause, np.concatenate((originals["seq"], reposts["seq"], quotes["seq"]))).all()
    assert np.array_equal(originals["post"], originals["root"])
    made = np.concatenate((originals["post"], reposts["post"], quotes["post"]))
    assert np.unique(made).size == len(made)


def test_what_is_made_in_a_tick_is_acted_on_later_only(busy_day: Tables) -> None:
    """No reaction falls into the tick (of 60 s) of the post or repost that caused it."""
    actions = busy_day["actions"]
    caused = np.flatnonzero(actions["cause"] >= 0)
    tick = (actions["t"] // 60.0).astype(np.int64)
    assert (tick[actions["cause"][caused]] < tick[caused]).all()


def test_member_follows_and_unfollows_in_turn(busy_world: World, busy_day: Tables) -> None:
    """Nobody follows whom it follows, unfollows whom it does not, or does either to itself."""
    actions = busy_day["actions"]
    followed: dict[tuple[int, int], bool] = {}
    again = 0
    for row in np.flatnonzero(np.isin(actions["action"], [ACTION_CODE["follow"], ACTION_CODE["unfollow"]])):
        member, author = pair = int(actions["member"][row]), int(actions["author"][row])
        before = followed.get(pair, author in busy_world.graph.followees_of(member))
        again += pair in followed
        followed[pair] = bool(actions["action"][row] == ACTION_CODE["follow"])
        assert followed[pair] != before
        assert member != author
    assert again >= 5


def test_member_reposts_an_original_once(busy_day: Tables) -> None:
    """Nor does anyone repost an original of its own."""
    reposts = of(busy_day["actions"], "repost")
    pairs = np.stack((reposts["member"], reposts["root"]), axis=1)
    assert len(np.unique(pairs, axis=0)) == len(pairs)
    assert (reposts["member"] != reposts["author"]).all()


def test_visits_of_a_member_follow_one_another(busy_day: Tables) -> None:
    """Starts and ends of each member alternate, beginning with a start."""
    actions = busy_day["actions"]
    start, end = of(actions, "session_start"), of(actions, "session_end")
    member = np.concatenate((start["member"], end["member"]))
    seq = np.concatenate((start["seq"], end["seq"]))
    step = np.concatenate((np.ones(len(start["seq"]), int), -np.ones(len(end["seq"]), int)))
    order = np.lexsort((seq, member))
    here = np.cumsum(step[order])
    before = np.zeros(member.max() + 1, int)
    np.add.at(before, member, step)
    offset = np.concatenate(([0], np.cumsum(before)))[member[order]]
    assert set((here - offset).tolist()) == {0, 1}


def test_engines_agree_when_a_tick_holds_many_pages() -> None:
    """Pages of under a second and images of one: several pages, posts and images of a member in one tick."""
    hasty = societies.busy(
        **{
            "population.members": 120,
            "sessions.think": 0.7,
            "generation.median": 1.0,
            "generation.patience": 600.0,
            "content.posts_per_day": 100.0,
        }
    )
    world = build_world(hasty)
    kernel = lived(world, "kernel", 300)
    assert_same(kernel, lived(world, "agents", 300))
    homes = of(kernel["actions"], "home")
    visits = np.stack((homes["member"], homes["t"] // 60.0), axis=1)
    assert np.unique(visits, axis=0, return_counts=True)[1].max() >= 5
    images = of(kernel["actions"], "post")
    ready = np.stack((images["member"], images["t"]), axis=1)[images["ai"]]
    assert np.unique(ready, axis=0, return_counts=True)[1].max() >= 2


SCENARIOS = st.fixed_dictionaries(
    {
        "seed": st.integers(min_value=0, max_value=2**63 - 1),
        "population.members": st.integers(min_value=2, max_value=120),
        "population.dormant": st.floats(min_value=0.0, max_value=1.0),
        "content.topics": st.integers(min_value=1, max_value=40),
        "content.posts_per_day": st.floats(min_value=0.1, max_value=50.0),
        "content.ai_share": st.floats(min_value=0.0, max_value=1.0),
        "content.appeal_sigma": st.floats(min_value=0.0, max_value=4.0),
        "graph.form": st.sampled_from(["stored", "procedural"]),
        "sessions.per_day": st.floats(min_value=1.0, max_value=30.0),
        "sessions.budget": st.floats(min_value=1.0, max_value=3600.0),
        "sessions.think": st.floats(min_value=2.0, max_value=200.0),
        "sessions.items_per_page": st.floats(min_value=0.1, max_value=40.0),
        "sessions.return_share": st.floats(min_value=0.0, max_value=0.9),
        "platform.discovery_share": st.floats(min_value=0.0, max_value=1.0),
        "platform.ranker": st.sampled_from(RANKERS.names()),
        "reactions.repost": st.floats(min_value=0.0, max_value=1.0),
        "reactions.like": st.floats(min_value=0.0, max_value=1.0),
        "reactions.reply": st.floats(min_value=0.0, max_value=1.0),
        "reactions.follow": st.floats(min_value=0.0, max_value=1.0),
        "reactions.quote": st.floats(min_value=0.0, max_value=1.0),
        "reactions.report": st.floats(min_value=0.0, max_value=1.0),
        "reactions.social_proof": st.floats(min_value=0.0, max_value=10.0),
        "platform.out_of_network": st.floats(min_value=0.0, max_value=1.0),
        "generation.slots": st.integers(min_value=1, max_value=3),
        "generation.median": st.floats(min_value=0.5, max_value=120.0),
        "generation.blocked": st.floats(min_value=0.0, max_value=1.0),
        "record.exposures": st.floats(min_value=0.0, max_value=1.0),
    }
)


@given(SCENARIOS)
@settings(max_examples=25)
def test_engines_agree_whatever_the_scenario(changes: dict[str, object]) -> None:
    """Two hours of small worlds with settings from all over their ranges."""
    world = build_world(Scenario().changed(**changes))
    assert_same(lived(world, "kernel", 120), lived(world, "agents", 120))
