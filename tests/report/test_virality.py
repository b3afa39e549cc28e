"""Measures of cascades against closed forms, networkx and trees worked out by hand."""

import math
from typing import Any

import made_runs
import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.report.metrics.forest import Forest, forest
from flashcrowd.report.metrics.virality import (
    by_size,
    communities_reached,
    repost_delay,
    reproduction,
    secondary_r,
    size_ccdf,
    spread,
    structural_virality,
    virality_metrics,
)

NOBODY = made_runs.members_columns(0)


@st.composite
def parents(draw: Any, most: int = 40) -> list[int]:
    """Any tree: the parent of node i + 1 is one of the nodes before it."""
    return [draw(st.integers(0, node)) for node in range(draw(st.integers(0, most)))]


def tree(parent: list[int], t: list[float] | None = None) -> Forest:
    """A forest of one cascade."""
    return forest(made_runs.tree_rows(parent, t))


@given(parents())
def test_structural_virality_is_the_mean_distance_of_networkx(parent: list[int]):
    """Proves the linear-time sum against the Wiener index of an independent library, on any tree."""
    graph = nx.Graph()
    graph.add_node(0)
    graph.add_edges_from((node + 1, above) for node, above in enumerate(parent))
    n = len(parent) + 1
    found = structural_virality(tree(parent))[0]
    if n == 1:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(2 * nx.wiener_index(graph) / (n * (n - 1)))


@given(st.lists(parents(most=12), min_size=1, max_size=6))
def test_measures_of_many_cascades_equal_those_of_each_alone(several: list[list[int]]):
    """Proves that handling all cascades at once changes nothing."""
    rows = made_runs.stacked(*(made_runs.tree_rows(p, first=100 * i) for i, p in enumerate(several)))
    together = spread(forest(rows), NOBODY)
    for number, parent in enumerate(several):
        alone = spread(tree(parent), NOBODY)
        for name in ("size", "depth", "breadth", "virality", "one_hop", "half_life_s", "t90_s"):
            np.testing.assert_allclose(getattr(together, name)[number], getattr(alone, name)[0], err_msg=name)


@pytest.mark.parametrize("n", [2, 5, 100])
def test_structural_virality_of_a_star_and_of_a_chain_has_its_closed_form(n: int):
    """Proves 2 (n - 1) / n for a broadcast and (n + 1) / 3 for a chain."""
    assert structural_virality(tree([0] * (n - 1)))[0] == pytest.approx(2 * (n - 1) / n)
    assert structural_virality(tree(list(range(n - 1))))[0] == pytest.approx((n + 1) / 3)


def test_spread_of_a_hand_worked_tree_is_right_in_every_measure():
    """Proves size, depth, breadth, one-hop share, offspring and delays on a tree worked out by hand."""
    trees = tree([0, 0, 1, 1, 3], t=[100, 110, 120, 130, 140, 200])
    found = spread(trees, NOBODY)
    assert (found.size[0], found.depth[0], found.breadth[0]) == (6, 3, 2)
    assert found.one_hop[0] == pytest.approx(2 / 5)
    assert secondary_r(trees)[0] == pytest.approx(3 / 5)
    assert (found.half_life_s[0], found.t90_s[0]) == (30, 100)
    assert reproduction(trees).tolist() == [2, 1, 0.5, 0]


def test_spread_of_an_empty_forest_is_empty_and_measures_nothing():
    """Proves that the empty table has a defined answer everywhere."""
    trees = forest(made_runs.action_rows(0))
    found = spread(trees, NOBODY)
    assert all(len(column) == 0 for column in vars(found).values())
    assert by_size(found) == ()
    assert virality_metrics(found, trees) == []
    assert [len(column) for column in size_ccdf(found.size)] == [0, 0]


def test_reproduction_of_a_branching_process_is_its_mean_offspring():
    """Proves R by generation and mean size 1 / (1 - R) on Galton-Watson trees, Poisson offspring.

    20,000 trees, R = 0.6: size has variance R / (1 - R)^3 = 9.4, its mean a standard error of 0.022;
    R of generation 1 has about sqrt(0.6 / 12000) = 0.007. Both get four standard errors.
    """
    random = np.random.default_rng(5)
    n, mean = 20_000, 0.6
    rows = _branching(random, n, mean)
    trees = forest(rows)
    assert trees.size.mean() == pytest.approx(1 / (1 - mean), abs=4 * 0.022)
    assert reproduction(trees)[:2] == pytest.approx([mean, mean], abs=4 * 0.007)


def test_communities_reached_counts_each_community_once():
    """Proves distinct communities of posters and reposters; an unknown member belongs to none."""
    members = made_runs.members_columns(4) | {"community": np.array([7, 7, 9, 3])}
    reached = communities_reached(tree([0, 0, 0, 0]), members)
    assert reached.tolist() == [3]
    assert np.isnan(communities_reached(tree([0]), NOBODY)).all()


def test_repost_delay_of_an_older_post_is_unknown():
    """Proves that a delay from an unrecorded original is NaN, not a number."""
    rows = {name: column[1:] for name, column in made_runs.tree_rows([0, 1]).items()}
    assert np.isnan(repost_delay(forest(rows), 0.5)).all()


@given(st.lists(st.integers(1, 500), min_size=1, max_size=200))
def test_size_ccdf_falls_from_one_to_the_share_of_the_largest(sizes: list[int]):
    """Proves the distribution at both ends and that it never rises."""
    x, share = size_ccdf(np.array(sizes))
    assert share[0] == 1
    assert share[-1] == pytest.approx(sizes.count(max(sizes)) / len(sizes))
    assert (np.diff(share) <= 0).all()
    assert (np.diff(x) > 0).all()


def test_by_size_puts_each_cascade_into_its_bucket():
    """Proves the bounds of the buckets: 9 belongs to 3-9, 10 to 10-29."""
    rows = made_runs.stacked(made_runs.tree_rows([0] * 8), made_runs.tree_rows([0] * 9, first=50))
    buckets = by_size(spread(forest(rows), NOBODY))
    assert [(bucket.least, bucket.count) for bucket in buckets] == [(3, 1), (10, 1)]
    assert buckets[1].virality[1] == pytest.approx(1.8)


def _branching(random: np.random.Generator, n: int, mean: float) -> dict[str, Any]:
    """Rows of `n` Galton-Watson trees with Poisson offspring, one generation below the other."""
    seq, root, blocks, first = np.arange(n), np.arange(n), [], n
    blocks.append(made_runs.action_rows(n, seq=seq, post=seq, root=root, action=["post"] * n))
    while len(seq):
        children = random.poisson(mean, len(seq))
        cause, root = np.repeat(seq, children), np.repeat(root, children)
        seq = first + np.arange(len(cause))
        first += len(cause)
        blocks.append(
            made_runs.action_rows(
                len(seq), seq=seq, post=seq, root=root, cause=cause, action=["repost"] * len(seq)
            )
        )
    return made_runs.stacked(*blocks)
