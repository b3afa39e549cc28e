"""A keyed permutation of 0 .. size - 1 that can be followed forwards and backwards, without a table.

A number is a place on a grid of about equally many rows and columns; four half-rounds of a Feistel network
shift its row by a hash of its column and its column by a hash of its row. Places beyond the last number walk
on until they are inside (Black & Rogaway, CT-RSA 2002); a grid has fewer of them than columns.
"""

from typing import Any, Final

import numpy as np

from flashcrowd.core.draws import mix, u64

FIRST: Final = 0x9E3779B97F4A7C15
SECOND: Final = 0xC2B2AE3D27D4EB4F
THIRD: Final = 0xD6E8FEB86659FD93
FOURTH: Final = 0xA0761D6478BD642F
"""What tells the half-rounds apart."""


def grid_width(size: int) -> int:
    """Columns of the grid: the least whole number whose square is not below `size`."""
    width = int(np.sqrt(size))
    return width if width * width >= size else width + 1


def permuted(key: Any, number: int, size: int, width: int) -> int:
    """Where a number goes; `width` is `grid_width(size)`.

    >>> sorted(permuted(7, number, 10, 4) for number in range(10)) == list(range(10))
    True
    """
    height = (size + width - 1) // width
    while True:
        row, column = number // width, number % width
        row = _shifted(row, key ^ FIRST, column, height)
        column = _shifted(column, key ^ SECOND, row, width)
        row = _shifted(row, key ^ THIRD, column, height)
        column = _shifted(column, key ^ FOURTH, row, width)
        number = row * width + column
        if number < size:
            return number


def permuted_back(key: Any, number: int, size: int, width: int) -> int:
    """Which number goes there: the inverse of `permuted`.

    >>> all(permuted_back(7, permuted(7, number, 10, 4), 10, 4) == number for number in range(10))
    True
    """
    height = (size + width - 1) // width
    while True:
        row, column = number // width, number % width
        column = _shifted_back(column, key ^ FOURTH, row, width)
        row = _shifted_back(row, key ^ THIRD, column, height)
        column = _shifted_back(column, key ^ SECOND, row, width)
        row = _shifted_back(row, key ^ FIRST, column, height)
        number = row * width + column
        if number < size:
            return number


def _shifted(place: int, key: Any, other: int, size: int) -> int:
    moved = place + np.int64(((mix(key ^ u64(other)) >> 32) * u64(size)) >> 32)
    return int(moved - size if moved >= size else moved)


def _shifted_back(place: int, key: Any, other: int, size: int) -> int:
    moved = place - np.int64(((mix(key ^ u64(other)) >> 32) * u64(size)) >> 32)
    return int(moved + size if moved < 0 else moved)
