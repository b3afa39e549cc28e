"""One member's mind: equal decisions for equal addresses, made of the functions of the pure modules."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.sim import agenda, behaviour, content, notify, session
from flashcrowd.sim.member import SHOWN, Member, PagePlan, Shown, Visit
from flashcrowd.sim.world import World

NUMBERS = (0, 17, 123, 299)
TIMES = st.floats(min_value=0.0, max_value=1e7)
MEMBERS = st.sampled_from(NUMBERS)


def shown(member: Member, address: int, second_hand: bool = False) -> Shown:
    return Shown(address, address % 20, member.traits_of(address), 600.0, second_hand, 3)


def pages_of(member: Member, visit: Visit, count: int) -> list[PagePlan]:
    plans = []
    for _ in range(count):
        plans.append(member.plan_page(visit))
        visit.page += 1
    return plans


@pytest.mark.parametrize("number", NUMBERS)
def test_member_decides_the_same_for_the_same_address(small_world: World, number: int) -> None:
    """A second mind of the same member, after others were asked, plans, reacts and creates alike."""

    def decisions(member: Member) -> list[object]:
        visit = member.begin(5000.0)
        plans = pages_of(member, visit, 20)
        reactions = [member.react(plan, visit, 2, shown(member, plan.items)) for plan in plans]
        return [replace(visit, page=0), plans, reactions, [member.create(plan, visit) for plan in plans]]

    first = decisions(Member(small_world, number))
    decisions(Member(small_world, (number + 1) % 300))
    assert decisions(Member(small_world, number)) == first


def test_members_and_times_decide_differently(small_world: World) -> None:
    """Neither two members at one time nor one member at two times have the same visit."""
    keys = {Member(small_world, number).begin(t).key for number in NUMBERS for t in (0.0, 60.0, 86_400.0)}
    assert len(keys) == 12


@given(MEMBERS, TIMES, st.booleans())
def test_visit_is_made_of_the_functions_of_session(
    small_world: World, number: int, t: float, pushed: bool
) -> None:
    """It begins now and ends when its budget is spent; one that a notification causes is shorter, and without
    a wish to post."""
    visit = Member(small_world, number).begin(t, agenda.PUSHED if pushed else agenda.OWN)
    key = session.session_key(root_key(small_world.scenario.seed, Purpose.SESSION), number, t)
    mean = notify.visit_budget(small_world.scenario.sessions.budget, pushed)
    assert (visit.key, visit.next, visit.page, list(visit.shown)) == (key, t, 0, [])
    assert visit.end == t + session.time_budget(key, mean)
    posting = notify.visit_mood(session.posting_mood(key), pushed)
    moods = session.pace(key), posting, session.engaging_mood(key)
    assert (visit.pace, visit.posting_mood, visit.engaging_mood) == moods


def test_pages_of_a_visit(small_world: World) -> None:
    """The first is home; each has its own key, at most `MOST_ITEMS` items, and takes time."""
    member = Member(small_world, 17)
    plans = pages_of(member, member.begin(0.0), 200)
    assert plans[0].read == session.HOME
    assert {plan.read for plan in plans} == {session.HOME, session.TRENDS, session.SEARCH}
    assert len({plan.key for plan in plans}) == 200
    assert all(0 <= plan.items <= session.MOST_ITEMS for plan in plans)
    assert all(plan.think_s > 0 for plan in plans)


def test_exhausted_visit_turns_to_discovery(small_world: World) -> None:
    """Once home held nothing new, most pages show discovery."""
    member = Member(small_world, 17)
    visit = member.begin(0.0)
    visit.exhausted = True
    reads = [plan.read for plan in pages_of(member, visit, 300)]
    assert reads.count(session.TRENDS) > 200


@given(
    MEMBERS, st.integers(min_value=0, max_value=10**9), st.integers(min_value=0, max_value=100), st.booleans()
)
def test_reaction_is_made_of_the_functions_of_behaviour(
    small_world: World, number: int, address: int, position: int, second_hand: bool
) -> None:
    """Chances from interest, attention, freshness and traits; one draw at the address of page and item."""
    member = Member(small_world, number)
    visit = member.begin(1000.0)
    plan = member.plan_page(visit)
    item, rates = shown(member, address, second_hand), small_world.scenario.reactions
    fit = behaviour.match(behaviour.interest(item.topic, *member.topics, topics=20))
    attended = behaviour.attention(position, member.divided, fit, visit.engaging_mood)
    traits = item.traits
    fresh = content.freshness(item.age_s, traits.shelf_life_s, traits.evergreen)
    key = fold(plan.key, fold(root_key(small_world.scenario.seed, Purpose.ITEM), address))
    repost = behaviour.repost_probability(
        rates.repost, attended, member.repost, traits.appeal, fresh, second_hand, traits.transfer, 3
    )
    like = behaviour.like_probability(rates.like, attended, member.like, traits.raw_appeal)
    reply = behaviour.reply_probability(rates.reply, attended, member.reply, traits.raw_appeal)
    quote = behaviour.quote_probability(rates.quote, attended, member.reply, traits.raw_appeal)
    found = member.react(plan, visit, position, item)
    assert found.address == key
    assert found.action == behaviour.reaction(key, repost, like, reply, quote)


def test_member_follows_only_whom_it_reacts_to(busy_world: World) -> None:
    """Among thousands of exposures some lead to a follow, none without a reaction."""
    reactions = []
    for number in range(0, 1500, 50):
        member = Member(busy_world, number)
        visit = member.begin(0.0)
        for plan in pages_of(member, visit, 10):
            reactions += [member.react(plan, visit, 0, shown(member, address)) for address in range(20)]
    follows = [one for one in reactions if one.follows]
    assert len(reactions) == 6000
    assert len(follows) > 20
    assert all(one.action != behaviour.NOTHING for one in follows)


def test_member_creates_as_its_scenario_says(busy_world: World) -> None:
    """Topics exist; only images can be blocked; without a share of images there are none."""
    creations = []
    for number in range(1500):
        member = Member(busy_world, number)
        member.posts_per_page = 2.0
        visit = member.begin(0.0)
        creations += [
            (member, made) for plan in pages_of(member, visit, 3) if (made := member.create(plan, visit))
        ]
    assert len(creations) > 1000
    assert all(0 <= made.topic < 20 for _, made in creations)
    assert any(made.blocked for _, made in creations)
    assert not any(made.blocked and not made.image for _, made in creations)
    assert not any(made.image for member, made in creations if member.ai_share == 0.0)


def test_member_who_never_posts_creates_nothing(small_world: World) -> None:
    """A mean of no posts a page is none."""
    member = Member(small_world, 0)
    member.posts_per_page = 0.0
    visit = member.begin(0.0)
    assert not [made for plan in pages_of(member, visit, 200) if (made := member.create(plan, visit))]


def test_member_holds_what_the_world_says(small_world: World) -> None:
    """Propensities, topics and followees of its row."""
    member, willing = Member(small_world, 123), small_world.propensities
    for name in ("posts_per_page", "repost", "like", "reply", "follow", "ai_share"):
        assert getattr(member, name) == np.float32(getattr(willing, name)[123])
    assert member.followees == len(small_world.graph.followees_of(123))
    assert all(math.isfinite(getattr(member, name)) for name in ("repost", "like", "reply"))


def test_visit_remembers_the_last_items_only() -> None:
    """As many as the kernel's columns are wide."""
    visit = Visit(key=1, end=1.0, next=0.0, pace=1.0, posting_mood=1.0, engaging_mood=1.0)
    visit.shown.extend(range(SHOWN + 5))
    assert list(visit.shown) == list(range(5, SHOWN + 5))
