"""What trends: the hashtags that are used more than usual, by counts of their recent use.

The offline platform and the reference platform order hashtags by the same function.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from flashcrowd.core.clock import DAY, HOUR

RECENT_S: Final = HOUR
USUAL_S: Final = DAY
"""Times (s) over which counts of recent and of usual use fade to 1 / e."""


def surprise(recent: npt.ArrayLike, usual: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """How much more each hashtag is used than usual, >= 0: (O - E)^2 / E where O > E, else 0.

    The term of Pearson's chi-squared that Mastodon's trends go by. O are the recent uses, E what they would
    be if each had its usual share of them, so that a busy hour of the day is no trend.

    Args:
        recent, usual: counts of uses, shape `(n_hashtags,)`.

    >>> surprise([12.0, 4.0, 4.0], [100.0, 100.0, 0.0]).round(3).tolist()
    [0.4, 0.0, 0.0]
    """
    observed, usually = np.asarray(recent, np.float64), np.asarray(usual, np.float64)
    expected = usually * (observed.sum() / max(usually.sum(), 1e-300))
    excess = np.maximum(observed - expected, 0.0)
    surprising: npt.NDArray[np.float64] = np.zeros(len(observed))
    np.divide(excess * excess, expected, out=surprising, where=expected > 0.0)
    return surprising


def trending(recent: npt.ArrayLike, usual: npt.ArrayLike, most: int) -> list[int]:
    """The places of at most so many hashtags that are used more than usual, the most surprising first."""
    found = surprise(recent, usual)
    order = np.argsort(-found, kind="stable")[:most]
    return [int(place) for place in order if found[place] > 0.0]


class Uses:
    """Counts of uses that fade with time.

    `recent`, `usual`: float64 of shape `(n_hashtags,)`; whoever sees a use adds 1 to both.
    """

    def __init__(self, hashtags: int) -> None:
        self.recent = np.zeros(hashtags)
        self.usual = np.zeros(hashtags)

    def fade(self, seconds: float) -> None:
        """Let time pass."""
        self.recent *= math.exp(-seconds / RECENT_S)
        self.usual *= math.exp(-seconds / USUAL_S)
