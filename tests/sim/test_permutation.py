"""The keyed permutation: every number goes somewhere, to no other's place, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.sim.permutation import grid_width, permuted, permuted_back

KEYS = st.integers(min_value=0, max_value=2**64 - 1)


@given(KEYS, st.integers(min_value=1, max_value=300))
def test_numbers_change_places(key: int, size: int) -> None:
    """Each place is taken once, and the way back leads to the number."""
    width = grid_width(size)
    places = [permuted(key, number, size, width) for number in range(size)]
    assert sorted(places) == list(range(size))
    assert [permuted_back(key, place, size, width) for place in places] == list(range(size))


@given(KEYS, st.integers(min_value=1, max_value=2**40), st.data())
def test_way_back_leads_to_the_number_whatever_the_size(key: int, size: int, data: st.DataObject) -> None:
    """Also where the numbers do not fit into 32 bits."""
    number = data.draw(st.integers(min_value=0, max_value=size - 1))
    width = grid_width(size)
    place = permuted(key, number, size, width)
    assert 0 <= place < size
    assert permuted_back(key, place, size, width) == number


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 9, 10, 2**40, 2**40 + 1])
def test_grid_is_as_narrow_as_it_can_be(size: int) -> None:
    """Its width is the least number whose square is not below the size."""
    width = grid_width(size)
    assert (width - 1) ** 2 < size <= width**2


def test_neighbours_are_torn_apart() -> None:
    """The steps between neighbours are those of a shuffle: mean size / 3, with standard error
    size / sqrt(18 n)."""
    size = 20_000
    places = np.array([permuted(7, number, size, grid_width(size)) for number in range(size)])
    assert abs(np.abs(np.diff(places)).mean() - size / 3) < 5 * size / np.sqrt(18 * size)


def test_another_key_is_another_permutation() -> None:
    """Two keys send about one number of all to the same place (Poisson, mean 1)."""
    size = 5000
    same = sum(
        permuted(1, number, size, grid_width(size)) == permuted(2, number, size, grid_width(size))
        for number in range(size)
    )
    assert same <= 8
