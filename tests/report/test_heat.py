"""The heat map holds every request once, and no more cells than can be seen."""

from pathlib import Path

import made_runs
import numpy as np

from flashcrowd.report.metrics.heat import MOST_COLUMNS, MOST_ROWS, heat
from flashcrowd.report.metrics.traffic import traffic
from flashcrowd.report.run import load_run


def test_heat_counts_every_request_that_was_sent(live_run: Path):
    """Proves that the cells add up, and that each lies where its requests are."""
    sent = traffic(load_run(live_run).requests, None)
    found = heat(sent)
    assert found.count.sum() == sent.sent.sum()
    assert found.low_ms.min() == np.float64(sent.response_ms[sent.sent].min())
    assert (found.low_ms * found.step).max() * (1 + 1e-9) >= sent.response_ms[sent.sent].max()


def test_heat_of_a_long_run_has_wider_bins():
    """Proves the reduction: a day of requests fits the same picture."""
    rows = made_runs.request_rows(50_000)
    for name in ("intended_ns", "start_ns", "end_ns"):
        rows[name] = rows[name] * 172
    found = heat(traffic(rows, None))
    assert len(found.count) <= MOST_COLUMNS * MOST_ROWS
    assert len(np.unique(found.start_s)) <= MOST_COLUMNS
    assert found.count.sum() == 50_000


def test_heat_of_nothing_is_empty():
    """Proves the answer for a run that sent nothing."""
    assert len(heat(traffic(made_runs.request_rows(0), None)).count) == 0
