"""A set of pairs of members, eight bytes each: follows by the million."""

from array import array
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]


class Pairs:
    """Pairs of members, each of whose numbers fits 31 bits."""

    def __init__(self) -> None:
        self._keys = array("q")
        self._gone: set[int] = set()

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """The pairs, each as often as it was added."""
        return ((key >> 32, key & 0x7FFFFFFF) for key in self._keys if key not in self._gone)

    def add(self, first: int, second: int) -> None:
        """Add a pair."""
        key = first << 32 | second
        self._keys.append(key)
        self._gone.discard(key)

    def discard(self, first: int, second: int) -> None:
        """Take a pair out."""
        self._gone.add(first << 32 | second)

    def holds(self, first: Ints, second: Ints) -> npt.NDArray[np.bool_]:
        """Which of some pairs are in the set; all of shape `(n,)`."""
        asked = first.astype(np.int64) << 32 | second
        gone = np.fromiter(self._gone, np.int64, len(self._gone))
        return np.isin(asked, np.array(self._keys, np.int64)) & ~np.isin(asked, gone)

    def clear(self) -> None:
        """Take all out."""
        self._keys = array("q")
        self._gone = set()
