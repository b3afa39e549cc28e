"""Tail exponents of samples whose exponent is known."""

import math

import numpy as np
import pytest

from flashcrowd.report.realism.measures.powerlaw import discrete_exponent, hill_exponent

SIZE = 50_000


@pytest.mark.parametrize("alpha", [2.2, 2.276, 3.5])
def test_hill_exponent_of_power_law_sample_is_its_exponent(alpha: float) -> None:
    """A Pareto sample gives its own exponent: within four standard errors (alpha - 1) / sqrt(top)."""
    sample = np.random.default_rng(1).pareto(alpha - 1, SIZE) + 1
    top = 5000
    assert hill_exponent(sample, top) == pytest.approx(alpha, abs=4 * (alpha - 1) / math.sqrt(top))


@pytest.mark.parametrize("alpha", [2.2, 3.5])
@pytest.mark.parametrize("least", [1, 3])
def test_discrete_exponent_of_zeta_sample_is_its_exponent(alpha: float, least: int) -> None:
    """Whole numbers of a zeta law give its exponent, wherever the tail begins; 3.5 is not clipped."""
    sample = np.random.default_rng(2).zipf(alpha, SIZE)
    tail = int((sample >= least).sum())
    assert discrete_exponent(sample, least) == pytest.approx(alpha, abs=5 * alpha / math.sqrt(tail))


@pytest.mark.parametrize("alpha", [2.2, 3.5])
def test_exponents_of_the_same_tail_agree(alpha: float) -> None:
    """Both estimators see the same tail of large whole numbers: they differ by less than 0.05."""
    sample = np.floor(100 * (np.random.default_rng(3).pareto(alpha - 1, SIZE) + 1))
    hill = hill_exponent(sample, 5000)
    likely = discrete_exponent(sample, int(np.sort(sample)[-5001]))
    assert hill == pytest.approx(likely, abs=0.05)


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 3.0, 3.0]])
def test_exponent_without_a_tail_is_unknown(values: list[float]) -> None:
    """Nothing, one value and equal values have no exponent."""
    assert math.isnan(hill_exponent(np.array(values), 2))
    assert math.isnan(discrete_exponent(np.array(values), 1))
