"""Prefetching: a hint that changes nothing."""

import numba
import numpy as np

from flashcrowd.sim.kernel.prefetch import prefetch


@numba.njit
def _sum_with_hints(numbers, table, records):  # type: ignore[no-untyped-def]
    total = 0
    for i in range(len(numbers)):
        prefetch(numbers, i + 4)
        prefetch(table, i)
        prefetch(records, np.int32(i))
        total += numbers[i]
    return total


def test_hint_changes_no_value_even_beyond_the_end():
    """Numbers, tables and records may be asked for; rows that do not exist too."""
    record = np.zeros(1, np.dtype([("a", "i4"), ("b", "f8")], align=True))
    assert _sum_with_hints(np.arange(100), np.zeros((2, 3), np.int32), record) == 4950
    assert "prefetch" in _sum_with_hints.inspect_asm(_sum_with_hints.signatures[0])
