"""Latencies as counts in log-linear buckets: microseconds, three significant digits, mergeable.

The buckets are those of HdrHistogram (sub-bucket count 2048, lowest value 1), so counts can be exchanged
with any of its implementations: a value below 2048 µs has a bucket of its own, above it the width doubles
with every octave.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

HALF_BITS: Final = 10
HALF: Final = 1 << HALF_BITS
HIGHEST_US: Final = 3_600_000_000
"""One hour; longer values count as one hour."""

Counts = npt.NDArray[np.int64]


def bucket(values_us: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """The bucket of each value in µs."""
    values = np.clip(np.asarray(values_us, dtype=np.int64), 0, HIGHEST_US)
    # frexp is exact for integers below 2**53: its exponent is the bit length.
    octave = np.maximum(np.frexp(values.astype(np.float64))[1].astype(np.int64) - (HALF_BITS + 1), 0)
    return (octave << HALF_BITS) + (values >> octave)


def highest_in(index: int) -> int:
    """The largest value (µs) that falls into a bucket.

    >>> highest_in(7), highest_in(int(bucket(1_000_000)))
    (7, 1000447)
    """
    octave = max((index >> HALF_BITS) - 1, 0)
    return ((index - (octave << HALF_BITS) + 1) << octave) - 1


BUCKETS: Final = int(bucket(HIGHEST_US)) + 1


class Histogram:
    """Counts of latencies."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts: Counts = np.zeros(BUCKETS, np.int64)
        self.total = 0

    def add(self, values_ns: npt.ArrayLike) -> None:
        """Count latencies given in nanoseconds."""
        values = np.asarray(values_ns, dtype=np.int64) // 1000
        np.add.at(self.counts, bucket(values), 1)
        self.total += len(values)

    def merge(self, other: "Histogram") -> None:
        """Add the counts of another histogram."""
        self.counts += other.counts
        self.total += other.total

    def percentile_us(self, share: float) -> float:
        """The value (µs) that `share` of the counts do not exceed, to three digits; NaN for no counts.

        Args:
            share: 0..1.
        """
        if self.total == 0:
            return float("nan")
        rank = max(1, int(np.ceil(share * self.total)))
        return float(highest_in(int(np.searchsorted(np.cumsum(self.counts), rank))))
