"""The run second by second: load, failures and latency quantiles in bins of wall time."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flashcrowd.report.metrics.traffic import Traffic
from flashcrowd.report.run import Column

MOST_BINS: Final = 600
"""A longer run gets wider bins, so that a chart never inlines more points than can be seen."""

WIDTHS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


@dataclass(frozen=True)
class Timeline:
    """Bins of wall time; arrays of shape (n_bins,). A request belongs to the second in which it was due.

    Attributes:
        width_s: length of a bin.
        start_s: beginning of each bin, seconds since the run began.
        offered, sent, late, dropped, errors: requests due in the bin; late and errors are among the sent.
        response_ms, service_ms: quantile name -> values, NaN where nothing was sent.
    """

    width_s: float
    start_s: Column
    offered: Column
    sent: Column
    late: Column
    dropped: Column
    errors: Column
    response_ms: dict[str, Column]
    service_ms: dict[str, Column]

    def __len__(self) -> int:
        return len(self.start_s)


def timeline(requests: Traffic, width_s: float | None = None) -> Timeline:
    """The timeline of some requests (all phases for the whole picture); no bins when there are none."""
    width = width_s or bin_width(requests.window_s)
    first = np.floor(requests.intended_s.min() / width) if len(requests) else 0.0
    place = (np.floor(requests.intended_s / width) - first).astype(np.int64)
    n_bins = int(place.max()) + 1 if len(requests) else 0

    def counted(mask: Column) -> Column:
        return np.bincount(place[mask], minlength=n_bins)

    sent = requests.sent
    return Timeline(
        width_s=float(width),
        start_s=(first + np.arange(n_bins)) * width,
        offered=counted(np.ones(len(requests), bool)),
        sent=counted(sent),
        late=counted(requests.late),
        dropped=counted(requests.dropped),
        errors=counted(requests.error & sent),
        response_ms=binned_quantiles(place[sent], requests.response_ms[sent], n_bins),
        service_ms=binned_quantiles(place[sent], requests.service_ms[sent], n_bins),
    )


def bin_width(window_s: float, most_bins: int = MOST_BINS) -> float:
    """The narrowest bin of `WIDTHS_S` that needs at most `most_bins` bins.

    >>> bin_width(90), bin_width(3600)
    (1, 10)
    """
    return next((w for w in WIDTHS_S if window_s / w < most_bins), WIDTHS_S[-1])


def binned_quantiles(place: Column, values: Column, n_bins: int) -> dict[str, Column]:
    """Exact p50, p95 and p99 of the values in each bin, NaN in empty bins."""
    order = np.lexsort((values, place))
    ordered = values[order]
    counts = np.bincount(place, minlength=n_bins)
    first = np.cumsum(counts) - counts
    found = {}
    for name, level in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        ranks = np.maximum(np.ceil(np.round(level * counts, 9)).astype(np.int64) - 1, 0)
        column = np.full(n_bins, np.nan)
        filled = counts > 0
        column[filled] = ordered[(first + ranks)[filled]]
        found[name] = column
    return found
