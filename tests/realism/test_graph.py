"""Measures of the follow graph against networkx."""

import networkx as nx
import numpy as np
import pytest
from observed import follow_lists, observed, rows

from flashcrowd.report.realism.measures import graph as measures
from flashcrowd.report.realism.measures.clustering import local_clustering, reciprocity
from flashcrowd.report.realism.measures.observation import FollowLists
from flashcrowd.report.realism.measures.paths import hop_counts, mean_path

MEMBERS = 150


@pytest.fixture(scope="module", params=[0.01, 0.04, 0.3])
def directed(request: pytest.FixtureRequest) -> nx.DiGraph:
    """A random directed graph with some mutual follows; the sparse one has members that nobody reaches."""
    made = nx.gnp_random_graph(MEMBERS, request.param, seed=4, directed=True)
    made.add_edges_from([(v, u) for u, v in list(made.edges)[::3]])
    return made


@pytest.fixture
def lists(directed: nx.DiGraph) -> FollowLists:
    """The same graph as lists."""
    return follow_lists(list(directed.edges), MEMBERS)


def test_mean_path_equals_that_of_networkx(directed: nx.DiGraph, lists: FollowLists) -> None:
    """Searching from all members at once, three words of bits, gives every distance of every pair."""
    lengths = [
        hops for _, reached in nx.all_pairs_shortest_path_length(directed) for hops in reached.values()
    ]
    counts = hop_counts(lists, np.arange(MEMBERS))
    assert counts.tolist() == np.bincount(lengths).tolist()
    away = [hops for hops in lengths if hops]
    assert mean_path(counts) == pytest.approx(sum(away) / len(away))


def test_clustering_equals_that_of_networkx(directed: nx.DiGraph, lists: FollowLists) -> None:
    """Local clustering of every member of the undirected graph, those with fewer than two neighbours 0."""
    wanted = nx.clustering(directed.to_undirected())
    found = local_clustering(lists, np.arange(MEMBERS))
    assert found.tolist() == pytest.approx([wanted[member] for member in range(MEMBERS)])


def test_reciprocity_equals_that_of_networkx(directed: nx.DiGraph, lists: FollowLists) -> None:
    """Mutual follows over all follows."""
    assert reciprocity(lists) == pytest.approx(nx.overall_reciprocity(directed))


def test_follower_concentration_of_a_star_is_total() -> None:
    """When all follow one of ten, the top fifth has every follower."""
    star = follow_lists([(member, 0) for member in range(1, 10)], 10)
    reading = measures.follower_concentration(observed(rows(), graph=star))
    assert reading.figures["share"].value == 1.0


def test_measures_of_an_empty_graph_are_unknown_not_errors() -> None:
    """No follows at all: shares and distances are NaN, clustering and follows 0."""
    seen = observed(rows(), graph=follow_lists([], 10))
    assert np.isnan(measures.reciprocity(seen).figures["share"].value)
    assert np.isnan(measures.mean_path(seen).figures["hops"].value)
    assert np.isnan(measures.indegree_tail(seen).figures["hill"].value)
    assert measures.clustering(seen).figures["mean"].value == 0.0
    assert measures.mean_follows(seen).figures["follows"].value == 0.0


def test_measures_without_a_graph_of_their_own_are_absent() -> None:
    """A null model is not asked for the graph that it was given."""
    assert measures.reciprocity(observed(rows())).absent
