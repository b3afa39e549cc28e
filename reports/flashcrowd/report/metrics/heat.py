"""How response times are spread at each moment: a count for every bin of time and of latency."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flashcrowd.report.metrics.timeline import bin_width
from flashcrowd.report.metrics.traffic import Traffic
from flashcrowd.report.run import Column

MOST_COLUMNS: Final = 150
MOST_ROWS: Final = 48


@dataclass(frozen=True)
class Heat:
    """Only cells that hold a request are listed; arrays of shape (n_cells,).

    Attributes:
        width_s: length of a bin of time.
        step: an upper edge of latency over its lower edge.
        start_s: beginning of each cell's bin of time, seconds since the run began.
        low_ms: lower edge of each cell's bin of latency.
        count: requests in the cell, int64.
    """

    width_s: float
    step: float
    start_s: Column
    low_ms: Column
    count: Column


def heat(requests: Traffic) -> Heat:
    """The response times of everything that was sent, in bins of equal ratio; no cells when nothing was."""
    sent = requests.where(requests.sent & (requests.response_ms > 0))
    width = bin_width(requests.window_s, MOST_COLUMNS)
    if not len(sent):
        return Heat(width, 2.0, np.empty(0), np.empty(0), np.empty(0, np.int64))
    logs = np.log(sent.response_ms)
    reach = float(np.ptp(logs)) or np.log(2.0)
    step = reach / MOST_ROWS
    row = np.minimum(((logs - logs.min()) / step).astype(np.int64), MOST_ROWS - 1)
    bins = np.floor(sent.intended_s / width).astype(np.int64)
    first = int(bins.min())
    counts = np.bincount((bins - first) * MOST_ROWS + row)
    cells = np.flatnonzero(counts)
    return Heat(
        width_s=float(width),
        step=float(np.exp(step)),
        start_s=(first + cells // MOST_ROWS) * float(width),
        low_ms=np.exp(logs.min() + (cells % MOST_ROWS) * step),
        count=counts[cells],
    )
