"""Decisions over scalars against their formulas; what may be calibrated is read from the module."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from draws_of import assert_log_normal, assert_share, assert_shares, keys
from hypothesis import assume, given
from hypothesis import strategies as st

from flashcrowd.core.draws import uniform
from flashcrowd.core.events import ACTION_CODE
from flashcrowd.sim import behaviour
from flashcrowd.sim.behaviour import LIKE, NOTHING, QUOTE, REPLY, REPOST, REPOST_CEILING

N = 20_000
SHARE = st.floats(min_value=0.0, max_value=1.0)
POSITIVE = st.floats(min_value=1e-6, max_value=1e6)
COUNT = st.integers(min_value=0, max_value=10**6)
TOPICS = st.integers(min_value=1, max_value=40)


def repost_chance(
    rate: float = 0.01,
    attended: float = 1.0,
    propensity: float = 1.0,
    appeal: float = 1.0,
    fresh: float = 1.0,
    is_repost: bool = False,
    transfer: float = 1.0,
    reposts: int = 0,
) -> float:
    return behaviour.repost_probability(
        rate, attended, propensity, appeal, fresh, is_repost, transfer, reposts
    )


def test_codes_of_reactions_are_those_of_the_record() -> None:
    """A reaction is written into the record as it is."""
    assert tuple(ACTION_CODE[name] for name in ("like", "reply", "repost")) == (LIKE, REPLY, REPOST)
    assert NOTHING not in ACTION_CODE.values()


def test_attention_falls_with_the_position() -> None:
    """(1 + p / 10)^-1/2: 1 at the top, half at position 30."""
    assert behaviour.position_factor(0) == 1.0
    assert behaviour.position_factor(30) == pytest.approx(0.5)
    factors = [behaviour.position_factor(position) for position in range(100)]
    assert all(later < earlier for earlier, later in itertools.pairwise(factors))


def test_attention_is_divided_among_followees() -> None:
    """(1 + followees / 50)^-1/2: all of it without any, half of it for 150."""
    assert behaviour.divided_attention(0) == 1.0
    assert behaviour.divided_attention(150) == pytest.approx(0.5)


def test_attention_is_the_product_of_its_parts() -> None:
    """Place, division, fit and mood."""
    assert behaviour.attention(30, behaviour.divided_attention(150), 0.5, 2.0) == pytest.approx(0.25)


@given(st.data(), TOPICS)
def test_interests_of_a_member_add_up_to_one(data: st.DataObject, topics: int) -> None:
    """Also where its main, side and own topic are the same one; no topic is without interest."""
    topic = st.integers(min_value=0, max_value=topics - 1)
    main, side, own = data.draw(topic), data.draw(topic), data.draw(topic)
    shares = [behaviour.interest(one, main, side, own, topics) for one in range(topics)]
    assert sum(shares) == pytest.approx(1.0)
    assert min(shares) > 0.0
    assert max(shares) in (shares[main], shares[own])


@pytest.mark.parametrize("kept", [(0, 1, 2), (3, 3, 3), (5, 0, 5)], ids=str)
def test_topics_are_drawn_as_the_interests_are(kept: tuple[int, int, int]) -> None:
    """What a member posts about and looks for has the distribution of what it likes to see."""
    found = [behaviour.topic_of_interest(key, *kept, topics=8) for key in keys(N)]
    assert_shares(found, [behaviour.interest(topic, *kept, topics=8) for topic in range(8)])


def test_match_grows_to_full_at_half_of_all_interest() -> None:
    """0.03 without interest, 1 from 0.5 on, straight between."""
    assert behaviour.match(0.0) == pytest.approx(0.03)
    assert behaviour.match(0.25) == pytest.approx(0.515)
    assert behaviour.match(0.5) == behaviour.match(0.9) == pytest.approx(1.0)


def test_small_chance_of_a_repost_is_the_product_of_its_parts() -> None:
    """The ceiling bends a chance x by x^2 / (2 ceiling) at most."""
    x = 0.001 * 0.5 * 2.0 * 3.0 * 0.25
    chance = repost_chance(rate=0.001, attended=0.5, propensity=2.0, appeal=3.0, fresh=0.25)
    assert x - x * x / (2 * REPOST_CEILING) <= chance <= x


@given(SHARE, SHARE, POSITIVE, POSITIVE, SHARE, st.booleans(), POSITIVE, COUNT)
def test_chance_of_a_repost_stays_below_its_ceiling(
    rate: float,
    attended: float,
    propensity: float,
    appeal: float,
    fresh: float,
    second: bool,
    transfer: float,
    reposts: int,
) -> None:
    """Whatever the item and the member; freshness still tells where appeal is huge (no clipping)."""
    chance = repost_chance(rate, attended, propensity, appeal, fresh, second, transfer, reposts)
    assert 0.0 <= chance <= REPOST_CEILING
    half = repost_chance(rate, attended, propensity, appeal, fresh / 2, second, transfer, reposts)
    assert half <= chance


@given(POSITIVE, COUNT, COUNT, st.booleans())
def test_chance_of_a_repost_falls_with_popularity(
    transfer: float, reposts: int, more: int, second: bool
) -> None:
    """The more have passed an item on, the fewer do who see it."""
    assume(more > 0)
    chance = repost_chance(is_repost=second, transfer=transfer, reposts=reposts)
    assert repost_chance(is_repost=second, transfer=transfer, reposts=reposts + more) <= chance


def test_popularity_is_scaled_by_its_constants() -> None:
    """First hand `KNOWN_SCALE` reposts halve the chance; second hand novelty falls, and nothing else."""
    tiny, scale, known = 1e-7, int(behaviour.NOVELTY_SCALE), int(behaviour.KNOWN_SCALE)
    first = repost_chance(rate=tiny)
    fresh = repost_chance(rate=tiny, is_repost=True)
    worn = repost_chance(rate=tiny, is_repost=True, reposts=scale)
    assert fresh / first == pytest.approx(behaviour.SECOND_HAND, rel=1e-5)
    assert fresh / worn == pytest.approx(2.0**behaviour.NOVELTY_DECAY, rel=1e-5)
    assert first / repost_chance(rate=tiny, reposts=known) == pytest.approx(2.0, rel=1e-5)


@pytest.mark.parametrize("chance", [behaviour.like_probability, behaviour.reply_probability])
def test_likes_and_replies_grow_with_a_root_of_appeal(chance: Callable[..., float]) -> None:
    """The 0.4th power: 32 times the appeal is four times the chance; huge appeal is no certainty."""
    assert chance(0.001, 0.5, 2.0, 1.0) == pytest.approx(0.001)
    assert chance(0.001, 0.5, 2.0, 32.0) == pytest.approx(0.004)
    assert chance(1.0, 1.0, 100.0, 1e6) <= 0.5


@given(*(POSITIVE,) * 3, SHARE, st.booleans(), *(POSITIVE,) * 3)
def test_no_chance_exceeds_the_ceiling_of_reactions(
    attended: float, propensity: float, appeal: float, fresh: float, again: bool, transfer: float, raw: float,
    answering: float,
) -> None:  # fmt: skip
    """Chances of all reactions together, with single precision of the item's allure."""
    chances = (
        repost_chance(0.01, attended, propensity, appeal, fresh, again, transfer, 3),
        behaviour.like_probability(0.5 * answering, attended, 1.0, raw),
        behaviour.reply_probability(0.5 * answering, attended, 1.0, raw),
    )
    allured = float(np.float32(behaviour.allure(raw)))
    ceiling = behaviour.reaction_ceiling(attended, 0.01 * propensity, appeal, transfer, answering, allured)
    assert sum(chances) <= ceiling


def test_one_draw_decides_between_reactions() -> None:
    """Each reaction has its chance, the rest do nothing; binomial, within five sigma."""
    found = [behaviour.reaction(key, 0.2, 0.3, 0.1, 0.0) for key in keys(N)]
    order = [REPOST, LIKE, REPLY, NOTHING]
    assert_shares([order.index(one) for one in found], [0.2, 0.3, 0.1, 0.4])


@given(st.integers(min_value=0, max_value=2**64 - 1))
def test_reaction_without_a_chance_is_nothing(key: int) -> None:
    """And what is certain happens."""
    assert behaviour.reaction(key, 0.0, 0.0, 0.0, 0.0) == NOTHING
    assert behaviour.reaction(key, 1.0, 0.0, 0.0, 0.0) == REPOST
    assert behaviour.reaction(key, 0.0, 0.0, 1.0, 0.0) == REPLY
    assert behaviour.reaction(key, 0.0, 0.0, 0.0, 1.0) == QUOTE


def test_some_of_those_who_react_follow() -> None:
    """With the rate times the propensity, whatever the reaction was (r has sigma 1 / sqrt(n))."""
    follows = np.array([behaviour.follows_author(key, 0.1, 1.5) for key in keys(N)])
    assert_share(follows, 0.15)
    liked = np.array([behaviour.reaction(key, 0.0, 0.5, 0.0, 0.0) == LIKE for key in keys(N)])
    assert abs(np.corrcoef(follows, liked)[0, 1]) < 5 / math.sqrt(N)


@given(st.floats(min_value=0.0, max_value=1e4), st.floats(min_value=0.0, max_value=1e4))
def test_chance_of_a_post_stays_below_its_ceiling(posts_per_page: float, mood: float) -> None:
    """It is never more than the mean that it stands for."""
    chance = behaviour.post_probability(posts_per_page, mood)
    assert 0.0 <= chance <= min(behaviour.POST_CEILING, posts_per_page * mood * (1 + 1e-12))


def test_small_chance_of_a_post_is_its_rate() -> None:
    """A member posts as often as its long-run mean says, as long as that is rare."""
    assert behaviour.post_probability(0.001, 2.0) == pytest.approx(0.002, rel=0.002)


def test_choices_of_a_page_are_independent() -> None:
    """To post, to want an image, to be refused: each has its share, and none tells another (sigma of r)."""
    here = keys(N)
    posts = np.array([behaviour.posts(key, 0.3) for key in here])
    images = np.array([behaviour.wants_image(key, 0.4) for key in here])
    blocked = np.array([behaviour.prompt_is_blocked(key, 0.2) for key in here])
    for hits, share in ((posts, 0.3), (images, 0.4), (blocked, 0.2)):
        assert_share(hits, share)
    for one, other in itertools.combinations((posts, images, blocked), 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 5 / math.sqrt(N)


def test_time_to_make_an_image_is_log_normal() -> None:
    """Median and spread as asked."""
    assert_log_normal([behaviour.generation_time(key, 12.0, 0.6, 1e9) for key in keys(N)], 12.0, 0.6)


def test_time_to_make_an_image_is_capped() -> None:
    """As many lie at the cap as the log-normal has beyond it."""
    times = np.array([behaviour.generation_time(key, 12.0, 0.6, 24.0) for key in keys(N)])
    assert times.max() == 24.0
    beyond = 0.5 * math.erfc(math.log(2.0) / 0.6 / math.sqrt(2))
    assert_share(times == 24.0, beyond)


def test_patience_is_log_normal_around_its_median() -> None:
    """And does not depend on how long the image takes."""
    here = keys(N)
    patience = [behaviour.generation_patience(key, 60.0) for key in here]
    assert_log_normal(patience, 60.0, behaviour.GENERATION_PATIENCE_SIGMA)
    times = [behaviour.generation_time(key, 12.0, 0.6, 1e9) for key in here]
    assert abs(np.corrcoef(np.log(patience), np.log(times))[0, 1]) < 5 / math.sqrt(N)


def test_reports_take_the_upper_end_of_the_draw() -> None:
    """With chance rate x offence, capped; what the lower end decides stays as it is."""
    draws = np.array([uniform(key) for key in keys(N)])
    for offence, share in ((1.0, 0.01), (20.0, 0.2), (1000.0, 0.01 * behaviour.WORST_OFFENCE)):
        reported = np.array([behaviour.reports(draw, 0.01, offence) for draw in draws])
        assert_share(reported, share)
        assert all(behaviour.may_object(draw, 0.01, 0.0) for draw in draws[reported])
    assert not any(behaviour.reports(draw, 0.0, 20.0) for draw in draws)


def test_unfollows_take_what_is_next_to_reports() -> None:
    """With chance rate x (1 - fit), never together with a report, and never of what fits perfectly."""
    draws = np.array([uniform(key) for key in keys(N)])
    for fit, share in ((0.0, 0.1), (0.6, 0.04), (1.0, 0.0)):
        left = np.array([behaviour.unfollows(draw, 0.001, 0.1, fit) for draw in draws])
        assert_share(left, share)
        assert all(behaviour.may_object(draw, 0.001, 0.1) for draw in draws[left])
        assert not any(behaviour.reports(draw, 0.001, 1000.0) for draw in draws[left])


def test_social_proof_needs_a_first_like() -> None:
    """Nothing without one, the same factor from one on."""
    assert [behaviour.social_proof(0.32, likes) for likes in (0, 1, 500)] == [1.0, 1.32, 1.32]
