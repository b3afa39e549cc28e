"""Many keys at once, and how far a sample may lie from what it is drawn from."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from flashcrowd.core.draws import Purpose, fold, root_key

FIVE_SIGMA = 5.0
"""A correct draw fails one check in 1.7 million; the draws are fixed, so a pass stays a pass."""


def keys(count: int, part: int = 0) -> list[int]:
    """Keys of consecutive addresses; another `part` gives others."""
    root = fold(root_key(11, Purpose.SAMPLE), part)
    return [fold(root, number) for number in range(count)]


def assert_share(hits: Sequence[bool] | Any, share: float) -> None:
    """The share of hits is binomial: within five sigma, sqrt(p (1 - p) / n)."""
    n = len(hits)
    assert abs(np.mean(hits) - share) <= FIVE_SIGMA * math.sqrt(share * (1 - share) / n) + 1e-12


def assert_shares(found: Sequence[int] | Any, shares: Sequence[float] | Any) -> None:
    """How often each of 0, 1, … was found: each count is binomial, within five sigma."""
    counts = np.bincount(found, minlength=len(shares))
    assert len(counts) == len(shares)
    for count, share in zip(counts, shares, strict=True):
        sigma = math.sqrt(len(found) * share * max(0.0, 1 - share))
        assert abs(count - len(found) * share) <= FIVE_SIGMA * sigma + 1e-9


def assert_mean(sample: Any, mean: float, sigma: float) -> None:
    """The mean of n draws of standard deviation `sigma` lies within five of sigma / sqrt(n)."""
    assert abs(np.mean(sample) - mean) <= FIVE_SIGMA * sigma / math.sqrt(len(sample))


def assert_log_normal(sample: Any, median: float, sigma: float) -> None:
    """Mean and spread of the logarithm, each within five standard errors."""
    logs, n = np.log(sample), len(sample)
    assert abs(logs.mean() - math.log(median)) <= FIVE_SIGMA * sigma / math.sqrt(n)
    assert abs(logs.std() - sigma) <= FIVE_SIGMA * sigma / math.sqrt(2 * n)


def assert_distribution(sample: Any, cdf: Any) -> None:
    """Kolmogorov and Smirnov: sqrt(n) D > 2.5 has probability 2 exp(-12.5) = 7e-6."""
    n = len(sample)
    expected = cdf(np.sort(sample))
    steps = np.arange(n + 1) / n
    distance = max(np.abs(expected - steps[:-1]).max(), np.abs(expected - steps[1:]).max())
    assert distance < 2.5 / math.sqrt(n)
