"""Cascades worked out by hand, and branching processes against closed forms."""

import math
from typing import Any

import numpy as np
import pytest
from observed import observed, post, repost, rows

from flashcrowd.core.clock import DAY
from flashcrowd.report.realism import published
from flashcrowd.report.realism.fact import Reading
from flashcrowd.report.realism.measures import cascades


def _star(size: int, root: int, t: float = 0.0) -> list[dict[str, Any]]:
    """An original in row `root` and reposts of it, one a minute."""
    return [post(t, 0, root), *(repost(t + 60.0 * (n + 1), n % 9 + 1, root, root) for n in range(size - 1))]


def _branching(rate: float, roots: int) -> dict[str, Any]:
    """Rows of a Galton-Watson process with Poisson offspring."""
    rng = np.random.default_rng(5)
    lines = [post(0.0, 0, number) for number in range(roots)]
    front = list(range(roots))
    root_of = list(range(roots))
    generation = 0
    while front:
        generation += 1
        born = []
        for parent, many in zip(front, rng.poisson(rate, len(front)), strict=True):
            for _ in range(many):
                lines.append(repost(60.0 * generation, 1, root_of[parent], parent))
                root_of.append(root_of[parent])
                born.append(len(lines) - 1)
        front = born
    return rows(*lines)


def test_branching_process_has_its_closed_forms() -> None:
    """Poisson offspring of mean 0.6: exp(-0.6) are never reposted, the mean size is 1 / (1 - 0.6)."""
    rate, roots = 0.6, 20_000
    seen = observed(_branching(rate, roots))
    share = cascades.no_reshare(seen).figures["share"]
    chance = math.exp(-rate)
    assert share.value == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / roots))
    variance = rate / (1 - rate) ** 3  # of the total size (Good 1949)
    assert seen.spread.size.mean() == pytest.approx(1 / (1 - rate), abs=4 * math.sqrt(variance / roots))


def test_sizes_of_branching_process_have_the_borel_law() -> None:
    """The share of cascades of size n is exp(-rn) (rn)^(n-1) / n! (Borel 1942)."""
    rate, roots = 0.8, 20_000
    size = observed(_branching(rate, roots)).spread.size
    for n in (1, 2, 3, 6):
        law = math.exp(-rate * n) * (rate * n) ** (n - 1) / math.factorial(n)
        assert (size == n).mean() == pytest.approx(law, abs=4 * math.sqrt(law / roots))


def test_cascades_that_could_not_be_followed_up_are_left_out() -> None:
    """Of three originals, one belongs to the warm-up and one is younger than the follow-up."""
    lines = [post(0.5 * DAY, 0, 0), post(2 * DAY, 0, 1), post(7 * DAY, 0, 2)]
    seen = observed(rows(*lines, repost(2.1 * DAY, 1, 1, 1)), warm_up=1, follow_up=2)
    figure = cascades.no_reshare(seen).figures["share"]
    assert (figure.value, figure.n) == (0.0, 1)


def test_big_cascades_are_pooled_over_their_originals() -> None:
    """One big cascade of 2 originals, and none of 3: a fifth, not the mean of a half and nothing."""
    one = cascades.big_cascades(observed(rows(*_star(100, 0), post(0.0, 0, 100))))
    two = cascades.big_cascades(observed(rows(*(post(0.0, 0, number) for number in range(3)))))
    figure = cascades.pooled_share([one, two])["share"]
    assert (figure.value, figure.n) == (0.2, 5)


def test_structure_of_a_star_is_that_by_hand() -> None:
    """A star of 150: one hop, virality 2 - 2/n, depth 1, no reposts of reposts, half after 75 min."""
    reading = cascades.structure(observed(rows(*_star(150, 0), *_star(20, 150))))
    assert reading.samples["size"] == [150.0]
    assert cascades.one_hop([reading])["mean"].value == 1.0
    assert cascades.structural_virality([reading])["median_100"].value == pytest.approx(2 - 2 / 150, rel=1e-5)
    assert cascades.depth_breadth([reading])["depth_100"].value == 1.0
    assert cascades.depth_breadth([reading])["breadth_100"].value == pytest.approx(149 / 150, rel=1e-5)
    assert cascades.secondary_r([reading])["max"].value == 0.0
    assert cascades.half_life([reading])["median"].value == 75.0


def test_virality_is_held_against_its_own_bucket() -> None:
    """A cascade of 250 is no evidence on those of 100 to 199."""
    figures = cascades.structural_virality([cascades.structure(observed(rows(*_star(250, 0))))])
    assert figures["median_100"].n == 0
    assert figures["median_200"].n == 1
    assert math.isnan(figures["ks_100"].value)


def test_rank_of_size_and_virality_is_spearmans() -> None:
    """Virality that falls with size has rank -1; one that does not vary has none."""
    falling = {"size": [100.0, 200.0, 300.0], "virality": [3.0, 2.5, 2.0], "originals": [1000.0]}
    assert cascades.size_virality_rank([Reading(samples=falling)])["rank"].value == pytest.approx(-1)
    flat = falling | {"virality": [2.0, 2.0, 2.0]}
    assert math.isnan(cascades.size_virality_rank([Reading(samples=flat)])["rank"].value)


def test_half_life_ratio_is_that_of_quantiles() -> None:
    """Half-lives of 1 to 101 minutes: median 51, 90 % over 10 % quantile 91 / 11."""
    samples = {"size": [100.0] * 101, "half_life_min": list(map(float, range(1, 102))), "originals": [9.0]}
    figures = cascades.half_life([Reading(samples=samples)])
    assert figures["median"].value == 51
    assert figures["ratio"].value == pytest.approx(91 / 11)


def test_big_cascades_that_are_due_are_counted() -> None:
    """Of a million originals at least 80 should be big: a model without any is known to lack them."""
    reading = Reading(samples={"size": [], "one_hop": [], "originals": [1e6]})
    assert cascades.one_hop([reading])["mean"].due == 80


def test_popularity_exponent_of_zeta_sizes_is_theirs() -> None:
    """Sizes of a zeta law with exponent 2.2, pooled from two runs; five standard errors."""
    sizes = np.random.default_rng(1).zipf(2.2, 200_000)
    tail = sizes[sizes >= cascades.TAIL].astype(float)
    readings = [Reading(samples={"size": half.tolist()}) for half in np.array_split(tail, 2)]
    figure = cascades.pooled_exponent(readings)["exponent"]
    assert figure.value == pytest.approx(2.2, abs=5 * 1.2 / math.sqrt(len(tail)))


def test_distance_to_own_quantiles_is_small() -> None:
    """A sample drawn by the published quantiles is nowhere further from them than chance allows, at 1 %."""
    quantiles = published.STRUCTURAL_VIRALITY[100]
    n = 2000
    drawn = np.interp(np.random.default_rng(1).uniform(size=n), published.levels(quantiles), quantiles)
    assert published.distance(drawn, quantiles) < 1.63 / math.sqrt(n)
    assert published.distance(drawn + 10, quantiles) == 1.0


@pytest.mark.parametrize("shift", [0.0, 0.1, 0.4])
def test_distance_is_that_of_kolmogorov_and_smirnov(shift: float) -> None:
    """With the quantiles of a sample in place of the sample, D differs by less than one of their steps."""
    from scipy.stats import ks_2samp

    rng = np.random.default_rng(2)
    real, ours = rng.lognormal(0.3, 0.2, 377), rng.lognormal(0.3 + shift, 0.25, 150)
    quantiles = np.quantile(real, np.linspace(0, 1, 51))
    assert published.distance(ours, quantiles) == pytest.approx(ks_2samp(ours, real).statistic, abs=0.02)


def test_nothing_posted_is_no_error() -> None:
    """Every measure of cascades has an answer for a run without any."""
    seen = observed(rows())
    assert math.isnan(cascades.no_reshare(seen).figures["share"].value)
    reading = cascades.structure(seen)
    for pool in (cascades.one_hop, cascades.structural_virality, cascades.size_virality_rank,
                 cascades.depth_breadth, cascades.half_life, cascades.secondary_r):  # fmt: skip
        assert all(math.isnan(figure.value) and not figure.n for figure in pool([reading]).values())
    assert math.isnan(cascades.pooled_share([cascades.big_cascades(seen)])["share"].value)
