"""What a search finds, told from probes of a simulated queue."""

import pytest

from flashcrowd.report.capacity.attainment import FAIL, PASS
from flashcrowd.report.capacity.evidence import Probed
from flashcrowd.report.capacity.findings import Capacity
from flashcrowd.report.capacity.probe import probe_of

from .queue_of_visits import Visits, traffic_of

SERVED = Visits(2, 0.02)
"""100 requests/s, at 50 visits/s."""


def probe(rate, verdict, lasts_s=32.0):
    """A probe whose first two seconds are not measured."""
    whole = traffic_of(*SERVED.requests(rate, lasts_s, seed=1))
    return probe_of(whole.where(whole.intended_s >= 2.0), whole, (), Probed(rate, verdict), "01")


def test_throughput_is_what_was_answered_in_the_window():
    """Asked for more, a queue that serves 100 requests/s answers 100, though it answers all in the end."""
    overloaded = probe(65, FAIL)
    assert overloaded.answered_per_s == pytest.approx(100, rel=0.01)
    assert overloaded.requests_per_s > 105
    assert probe(30, PASS).answered_per_s == pytest.approx(60, rel=0.05)


def test_erlang_and_little_are_told_beside_what_was_measured():
    """Two servers of 20 ms are found again; in flight is the rate times the response."""
    found = Capacity((probe(12, PASS), probe(46, PASS), probe(65, FAIL)), 1000.0)
    erlang = found.erlang()
    assert erlang.servers == 2
    assert erlang.service_s == pytest.approx(0.02, rel=0.01)
    assert 0.02 < erlang.measured_s < erlang.expected_s
    best = found.best
    assert best.requests_per_s * best.mean_response_s == pytest.approx(best.concurrency, rel=0.05)
    assert found.little.startswith("Little's law: at the load that holds")
