"""AI against other content, on a record written down by hand."""

import made_runs
import numpy as np
import pytest

from flashcrowd.report.metrics.forest import forest
from flashcrowd.report.metrics.kinds import kinds, kinds_metrics
from flashcrowd.report.metrics.virality import spread

NOBODY = {name: np.empty(0, np.int64) for name in ("member", "community")}


def made(n: int, reposts: int, ai: bool, first: int) -> dict:
    """`n` stars with the same number of reposts, and one like for each."""
    parts = []
    for number in range(n):
        begin = first + number * (reposts + 2)
        star = made_runs.tree_rows([0] * reposts, first=begin)
        like = made_runs.action_rows(
            1, seq=[begin + reposts + 1], action=["like"], post=[begin], root=[begin]
        )
        star["ai"][:] = ai
        like["ai"][:] = ai
        parts += [star, like]
    return made_runs.stacked(*parts)


def test_kinds_tell_ai_from_the_rest():
    """Proves means over all posts, and the comparison at matched size."""
    rows = made_runs.stacked(made(12, 4, True, 0), made(10, 4, False, 1000), made(10, 0, False, 2000))
    trees = forest(rows)
    found = kinds(rows, trees, spread(trees, NOBODY))
    assert (found.ai.posts, found.other.posts) == (12, 20)
    assert (found.ai.reposts_per_post, found.other.reposts_per_post) == (4.0, 2.0)
    assert found.other.unshared_share == 0.5
    assert found.ai.likes_per_post == found.other.likes_per_post == 1.0
    (matched,) = found.matched
    assert (matched.least, matched.counts) == (3, (12, 10))
    assert matched.virality == pytest.approx((1.6, 1.6))


def test_kinds_say_nothing_when_one_is_missing():
    """Proves that there are no metrics of a comparison that cannot be made."""
    rows = made(3, 1, True, 0)
    trees = forest(rows)
    assert kinds_metrics(kinds(rows, trees, spread(trees, NOBODY))) == []
