"""What the probes of a search say together."""

import pytest

from flashcrowd.report.capacity.attainment import FAIL, OPEN, PASS
from flashcrowd.report.capacity.evidence import Evidence, Probed

FAILED = Probed(72, FAIL, knee=60.0, knee_most=61.0)
"""A failure whose queue says well that the platform just keeps up at 60 sessions a second."""


def test_confirmation_to_which_more_came_takes_nothing_back():
    """It was a look at a larger load; one to which as much came as was offered does."""
    probes = [Probed(56, PASS), FAILED]
    assert Evidence([*probes, Probed(56, FAIL, confirms=True, came=60.0)]).best.rate == 56
    assert Evidence([*probes, Probed(56, FAIL, confirms=True, came=56.5)]).best is None


def test_probe_counts_for_what_came():
    """A rate that brought 5 % more than its visits do on average held that much."""
    found = Evidence([Probed(20, PASS, came=21.0), Probed(22, FAIL, came=21.5)]).bracket
    assert (found.holds, found.fails) == (21.0, 21.5)
    twice = [Probed(20, PASS, came=21.0), Probed(20, PASS, confirms=True, came=20.0)]
    assert Evidence(twice).bracket.holds == 20.5
    assert Evidence(twice).bracket.confirmed


def test_margin_lies_mostly_below():
    """What passed in a window that ends did so a little too easily: most of the margin is below."""
    found = Evidence([Probed(100, PASS), Probed(104, FAIL)]).bracket.widened(0.1)
    assert found.fails / found.holds == pytest.approx(1.1)
    assert 100 / found.holds > found.fails / 104 > 1


def test_failure_nearest_to_the_edge_points_to_it():
    """Far beyond what it holds a platform may serve less than it can: that says nothing of where it ends."""
    far = Probed(140, FAIL, knee=80.0, knee_most=81.0)
    near = Probed(104, FAIL, knee=99.0, knee_most=100.0)
    probes = [Probed(70, PASS), far, near]
    assert Evidence(probes).knee == Evidence([Probed(70, PASS), near, far]).knee == pytest.approx(99.0)
    assert Evidence(probes).bracket.fails == pytest.approx(100.0)


def test_of_passes_that_count_alike_a_confirmed_one_is_best_then_the_smallest():
    """Confirming takes a probe, and the smallest is the surest."""
    larger, smaller, confirmation = Probed(58.4, PASS), Probed(58, PASS), Probed(58.4, PASS, confirms=True)
    assert Evidence([smaller, larger, FAILED]).best.rate == 58
    assert Evidence([smaller, larger, FAILED, confirmation]).best.rate == 58.4


def test_open_rates_are_enclosed_only_where_no_knee_is_known():
    """A rate that passed, though for less, is no open one; a known knee says more than enclosing does."""
    failed = Probed(128, FAIL)
    assert Evidence([Probed(64, PASS), failed]).edge is None
    assert Evidence([Probed(64, PASS), failed, Probed(70, OPEN), Probed(75, OPEN)]).edge == (70, 75)
    assert Evidence([Probed(50, PASS), FAILED, Probed(60, OPEN)]).edge is None
