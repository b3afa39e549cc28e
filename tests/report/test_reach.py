"""One cascade looked at closely: footprint, growth, communities, and which cascades are chosen."""

import made_runs
import numpy as np

from flashcrowd.report.metrics.activity import activity
from flashcrowd.report.metrics.footprint import footprints
from flashcrowd.report.metrics.forest import forest
from flashcrowd.report.metrics.reach import communities, growth, notable
from flashcrowd.report.metrics.virality import spread

NOBODY = {name: np.empty(0, np.int64) for name in ("member", "community")}


def two_cascades():
    """A star of four and a chain of twelve, with two likes and a thread of the star."""
    star = made_runs.tree_rows([0, 0, 0], t=[0.0, 10.0, 20.0, 400.0])
    chain = made_runs.tree_rows(list(range(11)), first=4)
    more = made_runs.action_rows(
        3, seq=[16, 17, 18], t=[5.0, 6.0, 7.0], action=["like", "like", "thread"], post=[0, 1, 0],
        root=[0, 0, 0], request=[7, -1, 8],
    )  # fmt: skip
    return made_runs.stacked(star, chain, more)


def test_footprint_counts_everything_but_the_original_itself():
    """Proves actions and requests of two cascades, and of one that is not there."""
    star, chain, none = footprints(two_cascades(), [0, 4, 99])
    assert star.counts == {"repost": 3, "like": 2, "thread": 1}
    assert (star.total, star.requests) == (6, 2)
    assert star.t.tolist() == [5.0, 6.0, 7.0, 10.0, 20.0, 400.0]
    assert chain.counts == {"repost": 11}
    assert none.total == 0


def test_growth_counts_reposts_since_the_original():
    """Proves the curve of the star."""
    grown = growth(forest(two_cascades()), 0)
    assert grown.delay_s.tolist() == [0.0, 10.0, 20.0, 400.0]
    assert grown.reposts.tolist() == [0, 1, 2, 3]


def test_notable_cascades_are_the_largest_then_the_most_viral():
    """Proves the order, and that a post without reposts is never chosen."""
    rows = made_runs.stacked(two_cascades(), made_runs.tree_rows([], first=20))
    trees = forest(rows)
    found = spread(trees, NOBODY)
    assert notable(trees, found, 1, 1) == [1]
    assert notable(trees, found, 3, 0) == [1, 0]


def test_communities_are_counted_most_first_and_the_rest_is_summed():
    """Proves the counts by hand: four members of communities 7, 7, 8, 9."""
    members = {"member": np.arange(4), "community": np.array([7, 7, 8, 9])}
    found = communities(forest(two_cascades()), 0, members, shown=1)
    assert found is not None
    assert (found.names, found.counts, found.rest) == ((7,), (2,), 2)
    assert communities(forest(two_cascades()), 0, NOBODY) is None


def test_activity_counts_each_cascade_once_a_bin():
    """Proves active cascades and reposts in bins of ten seconds."""
    found = activity(forest(two_cascades()), 0.0, 10.0, 3)
    assert found.active.tolist() == [1, 2, 1]
    assert found.reposts.tolist() == [9, 3, 1]
