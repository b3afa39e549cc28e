"""Members who decide by compiled code: in all that they say, they say what `Member` says."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import societies
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.sim import agenda, behaviour, session
from flashcrowd.sim.decisions import decisions_of
from flashcrowd.sim.member import Member, PagePlan, Shown
from flashcrowd.sim.quick import (
    AHEAD,
    EVERYTHING,
    SIGHT,
    QuickMember,
    QuickMembers,
    _notice,
    _plan,
    _wake,
    make_ready,
)
from flashcrowd.sim.world import World, build_world

CALM = np.ones(20)
PER_PAGE = 20


@pytest.fixture(scope="module")
def members(small_world: World) -> QuickMembers:
    """Of the small world. Read only."""
    return QuickMembers(small_world)


def plans_of(quick: QuickMember, count: int) -> list[PagePlan]:
    plans = []
    for _ in range(count):
        plans.append(quick.plan_page())
        quick.visit.page += 1
    return plans


def page_of(member: Member, first: int) -> tuple[list[Shown], np.ndarray]:
    """Items from an address on, as new and as offensive as can be, and what is known of them at a glance."""
    key = root_key(member.scenario.seed, Purpose.ITEM)
    addresses = range(first, first + PER_PAGE)
    items = [
        Shown(one, one % 20, member.traits_of(one), 0.0, one % 3 == 0, 3, one % 2, 30.0) for one in addresses
    ]
    sights = [
        (
            fold(key, item.address),
            item.topic,
            traits.appeal,
            traits.transfer,
            behaviour.allure(traits.raw_appeal),
        )
        for item in items
        for traits in (item.traits,)
    ]
    return items, np.array(sights, SIGHT)


def noticed(
    quick: QuickMember, plan: PagePlan, items: list[Shown], sights: np.ndarray, fervour: np.ndarray = CALM
) -> list[int]:
    bits = quick.notices(plan, sights, list(range(len(items))), [item.likes > 0 for item in items], fervour)
    return [place for place in range(len(items)) if bits >> place & 1]


@given(
    st.sampled_from((0, 17, 123, 299)),
    st.floats(min_value=0.0, max_value=1e7),
    st.sampled_from((agenda.OWN, agenda.PUSHED)),
)
def test_quick_member_begins_and_plans_as_the_member_does(
    small_world: World, members: QuickMembers, number: int, t: float, reason: int
) -> None:
    """Moods, keys, feeds, items, times and topics of more pages than are planned at once, home new or not."""
    exact, quick = Member(small_world, number), members.begin(number, t, reason)
    visit = exact.begin(t, reason)
    assert replace(quick.visit, end=visit.end) == visit
    assert quick.reads_notifications == session.reads_notifications(visit.key)
    for page in range(2 * AHEAD + 3):
        visit.page = quick.visit.page = page
        visit.exhausted = quick.visit.exhausted = page % 3 == 2
        assert quick.plan_page()._replace(may_post=True) == exact.plan_page(visit)


def test_quick_member_posts_what_the_member_posts(busy_world: World) -> None:
    """Post for post the same, and nearly all pages without one are known beforehand."""
    members, made, spared = QuickMembers(busy_world), [], 0
    for number in range(0, 1500, 5):
        exact, quick = Member(busy_world, number), members.begin(number, 5000.0)
        for plan in plans_of(quick, 10):
            post = exact.create(plan, quick.visit)
            assert quick.create(plan) == post
            made.append(post is not None)
            spared += not plan.may_post
    assert sum(made) > 50
    assert spared == len(made) - sum(made)


def test_quick_member_notices_all_that_it_would_react_to(busy_world: World) -> None:
    """Reaction for reaction the same, and most items are spared the question."""
    members, acted, spared = QuickMembers(busy_world), 0, 0
    for number in range(300):
        exact, quick = Member(busy_world, number), members.begin(number, 5000.0)
        plan = quick.plan_page()
        items, sights = page_of(exact, 1000 * number)
        seen = noticed(quick, plan, items, sights)
        for place, item in enumerate(items):
            reaction = exact.react(plan, quick.visit, place, item)
            assert quick.react(plan, place, item) == reaction
            assert place in seen or reaction.action == behaviour.NOTHING
            acted += reaction.action != behaviour.NOTHING
        spared += PER_PAGE - len(seen)
    assert acted > 100
    assert spared > 3000


def test_fervour_makes_members_notice_more_of_its_topic(busy_world: World) -> None:
    """What an event does to a topic counts for the items of that topic, and for no others."""
    members, topic = QuickMembers(busy_world), 3
    stir = np.where(np.arange(20) == topic, 100.0, 1.0)
    calm, stirred = set(), set()
    for number in range(200):
        quick = members.begin(number, 5000.0)
        plan = quick.plan_page()
        items, sights = page_of(Member(busy_world, number), 1000 * number)
        for seen, fervour in ((calm, CALM), (stirred, stir)):
            seen |= {(number, items[place].address) for place in noticed(quick, plan, items, sights, fervour)}
    assert calm < stirred
    assert {address % 20 for _, address in stirred - calm} == {topic}


def test_an_empty_page_holds_nothing_to_notice(members: QuickMembers) -> None:
    """No items, no bits."""
    quick = members.begin(17, 0.0)
    assert quick.notices(quick.plan_page(), np.zeros(1, SIGHT), [], [], CALM) == 0


def test_who_comes_for_an_event_plans_as_the_member_does() -> None:
    """The first page is a search for the event's topic, and what it asks of a visit is planned alike."""
    news = {"kind": "breaking_news", "at": 3600.0, "topic": 1, "fervour": 9.0}
    world = build_world(societies.small(events=[news]))
    reason = agenda.called(0)
    quick, exact = QuickMembers(world).begin(17, 3700.0, reason), Member(world, 17)
    plans = plans_of(quick, 5)
    visit = exact.begin(3700.0, reason)
    for page, plan in enumerate(plans):
        visit.page = page
        assert plan == exact.plan_page(visit)
    assert (plans[0].read, plans[0].topic) == (session.SEARCH, 1)


def test_decisions_of_the_users_are_asked_about_everything(tmp_path: Path, small_world: World) -> None:
    """What bounds our functions need not bound theirs."""
    own = tmp_path / "own.py"
    own.write_text("def like_probability(rate, attended, propensity, appeal):\n    return 0.4\n")
    scenario = small_world.scenario.changed(decisions={"like_probability": f"{own}:like_probability"})
    world = replace(small_world, scenario=scenario, decisions=decisions_of(scenario))
    quick = QuickMembers(world).begin(17, 0.0)
    plan = quick.plan_page()
    assert plan.may_post
    assert quick.notices(plan, np.zeros(1, SIGHT), [0], [False], CALM) == EVERYTHING


def test_what_was_made_ready_is_not_compiled_again(small_world: World) -> None:
    """Nobody who comes later, reads and looks at items waits for a compiler."""
    make_ready(small_world)
    made = [len(one.signatures) for one in (_wake, _plan, _notice)]  # type: ignore[attr-defined]
    quick = QuickMembers(small_world).begin(17, 5000.0, agenda.PUSHED)
    plan = quick.plan_page()
    items, sights = page_of(Member(small_world, 17), 1000)
    noticed(quick, plan, items, sights)
    assert made == [1, 1, 1]
    assert [len(one.signatures) for one in (_wake, _plan, _notice)] == made  # type: ignore[attr-defined]
