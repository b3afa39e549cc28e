"""The examples in the docstrings of the report, and figures in the reader's units."""

import doctest
from importlib import import_module

import pytest

from flashcrowd.report import quantity

MODULES = (
    "flashcrowd.report.markdown",
    "flashcrowd.report.metric",
    "flashcrowd.report.metrics.attention",
    "flashcrowd.report.metrics.images",
    "flashcrowd.report.metrics.quantiles",
    "flashcrowd.report.metrics.timeline",
    "flashcrowd.report.metrics.virality",
    "flashcrowd.report.quantity",
    "flashcrowd.report.sections.axis",
    "flashcrowd.report.sections.palette",
    "flashcrowd.report.slo",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name: str):
    """Proves that every documented example gives what it says."""
    assert doctest.testmod(import_module(name)).failed == 0


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.00042, "0.42 ms"), (0.0381, "38.1 ms"), (0.9996, "1,000 ms"), (1.2034, "1.2 s"), (119.9, "120 s"),
     (3599, "60 min"), (-0.5, "-500 ms"), (0, "0 ms")],
)  # fmt: skip
def test_duration_is_written_in_the_unit_people_would_say(value: float, shown: str):
    """Proves units and rounding at their borders."""
    assert quantity.duration(value) == shown


@pytest.mark.parametrize(
    "write", [quantity.count, quantity.duration, quantity.share, quantity.rate, quantity.number]
)
def test_unknown_figure_is_a_dash(write: object):
    """Proves that missing is shown as missing, never as 0 or nan."""
    assert write(float("nan")) == quantity.MISSING


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (9999, "9,999"), (10_000, "10 k"), (999_999, "1,000 k"), (12.345, "12.3")]
)
def test_count_is_exact_below_ten_thousand(value: float, shown: str):
    """Proves where a count begins to be rounded."""
    assert quantity.count(value) == shown
