"""Readings against bands."""

import math

import pytest

from flashcrowd.report.realism.fact import Band, Fact, Figure, Part, Reading, absent
from flashcrowd.report.realism.outcome import (
    BORDERLINE,
    INSIDE,
    NOT_MEASURED,
    NOT_SIMULATED,
    OUTSIDE,
    SHOWN,
    TOO_FEW,
    judge,
    mean_curve,
)


def _fact(*parts: Part, pool=None, runs_in=("default",)) -> Fact:
    return Fact(
        "made", "made up", "gate", "graph", "", "", "", "M", parts, lambda seen: Reading(), pool, "", runs_in
    )


def _readings(*values: float, n: int = 10) -> dict[str, list[Reading]]:
    return {"default": [Reading({"x": Figure(value, n)}) for value in values]}


INSIDE_1_TO_2 = Part("x", "x", bands=(Band(1.0, 2.0),), least=20)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([1.5, 1.51, 1.49], INSIDE),
        ([1.5, 1.9, 1.1], BORDERLINE),
        ([2.5, 2.51, 2.49], OUTSIDE),
        ([2.01, 2.0, 2.005], OUTSIDE),
        ([1.5], TOO_FEW),
        ([math.nan, math.nan], TOO_FEW),
    ],
)
def test_verdict_follows_estimate_interval_and_sample(values: list[float], verdict: str) -> None:
    """Inside, inside with an interval that reaches out, outside, 10 of the 20 observations needed."""
    assert judge(_fact(INSIDE_1_TO_2), _readings(*values), 100).verdict == verdict


def test_figure_is_the_mean_over_seeds_that_know_it() -> None:
    """A run without an answer does not pull the mean, and its observations do not count."""
    found = judge(_fact(INSIDE_1_TO_2), _readings(1.4, 1.6, math.nan), 100).part("x")
    assert (found.value, found.n) == (1.5, 20)


def test_part_without_a_band_is_shown() -> None:
    """It has no verdict of its own, and a fact is as bad as its worst part."""
    shown = Part("x", "x")
    assert judge(_fact(shown), _readings(5.0), 100).verdict == SHOWN
    assert judge(_fact(shown, INSIDE_1_TO_2), _readings(5.0, 5.0), 100).verdict == OUTSIDE


def test_band_is_that_of_the_population_size() -> None:
    """The band of a million applies from a million on, that of the smallest size to all below."""
    part = Part("x", "x", bands=(Band(3.0, 4.7), Band(3.5, 5.0, 1_000_000)))
    assert [part.band(members) for members in (20_000, 999_999, 1_000_000)] == [
        Band(3.0, 4.7), Band(3.0, 4.7), Band(3.5, 5.0, 1_000_000)
    ]  # fmt: skip


def test_fact_of_a_scenario_that_was_not_run_is_not_simulated() -> None:
    """A gate without a run is no pass."""
    fact = _fact(Part("flash.x", "x", bands=(Band(1.0, 2.0),)), runs_in=("flash",))
    found = judge(fact, {}, 100)
    assert found.verdict == NOT_SIMULATED
    assert found.measured[0].why == "not simulated yet"


def test_parts_belong_to_their_scenarios() -> None:
    """The same figure of two scenarios goes to two parts."""
    parts = Part("one.x", "x", bands=(Band(1.0, 2.0),)), Part("two.x", "x", bands=(Band(1.0, 2.0),))
    fact = _fact(*parts, runs_in=("one", "two"))
    found = judge(fact, {"one": _readings(1.5)["default"], "two": _readings(3.0)["default"]}, 100)
    assert [part.verdict for part in found.measured] == [INSIDE, OUTSIDE]


def test_model_without_the_thing_is_not_measured() -> None:
    """A null model has no feeds: that is no miss, and its reason is kept."""
    found = judge(_fact(INSIDE_1_TO_2), {"default": [absent("has no visits")]}, 100)
    assert found.verdict == NOT_MEASURED
    assert found.measured[0].why == "has no visits"


def test_too_few_of_what_should_be_there_is_a_miss() -> None:
    """Where even the least plausible share would have given enough, none at all is an answer."""
    pool = lambda readings: {"x": Figure(math.nan, 0, due=50)}  # noqa: E731
    assert judge(_fact(INSIDE_1_TO_2, pool=pool), _readings(1.0), 100).verdict == OUTSIDE


def test_curves_are_averaged_point_by_point() -> None:
    """Unknown points are left out of the mean; a point that nobody knows stays unknown."""
    one, two = ((1.0, 2.0, 3.0), (0.0, math.nan, math.nan)), ((1.0, 2.0, 3.0), (1.0, 4.0, math.nan))
    x, y = mean_curve([Reading(curve=one), Reading(curve=two), Reading()])
    assert x == [1.0, 2.0, 3.0]
    assert y[:2] == [0.5, 4.0]
    assert math.isnan(y[2])
