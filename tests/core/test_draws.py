"""Addressed randomness against known distributions; every tolerance follows from the number of draws."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core import draws
from flashcrowd.core.draws import Purpose

U64 = st.integers(min_value=0, max_value=2**64 - 1)
INT64 = st.integers(min_value=-(2**63), max_value=2**63 - 1)
DRAWS = 20_000
FIVE_SIGMA = 5.0
"""A correct generator fails one check in 1.7 million; the draws are fixed, so a pass stays a pass."""


def keys(count: int = DRAWS, purpose: int = Purpose.SAMPLE) -> Any:
    """Keys of consecutive members: addresses as alike as they get."""
    return draws.fold(draws.root_key(7, purpose), np.arange(count, dtype=np.uint64))


def test_mixer_gives_published_values_of_splitmix64() -> None:
    """`mix` of the state sequence of seed 1234567 is SplitMix64 as its authors publish it."""
    golden = 0x9E3779B97F4A7C15
    states = [(1234567 + k * golden) % 2**64 for k in (1, 2, 3, 4, 5)]
    assert [draws.mix(state) for state in states] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@given(U64, U64)
def test_key_of_python_int_equals_key_of_numpy_array(key: int, part: int) -> None:
    """The readable engine (ints) and the vectorised code (uint64 arrays) draw the same numbers."""
    keys_array, parts = np.array([key], dtype=np.uint64), np.array([part], dtype=np.uint64)
    assert draws.mix(key) == draws.mix(keys_array)[0]
    assert draws.fold(key, part) == draws.fold(keys_array, parts)[0]
    assert draws.root_key(key, part) == draws.root_key(keys_array, parts)[0]
    assert draws.uniform(key) == draws.uniform(keys_array)[0]


@given(INT64)
def test_negative_part_folds_as_its_two_complement(part: int) -> None:
    """-1 ("none") is a legal part of an address and means the same as an int64 cast to uint64."""
    assert draws.fold(99, part) == draws.fold(99, part % 2**64)


@pytest.mark.parametrize("key", [0, 1, 2**63, 2**64 - 1])
def test_uniform_of_extreme_key_stays_inside_the_open_interval(key: int) -> None:
    """Neither 0 nor 1 ever comes out, so a logarithm of u or of 1-u is finite."""
    assert 0.0 < draws.uniform(key) < 1.0


@given(U64)
def test_uniform_stays_inside_the_open_interval(key: int) -> None:
    """The same for any key."""
    assert 0.0 < draws.uniform(key) < 1.0


@given(U64, st.integers(min_value=0, max_value=63))
def test_flipped_input_bit_flips_about_half_of_the_output(key: int, bit: int) -> None:
    """Avalanche: one bit flips 32 +- 5 sigma of 64 (sigma = 4; binomial), never few."""
    flipped = (draws.mix(key) ^ draws.mix(key ^ (1 << bit))).bit_count()
    assert abs(flipped - 32) <= FIVE_SIGMA * 4 + 4


def test_uniform_of_consecutive_members_is_uniform() -> None:
    """Chi-square over 100 cells, 99 degrees of freedom: within 5 sigma of its mean (sigma = sqrt(2 * 99))."""
    counts, _ = np.histogram(draws.uniform(keys()), bins=100, range=(0, 1))
    expected = DRAWS / 100
    chi_square = float(((counts - expected) ** 2 / expected).sum())
    assert abs(chi_square - 99) < FIVE_SIGMA * math.sqrt(2 * 99)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (keys(), np.roll(keys(), 1)),
        (keys(), keys(purpose=Purpose.PAGE)),
        (keys(), draws.fold(keys(), np.uint64(1))),
        (draws.fold(keys(), np.uint64(0)), draws.fold(keys(), np.uint64(1))),
    ],
    ids=["neighbouring members", "two purposes", "parent and child", "two ticks"],
)
def test_draws_of_different_addresses_are_uncorrelated(a: Any, b: Any) -> None:
    """Pearson's r of n independent pairs has sigma 1/sqrt(n); five of them are allowed."""
    r = np.corrcoef(draws.uniform(a), draws.uniform(b))[0, 1]
    assert abs(r) < FIVE_SIGMA / math.sqrt(DRAWS)


def test_purposes_are_distinct() -> None:
    """Two purposes with one number would share their draws."""
    numbers = [number for name, number in vars(Purpose).items() if name.isupper()]
    assert len(set(numbers)) == len(numbers)


def test_addresses_do_not_collide() -> None:
    """Among 10^6 keys a 64-bit collision has probability 3e-8: any collision is a fault of the address."""
    by_tick = [draws.fold(keys(1000), np.uint64(tick)) for tick in range(1000)]
    assert np.unique(np.concatenate(by_tick)).size == 1_000_000


def check_moments(sample: list[float], mean: float, variance: float, kurtosis: float) -> None:
    """Mean within 5 sigma (sqrt(v/n)); variance within 5 sigma (v * sqrt((kurtosis - 1)/n))."""
    assert abs(np.mean(sample) - mean) < FIVE_SIGMA * math.sqrt(variance / len(sample))
    assert abs(np.var(sample) - variance) < FIVE_SIGMA * variance * math.sqrt((kurtosis - 1) / len(sample))


def test_normal_has_moments_and_tails_of_the_normal() -> None:
    """Mean 0, variance 1, and 4.55 % beyond two sigma (binomial error)."""
    sample = [draws.normal(int(key)) for key in keys()]
    check_moments(sample, mean=0, variance=1, kurtosis=3)
    tail, share = np.mean(np.abs(sample) > 2), 0.0455
    assert abs(tail - share) < FIVE_SIGMA * math.sqrt(share * (1 - share) / DRAWS)


def test_exponential_has_moments_of_the_exponential() -> None:
    """Mean 1, variance 1, kurtosis 9."""
    check_moments([draws.exponential(int(key)) for key in keys()], mean=1, variance=1, kurtosis=9)


@pytest.mark.parametrize("mean", [0.05, 1.0, 7.5, 30.0])
def test_poisson_has_moments_of_the_poisson(mean: float) -> None:
    """Mean = variance; kurtosis 3 + 1/mean."""
    check_moments([draws.poisson(int(key), mean) for key in keys()], mean, mean, 3 + 1 / mean)


def test_poisson_of_no_mean_is_zero() -> None:
    """A mean of 0, or below, gives 0 whatever the key."""
    assert {draws.poisson(int(key), mean) for key in keys(100) for mean in (0.0, -1.0)} == {0}


@pytest.mark.parametrize(("mean", "shape"), [(1.0, 1.0), (540.0, 300.0), (3.0, 30.0)])
def test_inverse_gaussian_has_moments_of_the_inverse_gaussian(mean: float, shape: float) -> None:
    """Mean m, variance m^3/lambda, kurtosis 3 + 15 m/lambda; every draw is positive."""
    sample = [draws.inverse_gaussian(int(key), mean, shape) for key in keys()]
    assert min(sample) > 0
    check_moments(sample, mean, mean**3 / shape, 3 + 15 * mean / shape)


@given(U64)
def test_inverse_gaussian_of_extreme_parameters_stays_positive(key: int) -> None:
    """Cancellation in x = m + ... - sqrt(...) must not give 0 or less where m is far above lambda."""
    assert draws.inverse_gaussian(key, 540.0, 0.5) > 0
