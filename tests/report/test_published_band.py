"""The band behind the distribution of sizes is the one that the facts state."""

import numpy as np

from flashcrowd.report.realism.facts import FACTS
from flashcrowd.report.sections import published_band


def band(fact: str) -> tuple[float, float]:
    """The band of the first part of a fact."""
    found = next(one for one in FACTS if one.id == fact).parts[0].bands[0]
    return found.low, found.high


def test_band_is_that_of_the_facts():
    """Proves that both places say the same."""
    assert band("no_reshare") == published_band.UNSHARED
    assert band("big_cascades") == published_band.BIG
    assert band("popularity_exponent") == published_band.TAIL


def test_band_passes_through_what_is_known():
    """Proves its ends at size 2 and 100, and that it narrows nowhere to nothing."""
    rows = published_band.size_band(1000)
    first = rows[0]
    assert (first["low"], first["high"]) == (0.02, 0.1)
    x = np.array([row["x"] for row in rows])
    at = rows[int(np.searchsorted(x, 100))]
    assert (at["low"], at["high"]) == published_band.BIG
    assert all(row["low"] < row["high"] for row in rows)
