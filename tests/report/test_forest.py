"""Cascades as trees: who hangs on whom."""

import made_runs
import numpy as np

from flashcrowd.report.metrics.forest import forest


def test_forest_of_a_hand_written_tree_has_its_depths_and_subtrees():
    """Proves parents, generations and subtree sizes on a tree worked out by hand."""
    trees = forest(made_runs.tree_rows([0, 0, 1, 1, 3]))
    assert trees.parent.tolist() == [-1, 0, 0, 1, 1, 3]
    assert trees.depth.tolist() == [0, 1, 1, 2, 2, 3]
    assert trees.subtree.tolist() == [6, 4, 1, 2, 1, 1]
    assert trees.size.tolist() == [6]


def test_forest_of_no_actions_is_empty():
    """Proves that the empty table has a defined answer."""
    trees = forest(made_runs.action_rows(0))
    assert (trees.n_cascades, trees.n_nodes, len(trees.size)) == (0, 0, 0)


def test_forest_of_two_interleaved_cascades_keeps_them_apart():
    """Proves that a cause is looked for by `seq`, not by place in the table."""
    one = made_runs.tree_rows([0, 1], first=100)
    other = made_runs.tree_rows([0], first=500)
    rows = made_runs.stacked(one, other)
    mixed = {name: column[[0, 3, 1, 4, 2]] for name, column in rows.items()}
    trees = forest(mixed)
    assert trees.size.tolist() == [3, 2]
    assert sorted(trees.depth.tolist()) == [0, 0, 1, 1, 2]


def test_repost_without_a_known_cause_hangs_on_the_root():
    """Proves that an unknown, later or foreign cause is replaced by the original."""
    rows = made_runs.stacked(made_runs.tree_rows([0, 1, 1, 1]), made_runs.tree_rows([], first=50))
    rows["cause"][1:5] = [-1, 9999, 4, 50]
    trees = forest(rows)
    assert trees.parent.tolist() == [-1, -1, 0, 0, 0, 0]


def test_repost_of_an_older_post_makes_a_cascade_without_a_recorded_root():
    """Proves that cascades begun before the run are kept, and told from those in the record."""
    rows = {name: column[1:] for name, column in made_runs.tree_rows([0, 1], first=7).items()}
    rows["ai"][:] = True
    trees = forest(rows)
    assert (trees.n_cascades, trees.n_recorded) == (1, 0)
    assert trees.depth.tolist() == [0, 1, 2]
    assert np.isnan(trees.t[0])
    assert trees.ai.tolist() == [True]


def test_posts_and_reposts_that_failed_are_no_nodes():
    """Proves that only what ended ok spreads."""
    rows = made_runs.tree_rows([0, 0, 0])
    rows["outcome"][2] = 2
    assert forest(rows).size.tolist() == [3]


def test_chain_of_thousands_is_as_deep_as_it_is_long():
    """Proves that depth has no limit of recursion."""
    trees = forest(made_runs.tree_rows(list(range(3000))))
    assert trees.depth[-1] == 3000
