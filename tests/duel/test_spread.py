"""How content spread in two societies: how far, and how at matched size."""

from types import SimpleNamespace

import numpy as np
import pytest

from flashcrowd.report.duel.spread import matched, reach_of, size_class, spread_figure


def shapes(sizes, virality):
    """Cascades of these sizes and structural viralities."""
    return {"size": np.array(sizes, float), "virality": np.array(virality, float)}


def test_larger_cascades_alone_are_no_difference():
    """Sides whose shape depends on size alone are equal at matched size, though their plain means differ."""
    rng = np.random.default_rng(1)
    small, large = rng.integers(3, 30, 400), rng.integers(10, 40, 400)
    before, after = (shapes(sizes, np.log(size_class(sizes))) for sizes in (small, large))
    first, second = matched(before, after)
    assert after["virality"].mean() > before["virality"].mean() + 0.3
    assert first["matched.virality"] == pytest.approx(second["matched.virality"])


def test_shape_that_changed_is_found_at_matched_size():
    """Cascades a tenth more viral at every size differ by exactly that, whatever their sizes are."""
    sizes = [3] * 40 + [7] * 40
    first, second = matched(shapes(sizes, np.sqrt(sizes)), shapes(sizes[::-1], 1.1 * np.sqrt(sizes[::-1])))
    assert second["matched.virality"] / first["matched.virality"] == pytest.approx(1.1)


def test_too_few_matched_cascades_say_nothing():
    """29 cascades of equal size are not compared; 30 are."""
    assert matched(shapes([5] * 29, [1.5] * 29), shapes([5] * 99, [1.5] * 99)) == ({}, {})
    assert matched(shapes([5] * 30, [1.5] * 30), shapes([5] * 99, [1.5] * 99))[0] == {"matched.virality": 1.5}


def test_measure_that_no_cascade_has_is_left_out():
    """Half-lives that are not known (NaN) on one side leave that figure out, and no other."""
    before, after = shapes([5] * 40, [1.5] * 40), shapes([5] * 40, [1.5] * 40)
    before["half_life"], after["half_life"] = np.full(40, 9.0), np.full(40, np.nan)
    assert set(matched(before, after)[0]) == {"matched.virality"}


def test_reach_counts_posts_that_nobody_shared():
    """Of 100 posts one has 9 reposts and nine have 1: 0.18 a post, a tenth shared, half of it the top one."""
    size = np.array([10, *[2] * 9, *[1] * 90])
    society = SimpleNamespace(spread=SimpleNamespace(size=size, recorded=np.ones(100, bool)))
    assert reach_of(society) == {"posts.reposts": 0.18, "posts.shared": 0.1, "posts.top_share": 0.5}


def test_nothing_shared_has_no_figures():
    """A society without reposts says nothing of how content spreads; no figure is better for being higher."""
    society = SimpleNamespace(spread=SimpleNamespace(size=np.ones(5), recorded=np.ones(5, bool)))
    assert reach_of(society) == {}
    assert {spread_figure(name).better for name in ("posts.reposts", "matched.depth")} == {"neither"}
