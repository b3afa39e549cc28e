"""Which probe comes next, against a platform whose capacity is known."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.report.capacity.attainment import FAIL, OPEN, PASS
from flashcrowd.report.capacity.search import Probed, bracket, next_probe


def searched(holds, first=4.0, precision=0.05, most=math.inf):
    """All probes of a search; `holds(rate, confirms)` says whether the platform does."""
    probes = []
    while (due := next_probe(probes, first, precision, most)) is not None:
        probes.append(Probed(due.rate, PASS if holds(due.rate, due.confirms) else FAIL, due.confirms))
        assert len(probes) < 100
    return probes


@given(st.floats(0.2, 5000), st.floats(0.1, 500), st.floats(0.01, 0.5))
def test_capacity_lies_in_a_bracket_as_narrow_as_asked(truth, first, precision):
    """Whatever the truth and wherever the search begins, the answer holds it, and is confirmed."""
    found = bracket(searched(lambda rate, _: rate <= truth, first, precision))
    assert found.holds <= truth < found.fails
    assert found.width <= precision / 2 * (1 + 1e-9)
    assert found.widened(precision).width <= precision * (1 + 1e-9)
    assert found.confirmed


def test_platform_that_holds_nothing_is_told():
    """When even the smallest rate fails the search ends with nothing that holds."""
    probes = searched(lambda rate, _: False)
    assert bracket(probes).holds == 0.0
    assert len(probes) < 10


@given(st.floats(0.5, 5000), st.floats(0.05, 0.3))
def test_rates_that_stay_open_are_enclosed(truth, precision):
    """Where 1 % around the truth stays undecided, the answer holds it, with a clear end on each side."""

    def verdict(rate, confirms):
        return OPEN if abs(rate / truth - 1) < 0.01 else PASS if rate < truth else FAIL

    probes = []
    while (due := next_probe(probes, 4.0, precision)) is not None:
        probes.append(Probed(due.rate, verdict(due.rate, due.confirms), due.confirms))
        assert len(probes) < 100
    found = bracket(probes).widened(precision)
    assert found.holds < truth < found.fails
    assert found.confirmed
    assert found.width < precision + 0.03


def test_confirmation_that_stays_open_takes_the_winner_back():
    """A rate that passed and is not confirmed lies at the edge: the next probe is a little below it."""
    probes = [Probed(8, PASS), Probed(16, PASS), Probed(16.3, FAIL), Probed(16, OPEN, confirms=True)]
    assert bracket(probes).holds == 8
    due = next_probe(probes, 4.0, 0.1)
    assert 15 < due.rate < 16
    assert not due.confirms


def test_only_growth_is_quick():
    """Steps far from any failure are looked at shortly, those near the edge are not."""
    assert next_probe([], 4.0, 0.1).grows
    assert next_probe([Probed(4, PASS)], 4.0, 0.1).grows
    assert not next_probe([Probed(4, PASS), Probed(8, FAIL)], 4.0, 0.1).grows


def test_search_stops_at_the_largest_rate_that_is_allowed():
    """A platform that holds everything is probed up to the limit, and that is confirmed."""
    probes = searched(lambda rate, _: True, most=50.0)
    assert [probe.rate for probe in probes] == [4, 8, 16, 32, 50, 50]
    assert bracket(probes) == bracket(probes[::-1])
    assert bracket(probes).confirmed


def test_failed_confirmation_takes_the_winner_back():
    """A rate that passed by luck fails its longer window; the search goes on below it."""
    found = bracket(searched(lambda rate, confirms: rate <= (90 if confirms else 100)))
    assert found.holds <= 90
    assert found.confirmed


def test_interrupted_search_goes_on_where_it_stopped():
    """The next probe is a function of those before it: cut anywhere, the same probes come."""
    whole = searched(lambda rate, _: rate <= 37)
    for cut in range(len(whole)):
        due = next_probe(whole[:cut], 4.0, 0.05)
        assert (due.rate, due.confirms) == (whole[cut].rate, whole[cut].confirms)


def test_first_probe_is_where_it_is_asked():
    """Nothing is known before the first probe."""
    assert bracket([]).width == math.inf
    assert next_probe([], 7.0, 0.1).rate == pytest.approx(7.0)
