"""Which probe comes next, against a platform whose capacity is known."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.report.capacity.attainment import FAIL, OPEN, PASS
from flashcrowd.report.capacity.evidence import BELOW, SEARCHED, Bracket, Evidence, Probed
from flashcrowd.report.capacity.search import ABOVE, next_probe


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
    found = Evidence(searched(lambda rate, _: rate <= truth, first, precision)).bracket
    assert found.holds <= truth < found.fails
    assert found.width <= SEARCHED * precision * (1 + 1e-9)
    assert found.widened(precision).width <= precision * (1 + 1e-9)
    assert found.confirmed


def test_platform_that_holds_nothing_is_told():
    """When even the smallest rate fails the search ends with nothing that holds."""
    probes = searched(lambda rate, _: False)
    assert Evidence(probes).bracket.holds == 0.0
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
    found = Evidence(probes).bracket.widened(precision)
    assert found.holds < truth < found.fails
    assert found.confirmed
    assert found.width < precision + 0.03


def test_confirmation_that_stays_open_takes_the_winner_back():
    """A rate that passed and is not confirmed lies at the edge: the next probe is a little below it."""
    probes = [Probed(8, PASS), Probed(16, PASS), Probed(16.3, FAIL), Probed(16, OPEN, confirms=True)]
    assert Evidence(probes).bracket.holds == 8
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
    assert Evidence(probes).bracket == Evidence(probes[::-1]).bracket
    assert Evidence(probes).bracket.confirmed


def test_failed_confirmation_takes_the_winner_back():
    """A rate that passed by luck fails its longer window; the search goes on below it."""
    found = Evidence(searched(lambda rate, confirms: rate <= (90 if confirms else 100))).bracket
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
    assert Evidence([]).bracket.width == math.inf
    assert next_probe([], 7.0, 0.1).rate == pytest.approx(7.0)


def queue(load, mu=100.0, blur=0.0):
    """A probe of a queue that serves `mu` sessions/s: beyond it waits grow by load / mu - 1 s a second."""
    if load <= 0.98 * mu:
        return Probed(load, PASS)
    if load <= mu:
        return Probed(load, OPEN)
    return Probed(load, FAIL, knee=mu * (1 + blur), knee_most=min(load, mu * (1.02 + blur)))


@pytest.mark.parametrize("blur", [-0.015, 0.0, 0.015])
def test_one_failure_points_to_the_capacity(blur):
    """Where a queue grows, its growth says where the platform keeps up: three probes after the first failure
    the bracket is there and confirmed, though the knee is known to 1.5 % only."""
    probes = []
    while (due := next_probe(probes, 12.0, 0.1)) is not None:
        seen = queue(due.rate, blur=blur)
        probes.append(replace(seen, confirms=due.confirms))
    failures = [number for number, probe in enumerate(probes) if probe.verdict == FAIL]
    assert len(probes) - failures[0] <= 4
    found = Evidence(probes).bracket.widened(0.1)
    assert found.confirmed
    assert found.holds < 97 < 100 < found.fails
    assert found.width == pytest.approx(0.1)
    assert Evidence(probes).knee == pytest.approx(100 * (1 + blur))


FAILED = Probed(72, FAIL, knee=60.0, knee_most=61.0)
"""A failure whose queue says well that the platform just keeps up at 60 sessions a second."""


def test_pass_close_to_the_knee_is_not_believed():
    """It did so because its window ended in time: what is confirmed lies clearly below, and counts for no
    more than that; a probe there is the second look."""
    probes = [Probed(32, PASS), FAILED, Probed(59.5, PASS)]
    due = next_probe(probes, 4.0, 0.1)
    assert (due.rate, due.confirms) == (pytest.approx(BELOW * 60.0), True)
    probes.append(Probed(due.rate, PASS, confirms=True, came=58.0))
    assert Evidence(probes).bracket == Bracket(pytest.approx(BELOW * 60.0), 61.0, True)
    assert next_probe(probes, 4.0, 0.1) is None


def test_probe_of_nearly_the_same_rate_confirms():
    """Where what came was too little to tell, the next probe is of a rate a little larger: a second look."""
    due = next_probe([Probed(56, PASS, came=54.0), FAILED], 4.0, 0.1)
    assert (due.rate, due.confirms) == (pytest.approx(BELOW * 60.0), True)
    assert not next_probe([Probed(54, PASS), FAILED], 4.0, 0.1).confirms


def test_pass_that_was_taken_back_is_no_first_look():
    """Neither one whose confirmation failed, nor one above a failure."""
    assert not next_probe(
        [Probed(32, PASS), Probed(59.5, PASS), FAILED, Probed(59.5, FAIL, confirms=True)], 4.0, 0.1
    ).confirms
    near = Probed(61, FAIL, knee=60.0, knee_most=61.0)
    assert not next_probe([Probed(32, PASS), Probed(62, PASS), near], 4.0, 0.1).confirms


def test_failure_far_beyond_its_knee_only_points():
    """Overloaded, a platform may serve less than it can: its queue does not bound the answer."""
    far = Probed(128, FAIL, knee=60.0, knee_most=61.0)
    assert Evidence([Probed(64, PASS), far]).bracket == Bracket(64, 128, False)
    assert Evidence([Probed(57, PASS), FAILED]).bracket.fails == 61.0
    assert next_probe([Probed(32, PASS), far], 4.0, 0.1).rate == pytest.approx(60.0 * ABOVE)


@given(st.integers(0, 10_000), st.sampled_from([0.01, 0.03, 0.1, 0.3]))
def test_search_ends_whatever_chance_brings(seed, precision):
    """Verdicts near the capacity are drawn, what came varies, failures know the knee, roughly, or not at all:
    the search comes to an end, confirmed by two looks that nothing took back."""
    rng, probes = np.random.default_rng(seed), []
    while (due := next_probe(probes, 12.0, precision)) is not None:
        came = due.rate * rng.normal(1, 0.3 * precision) if probes else 0.0
        over = ((came or due.rate) / 100 - 1) / (0.25 * precision)
        verdict = PASS if over < rng.normal(-0.8, 0.4) else OPEN if abs(over) < rng.random() else FAIL
        at = 100 * rng.normal(1, 0.1 * precision) if verdict != PASS and over > 0 else math.nan
        most = at * (1 + precision * rng.choice([0.1, 1.0]))
        probes.append(Probed(due.rate, verdict, due.confirms, due.grows, came, at, most))
        assert len(probes) < 40
    assert Evidence(probes, precision).bracket.confirmed
    assert max(Counter(probe.rate for probe in probes if not probe.confirms).values()) <= 3


def test_short_look_below_what_holds_points_nowhere():
    """The knee of a short look is rough: it bounds nothing; where it passed the bracket is bisected."""
    probes = [Probed(16, PASS), Probed(32, FAIL, brief=True, knee=22.0, knee_most=25.0)]
    assert next_probe(probes, 4.0, 0.1).rate == pytest.approx(22.0 * ABOVE)
    probes.append(Probed(23.1, PASS))
    assert Evidence(probes).bracket.fails == 32
    assert next_probe(probes, 4.0, 0.1).rate == pytest.approx((23.1 * 32) ** 0.5)


@pytest.mark.parametrize("precision", [0.03, 0.05, 0.1, 0.3])
def test_known_knee_does_not_stand_in_the_way_of_the_precision(precision):
    """Whatever width is asked for is reached, confirmed, in few probes, where the knee is well known."""
    probes = []
    while (due := next_probe(probes, 12.0, precision)) is not None:
        seen = Probed(due.rate, PASS) if due.rate <= 99 else Probed(due.rate, FAIL, knee=100, knee_most=100.2)
        probes.append(replace(seen, confirms=due.confirms))
        assert len(probes) < 16
    found = Evidence(probes, precision).bracket
    assert found.confirmed
    assert found.width <= precision


def test_knee_that_is_not_well_known_only_points():
    """Where service times differ much the rate in one window is rough: no pass counts for less, nothing fails
    by it, and where a load beyond it holds the bracket is bisected."""
    rough = Probed(128, FAIL, knee=80.0, knee_most=100.0)
    assert Evidence([Probed(64, PASS), rough]).knee == 80.0
    assert Evidence([Probed(64, PASS), rough]).bracket.fails == 128
    beyond = [Probed(90, PASS), rough]
    assert Evidence(beyond).bracket.holds == 90
    assert next_probe(beyond, 4.0, 0.1).rate == pytest.approx(math.sqrt(90 * 128))
