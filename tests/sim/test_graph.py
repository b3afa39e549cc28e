"""The follow graph: its form, how it is drawn, and the facts that it owes at 100,000 members."""

import networkx as nx
import numpy as np
import pytest
from draws_of import assert_shares
from hypothesis import given, settings
from hypothesis import strategies as st

from flashcrowd.core.scenario import Scenario
from flashcrowd.sim import graph as graph_module
from flashcrowd.sim.graph import FollowGraph
from flashcrowd.sim.population import SCENE, Population, build_population
from flashcrowd.sim.world import graph_of

CITY = 100_000
FORMS = ("stored", "procedural")


def drawn(members: int, **changes: object) -> tuple[Population, FollowGraph]:
    scenario = Scenario().changed(**{"population.members": members, "graph.form": "stored", **changes})
    people = build_population(scenario)
    return people, graph_of(scenario, people).stored()


@pytest.fixture(scope="module", params=FORMS)
def city(request: pytest.FixtureRequest) -> FollowGraph:
    """100,000 members as they are by default, in either form. Read only."""
    return drawn(CITY, **{"graph.form": request.param})[1]


def sources_of(graph: FollowGraph) -> np.ndarray:
    """Who follows, for each of `graph.followees`."""
    return np.repeat(np.arange(len(graph.followers)), np.diff(graph.start))


def edges_of(graph: FollowGraph) -> set[tuple[int, int]]:
    return set(zip(sources_of(graph).tolist(), graph.followees.tolist(), strict=True))


def assert_whole(graph: FollowGraph, members: int) -> None:
    """Both directions: ascending lists, no duplicates, no self loops, one the mirror of the other."""
    sources = sources_of(graph)
    mirrored = np.repeat(np.arange(members), np.diff(graph.followed_start))
    for start, owner, other in (
        (graph.start, sources, graph.followees),
        (graph.followed_start, mirrored, graph.followed_by),
    ):
        assert (len(start), start[0], start[-1]) == (members + 1, 0, graph.edges)
        assert (other.dtype, other.shape) == (np.int32, (graph.edges,))
        assert ((other >= 0) & (other < members)).all()
        assert (owner != other).all()
        assert (np.diff(owner * members + other) > 0).all()
    order = np.lexsort((mirrored, graph.followed_by))
    assert np.array_equal(graph.followed_by[order], sources)
    assert np.array_equal(mirrored[order], graph.followees)
    assert np.array_equal(graph.followers, np.bincount(graph.followees, minlength=members))
    assert graph.followers.dtype == np.int32


@given(
    st.integers(min_value=2, max_value=150),
    st.integers(min_value=0, max_value=2**63 - 1),
    st.floats(min_value=0.5, max_value=200.0),
    st.floats(min_value=0.0, max_value=1.0),
    st.floats(min_value=0.0, max_value=1.0),
    st.sampled_from(FORMS),
)
@settings(max_examples=40)
def test_every_graph_is_whole(
    members: int, seed: int, follows: float, triadic: float, follow_back: float, form: str
) -> None:
    """However small the world and dense the follows."""
    changes = {"graph.triadic_share": triadic, "graph.follow_back": follow_back, "graph.form": form}
    _, graph = drawn(members, seed=seed, **{"graph.mean_follows": follows, **changes})
    assert_whole(graph, members)


def test_graph_of_a_city_is_whole(city: FollowGraph) -> None:
    """The same at a size where hubs have thousands of followers."""
    assert_whole(city, CITY)


def test_lists_of_a_member_are_its_rows() -> None:
    """Whom it follows, and who follows it."""
    _, graph = drawn(300)
    edges = edges_of(graph)
    for member in (0, 17, 299):
        assert set(graph.followees_of(member).tolist()) == {v for u, v in edges if u == member}
        assert set(graph.followers_of(member).tolist()) == {u for u, v in edges if v == member}


def test_same_seed_draws_the_same_graph() -> None:
    """To the last edge; another seed draws another."""
    one, same, other = (drawn(1000, seed=seed)[1] for seed in (1, 1, 2))
    assert one.followees.tolist() == same.followees.tolist()
    assert one.start.tolist() == same.start.tolist()
    assert one.followees.tolist() != other.followees.tolist()


@given(st.lists(st.floats(min_value=1e-3, max_value=1e3), min_size=1, max_size=60), st.data())
def test_place_on_the_line_of_fitness_is_found(fitness: list[float], data: st.DataObject) -> None:
    """The guide table finds what a binary search finds: the member in whose stretch the value lies."""
    cumulated = np.concatenate(([0.0], np.cumsum(fitness)))
    guide = graph_module._guide_table(cumulated)
    value = data.draw(st.floats(min_value=0.0, max_value=float(cumulated[-1]), exclude_max=True))
    found = graph_module._locate(value, cumulated, guide)
    assert found == np.searchsorted(cumulated, value, side="right") - 1


def test_accounts_are_followed_in_proportion_to_their_fitness() -> None:
    """Those who follow one account (nothing was dropped) chose it so: ten classes of fitness, binomial."""
    only_fitness = {"graph.community_share": 0.0, "graph.triadic_share": 0.0, "graph.follow_back": 0.0}
    people, graph = drawn(20_000, **{"graph.mean_follows": 1.0, **only_fitness})
    single = np.flatnonzero(np.diff(graph.start) == 1)
    targets = graph.followees[graph.start[single]]
    assert len(targets) > 2000
    edges = np.cumsum(people.fitness) / people.fitness.sum()
    classes = np.minimum((edges * 10).astype(int), 9)
    shares = np.bincount(classes, weights=people.fitness, minlength=10) / people.fitness.sum()
    assert_shares(classes[targets], shares)


def test_follows_stay_inside_the_community_if_all_are_local() -> None:
    """With a local share of 1, and follow-backs, which stay inside too."""
    people, graph = drawn(2000, **{"graph.community_share": 1.0})
    assert np.array_equal(people.community[sources_of(graph)], people.community[graph.followees])


def test_follows_stay_inside_the_scene_if_all_are_local() -> None:
    """Two scenes: a follow crosses their border only inside the community that lies across it."""
    settings = {"graph.scene_share": 1.0, "graph.triadic_share": 0.0, "graph.mean_follows": 3.0}
    people, graph = drawn(2 * SCENE, **settings)
    assert len(people.scene_start) == 3
    border = people.scene_start[1]
    crossing = (sources_of(graph) < border) != (graph.followees < border)
    at_border = people.community[border - 1] == people.community[border]
    shared = people.community == people.community[border]
    assert not (crossing & ~(at_border & shared[sources_of(graph)])).any()


def test_triangles_are_closed_over_followees() -> None:
    """All follows lead to a followee of a first choice, or to a choice that follows nobody."""
    plain = {"graph.follow_back": 0.0, "graph.mean_follows": 5.0}
    _, first = drawn(500, **{"graph.triadic_share": 0.0, **plain})
    _, closed = drawn(500, **{"graph.triadic_share": 1.0, **plain})
    assert edges_of(first) != edges_of(closed)
    for source, target in edges_of(closed):
        friends = set(first.followees_of(source).tolist())
        assert target in friends or any(target in first.followees_of(friend) for friend in friends)


def test_dormant_accounts_do_not_follow_back() -> None:
    """Follow-backs add follows of living members only, and each returns a follow."""
    people, without = drawn(2000, **{"graph.follow_back": 0.0})
    _, with_them = drawn(2000, **{"graph.follow_back": 1.0})
    before, after = edges_of(without), edges_of(with_them)
    added = after - before
    assert before < after
    assert not any(people.dormant[source] for source, _ in added)
    assert all((target, source) in before for source, target in added)


def test_chance_of_a_follow_back_is_as_stated() -> None:
    """most x min(1, 3 f_s / f_t)^0.7 x min(1, f_s / 4)^0.5, over 20,000 pairs of one kind, binomial."""
    members = 20_001
    fitness = np.concatenate((np.full(members - 1, 2.0), [60.0]))
    dormant = np.zeros(members, bool)
    back = [
        graph_module._follows_back(12345, source, members - 1, fitness, dormant, 0.7)
        for source in range(members - 1)
    ]
    chance = 0.7 * (3 * 2 / 60) ** 0.7 * (2 / 4) ** 0.5
    assert abs(np.mean(back) - chance) < 5 * np.sqrt(chance * (1 - chance) / len(back))
    dormant[-1] = True
    assert not graph_module._follows_back(12345, 0, members - 1, fitness, dormant, 1.0)
    assert not graph_module._follows_back(12345, 5, 5, fitness, np.zeros(members, bool), 1.0)


def local_clustering(graph: FollowGraph, member: int) -> float:
    """The share of pairs of neighbours (in either direction) that are neighbours too."""

    def neighbours(one: int) -> np.ndarray:
        return np.union1d(graph.followees_of(one), graph.followers_of(one))

    around = neighbours(member)
    if len(around) < 2:
        return 0.0
    ties = sum(len(np.intersect1d(around, neighbours(one), assume_unique=True)) for one in around.tolist())
    return ties / (len(around) * (len(around) - 1))


def test_clustering_is_what_networkx_says() -> None:
    """The measure used below, on every member of a small world."""
    _, graph = drawn(400)
    network = nx.Graph(edges_of(graph))
    network.add_nodes_from(range(400))
    expected = nx.clustering(network)
    assert [local_clustering(graph, member) for member in range(400)] == pytest.approx(
        [expected[member] for member in range(400)]
    )


def test_reciprocity_of_a_city(city: FollowGraph) -> None:
    """Published: 0.20 to 0.45 of all follows are mutual."""
    follows = sources_of(city) * CITY + city.followees
    followed = np.repeat(np.arange(CITY), np.diff(city.followed_start)) * CITY + city.followed_by
    nearest = follows[np.minimum(np.searchsorted(follows, followed), city.edges - 1)]
    assert 0.20 <= (nearest == followed).mean() <= 0.45


def test_followers_of_a_city_are_concentrated(city: FollowGraph) -> None:
    """Published: the top 20 % hold 0.85 of all followers or more."""
    ordered = np.sort(city.followers)[::-1]
    assert ordered[: CITY // 5].sum() / ordered.sum() >= 0.85


def test_tail_of_the_followers_of_a_city(city: FollowGraph) -> None:
    """Published: exponent 2.0 to 2.6, by Hill on the top 1 % (1,000 members, standard error 0.04)."""
    tail = np.sort(city.followers)[::-1][: CITY // 100].astype(float)
    assert 2.0 <= 1 + 1 / np.log(tail[:-1] / tail[-1]).mean() <= 2.6


def test_clustering_of_a_city(city: FollowGraph) -> None:
    """Published: mean local clustering of 0.10 to 0.40; 200 members, standard error below 0.02."""
    local = [local_clustering(city, member) for member in range(0, CITY, CITY // 200)]
    assert np.std(local) / np.sqrt(len(local)) < 0.02
    assert 0.10 <= np.mean(local) <= 0.40
