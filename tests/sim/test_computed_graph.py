"""The procedural form: computed from either end, it holds the same follows as when it is written out."""

import numba
import numpy as np
import pytest

from flashcrowd.core.scenario import Scenario
from flashcrowd.sim import follows, procedural
from flashcrowd.sim.compiled import prepare
from flashcrowd.sim.computed_graph import ComputedGraph, compute_graph
from flashcrowd.sim.graph import FollowGraph
from flashcrowd.sim.population import Population, build_population
from flashcrowd.sim.procedural import BLOCK
from flashcrowd.sim.world import MOST_STORED, graph_of

MEMBERS = 3000

prepare()


@pytest.fixture(scope="module")
def people() -> Population:
    """3,000 members: 47 blocks, the last of which is not full. Read only."""
    return build_population(Scenario().changed(**{"population.members": MEMBERS}))


@pytest.fixture(scope="module")
def graph(people: Population) -> ComputedGraph:
    """Their follows. Read only."""
    return compute_graph(Scenario().changed(**{"population.members": MEMBERS}), people)


@pytest.fixture(scope="module")
def written(graph: ComputedGraph) -> FollowGraph:
    """The same follows, written out. Read only."""
    return graph.stored()


def test_lists_of_both_directions_are_those_written_out(graph: ComputedGraph, written: FollowGraph) -> None:
    """Followees come from the members' own stubs, followers from the inverse: they are the same follows."""
    for member in range(0, MEMBERS, 7):
        assert np.array_equal(graph.followees_of(member), written.followees_of(member)), member
        assert np.array_equal(graph.followers_of(member), written.followers_of(member)), member


def test_counts_are_those_written_out(graph: ComputedGraph, written: FollowGraph) -> None:
    """Of followers, of followees, and of all follows."""
    assert np.array_equal(graph.degree, np.diff(written.start))
    assert np.array_equal(graph.followers, np.diff(written.followed_start))
    assert graph.edges == written.edges > 20 * MEMBERS


def test_compiled_code_sees_the_same_follows_in_both_forms(
    graph: ComputedGraph, written: FollowGraph
) -> None:
    """Whether one follows another, over all members of a few blocks and some far away."""
    asked = numba.njit(follows.follows)
    computed, stored = graph.columns(), written.columns()
    some = [*range(0, 2 * BLOCK, 5), *range(MEMBERS - BLOCK, MEMBERS, 9), int(graph.followers.argmax())]
    found = [(asked(computed, u, v), asked(stored, u, v)) for u in some for v in some]
    assert all(one == other for one, other in found)
    assert sum(one for one, _ in found) > 20


def test_follows_of_the_default_world_come_from_all_three_kinds(graph: ComputedGraph) -> None:
    """Pairs and follows at large outnumber members; some have local ones only in their own block."""
    assert graph.recipe.large.total > 10 * MEMBERS
    assert graph.recipe.pairs.total > 2 * MEMBERS
    blocks = np.concatenate([graph.followees_of(u) // BLOCK == u // BLOCK for u in range(0, MEMBERS, 5)])
    assert blocks.mean() > 0.1


def test_pairs_are_mutual(graph: ComputedGraph) -> None:
    """The partner's stubs lead back."""
    partner = numba.njit(procedural.partner)
    stubs = graph.recipe.pairs
    first = np.cumsum(stubs.own) - stubs.own
    for u in range(0, MEMBERS, 11):
        for stub in range(int(first[u]), int(first[u]) + int(stubs.own[u])):
            v = partner(stubs, stub)
            back = [partner(stubs, int(first[v]) + i) for i in range(int(stubs.own[v]))]
            assert u in back


def test_in_stubs_follow_fitness(people: Population, graph: ComputedGraph) -> None:
    """All in-stubs are dealt out, in proportion to fitness but for rounding."""
    in_stubs = numba.njit(procedural.in_stubs)
    many = np.array([in_stubs(graph.recipe, v)[1] for v in range(MEMBERS)])
    assert many.sum() == graph.recipe.large.total
    expected = np.sort(people.fitness / people.fitness.sum() * graph.recipe.large.total)
    assert np.abs(np.sort(many) - expected).max() <= 1


def test_dormant_members_pull_nobody_in_their_block(people: Population, graph: ComputedGraph) -> None:
    """They have the least fitness: followers at large, if any, but no pairs."""
    assert not graph.recipe.pairs.own[people.dormant].any()
    assert graph.followers[people.dormant].mean() < 0.1 * graph.followers.mean()


def test_form_is_what_the_scenario_says(people: Population) -> None:
    """Stored unless it says otherwise or is too large for it."""
    scenario = Scenario().changed(**{"population.members": MEMBERS})
    assert graph_of(scenario, people).form == "stored"
    assert graph_of(scenario.changed(**{"graph.form": "procedural"}), people).form == "procedural"
    assert MOST_STORED >= 10_000_000


def test_degree_of_a_member_is_its_place_in_the_column_in_both_forms(graph: ComputedGraph) -> None:
    """One member's count costs no look at all the others."""
    stored = graph.stored()
    some = range(0, MEMBERS, 97)
    for form in (graph, stored):
        assert [form.degree_of(u) for u in some] == graph.degree[::97].tolist()


def test_same_seed_makes_the_same_follows(people: Population, graph: ComputedGraph) -> None:
    """And another seed others."""
    scenario = Scenario().changed(**{"population.members": MEMBERS})
    again = compute_graph(scenario, people)
    other = compute_graph(scenario.changed(seed=2), people)
    assert np.array_equal(again.followees_of(5), graph.followees_of(5))
    assert not np.array_equal(other.degree, graph.degree)
