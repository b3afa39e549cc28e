"""Members as columns: rows are functions of their addresses, and the means are those that were asked."""

import math

import numpy as np
import pytest
from draws_of import FIVE_SIGMA, assert_mean, assert_share, assert_shares
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.draws import Purpose
from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.behaviour import POST_CEILING
from flashcrowd.sim.personas import persona_mix
from flashcrowd.sim.population import (
    POSTS_BY_AUDIENCE,
    REGION_OFFSET_H,
    REPOSTS_BY_AUDIENCE,
    SCENE,
    SESSIONS_CAP,
    Population,
    Propensities,
    build_population,
    correlated,
    normals,
    propensities,
    scene_starts,
    uniforms,
)
from flashcrowd.sim.session import POST_MOOD_SIGMA

N = 20_000
OF_THE_ADDRESS = ("persona", "region", "language", "offset_h", "dormant", "activity", "own_topic")
"""Columns that depend on seed and member alone."""


def drawn(members: int, **changes: object) -> Population:
    return build_population(Scenario().changed(**{"population.members": members, **changes}))


@pytest.fixture(scope="module")
def town() -> Population:
    """20,000 members as they are by default. Read only."""
    return drawn(N)


@pytest.mark.parametrize("column", OF_THE_ADDRESS)
def test_member_does_not_depend_on_how_many_there_are(column: str) -> None:
    """The first 500 of 1,000 members are the first 500 of 2,000."""
    one, other = getattr(drawn(1000), column), getattr(drawn(2000), column)
    assert one[:500].tolist() == other[:500].tolist()


@pytest.mark.parametrize("column", ["sessions_per_day", "fitness"])
def test_scaled_columns_differ_by_one_factor(column: str) -> None:
    """In units of the population's mean or median; below their caps ratios do not depend on its size."""
    one, other = getattr(drawn(1000), column)[:500], getattr(drawn(2000), column)[:500]
    capped = (one >= one.max()) | (other >= other.max())
    ratios = (one / other)[~capped]
    assert ratios.max() == pytest.approx(ratios.min())


def test_other_seed_draws_other_members() -> None:
    """Every random column changes."""
    one, other = drawn(5000), drawn(5000, seed=2)
    for column in (*OF_THE_ADDRESS, "sessions_per_day", "fitness", "main_topic", "community"):
        assert getattr(one, column).tolist() != getattr(other, column).tolist(), column


def test_columns_are_equally_long_and_typed(town: Population) -> None:
    """One row a member; codes point into their words."""
    assert town.size == N
    for name in Population.__slots__:
        column = getattr(town, name)
        if isinstance(column, np.ndarray) and name not in ("community_start", "scene_start"):
            assert column.shape == (N,), name
    for codes, words in (("persona", "personas"), ("region", "regions"), ("language", "languages")):
        assert getattr(town, codes).min() >= 0
        assert getattr(town, codes).max() < len(getattr(town, words))


def test_shares_are_those_of_the_scenario(town: Population) -> None:
    """Personas, regions and languages: each count is binomial, within five sigma."""
    settings = Scenario().population
    assert_shares(town.persona, persona_mix({}, "")[1])
    assert_shares(town.region, list(settings.regions.values()))
    assert_shares(town.language, list(settings.languages.values()))


def test_members_live_in_the_time_of_their_region(town: Population) -> None:
    """Hours east of UTC."""
    for code, name in enumerate(town.regions):
        assert set(town.offset_h[town.region == code]) == {REGION_OFFSET_H[name]}


def test_share_of_dormant_accounts_is_that_of_the_scenario(town: Population) -> None:
    """Among the personas that may be dormant; the others never are."""
    may = np.array([persona.may_be_dormant for persona in town.personas])[town.persona]
    assert_share(town.dormant[may], Scenario().population.dormant)
    assert not town.dormant[~may].any()
    assert (~may).sum() > 100


def test_latent_activity_is_standard_normal(town: Population) -> None:
    """Mean 0 and variance 1."""
    assert_mean(town.activity, 0.0, 1.0)
    assert abs(town.activity.var() - 1.0) < FIVE_SIGMA * math.sqrt(2 / N)


def test_sessions_have_the_mean_that_was_asked() -> None:
    """Among living members, as long as nobody is capped; dormant ones come far less."""
    town = drawn(N, **{"sessions.per_day": 0.1})
    living = town.sessions_per_day[~town.dormant]
    assert living.max() < SESSIONS_CAP
    assert living.mean() == pytest.approx(0.1)
    assert town.sessions_per_day[town.dormant].mean() < 0.2 * living.mean()


def test_sessions_are_capped() -> None:
    """Nobody comes more often than the cap allows, however many sessions are asked for."""
    assert drawn(2000, **{"sessions.per_day": 100.0}).sessions_per_day.max() == SESSIONS_CAP


def test_population_of_dormant_accounts_still_comes() -> None:
    """With nobody living there is no mean to divide by, and no row that is not a number."""
    asleep = drawn(500, **{"population.dormant": 1.0, "population.personas": {"casual": 1.0}})
    assert asleep.dormant.all()
    assert np.isfinite(asleep.sessions_per_day).all()
    assert (asleep.sessions_per_day > 0).all()


def test_fitness_is_in_units_of_its_median(town: Population) -> None:
    """Positive, and capped at n^0.7 while a scene holds all members."""
    assert np.median(town.fitness) == pytest.approx(1.0)
    assert town.fitness.min() > 0.0
    assert town.fitness.max() <= N**0.7


@pytest.mark.parametrize("members", [2, 3, 49, 50, 1000, N])
def test_communities_cover_all_members_in_order(members: int) -> None:
    """Neighbours share a community; the starts say where each begins and where the last one ends."""
    people = drawn(members)
    start = people.community_start
    assert (np.diff(start) > 0).all()
    assert (start[0], start[-1]) == (0, members)
    assert people.community.tolist() == np.repeat(np.arange(len(start) - 1), np.diff(start)).tolist()


def test_communities_are_no_larger_than_the_scenario_allows() -> None:
    """Nor smaller than the smallest, the last one excepted."""
    sizes = np.diff(drawn(N, **{"graph.largest_community": 300}).community_start)
    assert sizes.max() <= 300
    assert sizes[:-1].min() >= 50


@pytest.mark.parametrize(("members", "scenes"), [(2, 1), (SCENE, 1), (100_000, 2), (1_000_000, 21)])
def test_scenes_are_equal_stretches_of_all_members(members: int, scenes: int) -> None:
    """As many as are nearest to their usual size; no two differ by more than a member."""
    sizes = np.diff(scene_starts(members))
    assert (len(sizes), sizes.sum()) == (scenes, members)
    assert np.ptp(sizes) <= 1


def test_pull_of_an_account_does_not_grow_beyond_a_scene() -> None:
    """Three scenes have no larger hubs than one."""
    assert drawn(3 * SCENE).fitness.max() <= SCENE**0.7


def test_community_shares_its_topics(town: Population) -> None:
    """One main and one side topic each; over communities both are spread over all topics."""
    for column in (town.main_topic, town.side_topic):
        firsts = column[town.community_start[:-1]]
        assert column.tolist() == firsts[town.community].tolist()
        assert column.min() >= 0
        assert column.max() < 20
        assert len(set(firsts)) > 10
    assert_shares(town.own_topic, [1 / 20] * 20)


def test_posts_have_the_mean_that_was_asked(town: Population) -> None:
    """Posts a page times pages a day, averaged over all members; exact up to single precision."""
    scenario = Scenario().changed(**{"population.members": N})
    willing = propensities(scenario, town, np.zeros(N, np.int32))
    pages_per_day = town.sessions_per_day * scenario.sessions.budget / scenario.sessions.think
    posts_per_day = willing.posts_per_page * pages_per_day
    assert posts_per_day.mean() == pytest.approx(scenario.content.posts_per_day, rel=1e-5)
    assert posts_per_day[town.dormant].mean() < 0.05 * posts_per_day.mean()


@pytest.mark.parametrize("share", [0.0, 0.15, 0.3, 1.0])
def test_share_of_images_is_that_of_all_posts(town: Population, share: float) -> None:
    """As much as was asked, of the posts that pages leave room for, to a few per cent (200 moods are drawn);
    far more of the posts of few members."""
    scenario = Scenario().changed(**{"population.members": N, "content.ai_share": share})
    willing = propensities(scenario, town, np.zeros(N, np.int32))
    moods = np.exp(POST_MOOD_SIGMA * normals(2, Purpose.TRAIT, 200) - POST_MOOD_SIGMA**2 / 2)
    wishes = willing.posts_per_page[:, None].astype(float) * moods
    posts = town.sessions_per_day * (1.0 - np.exp(-wishes / POST_CEILING)).mean(axis=1)
    found = np.average(willing.ai_share.astype(float), weights=posts)
    assert found == pytest.approx(share, abs=0.05)
    assert share in (0.0, 1.0) or willing.ai_share.max() > 2 * share


def test_large_accounts_post_more_and_pass_on_less(town: Population) -> None:
    """A thousand followers: more posts by a power of 1 + 1000 / 10, fewer reposts by one of 1 + 1000 / 30."""
    scenario = Scenario().changed(**{"population.members": N})
    small = propensities(scenario, town, np.zeros(N, np.int32))
    followers = np.zeros(N, np.int32)
    followers[7] = 1000
    large = propensities(scenario, town, followers)
    others = np.arange(N) != 7
    posts = large.posts_per_page.astype(float) / small.posts_per_page
    assert posts[7] / posts[others].mean() == pytest.approx(101**POSTS_BY_AUDIENCE, rel=1e-4)
    assert large.repost[7] / small.repost[7] == pytest.approx(
        (1 + 1000 / 30) ** REPOSTS_BY_AUDIENCE, rel=1e-5
    )
    assert POSTS_BY_AUDIENCE > 0 > REPOSTS_BY_AUDIENCE
    assert large.repost[others].tolist() == small.repost[others].tolist()


@given(st.integers(min_value=0, max_value=2**63 - 1), st.integers(min_value=2, max_value=300))
def test_every_population_is_whole(seed: int, members: int) -> None:
    """No number is missing or infinite, whatever the seed and however small the world."""
    scenario = Scenario().changed(**{"population.members": members, "seed": seed})
    people = build_population(scenario)
    willing = propensities(scenario, people, np.arange(members, dtype=np.int32))
    assert np.isfinite(people.sessions_per_day).all()
    assert np.isfinite(people.fitness).all()
    for name in Propensities.__slots__:
        column = getattr(willing, name)
        assert np.isfinite(column).all()
        assert (column >= 0).all()


def test_unknown_region_is_told_with_the_nearest() -> None:
    """The error names scenario, field and what is known."""
    with pytest.raises(ScenarioError, match=r"population\.regions\.europa .*did you mean europe\?"):
        drawn(100, **{"population.regions": {"europa": 1.0}})


def test_columns_of_two_purposes_or_parts_are_uncorrelated() -> None:
    """r of 20,000 pairs has sigma 1 / sqrt(n)."""
    one = uniforms(1, Purpose.TRAIT, N)
    for other in (
        uniforms(1, Purpose.TRAIT, N, 1),
        uniforms(1, Purpose.REGION, N),
        uniforms(2, Purpose.TRAIT, N),
    ):
        assert abs(np.corrcoef(one, other)[0, 1]) < FIVE_SIGMA / math.sqrt(N)


@pytest.mark.parametrize("share", [0.0, 0.6, 1.0])
def test_correlated_columns_have_that_correlation(share: float) -> None:
    """And stay standard normal; r has sigma (1 - r^2) / sqrt(n)."""
    z, noise = normals(1, Purpose.ACTIVITY, N), normals(1, Purpose.TRAIT, N)
    column = correlated(z, share, noise)
    assert_mean(column, 0.0, 1.0)
    assert abs(np.corrcoef(z, column)[0, 1] - share) <= FIVE_SIGMA * (1 - share * share) / math.sqrt(N) + 1e-9
