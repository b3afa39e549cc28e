"""The pulse of the society: actions and images in the queue along the scenario clock."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flashcrowd.core.events import ACTION_CODE, READS
from flashcrowd.report.run import Column, Columns

MOST_BINS: Final = 120
WIDTHS_S: Final = (10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)

LEAST_FILLED: Final = 0.9
"""A last bin that the record covers less than this is left out: it would look like a fall."""


@dataclass(frozen=True)
class Pulse:
    """Bins of scenario time; arrays of shape (n_bins,).

    Attributes:
        width_s: length of a bin, scenario seconds.
        start_s: beginning of each bin on the scenario clock.
        counts: kind of action ("read", "post", "repost", "like", "reply") -> actions in the bin.
    """

    width_s: float
    start_s: Column
    counts: dict[str, Column]


def pulse(actions: Columns) -> Pulse:
    """Actions along the scenario clock; no bins for an empty table."""
    t = actions["t"]
    if not len(t):
        return Pulse(1.0, np.empty(0), {})
    width = next((w for w in WIDTHS_S if np.ptp(t) / w < MOST_BINS), WIDTHS_S[-1])
    first = np.floor(t.min() / width)
    place = (np.floor(t / width) - first).astype(np.int64)
    n_bins = int(place.max()) + 1
    if n_bins > 3 and t.max() - (first + n_bins - 1) * width < LEAST_FILLED * width:
        n_bins -= 1
        actions = {name: actions[name][place < n_bins] for name in ("t", "action")}
        place = place[place < n_bins]
    kinds = {"read": [ACTION_CODE[name] for name in READS]}
    kinds |= {name: [ACTION_CODE[name]] for name in ("post", "repost", "like", "reply")}
    counts = {
        kind: np.bincount(place[np.isin(actions["action"], codes)], minlength=n_bins)
        for kind, codes in kinds.items()
    }
    return Pulse(float(width), (first + np.arange(n_bins)) * width, counts)
