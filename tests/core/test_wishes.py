"""Texts for load profiles and early stops."""

import pytest

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.scenario import Scenario
from flashcrowd.core.wishes import parse_abort, parse_profile

FOREVER = float("inf")


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("model", ()),
        ("20/s", ((20.0, FOREVER),)),
        ("0.5 / s for 2m", ((0.5, 120.0),)),
        ("5/s 30s, 20/s for 1m,7/s", ((5.0, 30.0), (20.0, 60.0), (7.0, FOREVER))),
    ],
)
def test_profile_is_its_steps(text, steps):
    """Rates are per second, times durations; the last step may be open."""
    assert parse_profile(text) == steps


@pytest.mark.parametrize(
    "text", ["", "fast", "20", "20/m", "0/s", "5/s, 6/s", "5/s for 0s", "5/s for ever", "-1/s"]
)
def test_wrong_profile_is_refused_by_the_scenario(text):
    """What is no profile is one clear line."""
    with pytest.raises(ScenarioError, match=r"load\.profile is"):
        Scenario().changed(**{"load.profile": text})


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("errors>20% for 10s", ("errors", 0.2, 10.0)),
        ("errors > 0.5 for 1m", ("errors", 0.5, 60.0)),
        ("p95 > 2s for 500ms", ("p95", 2000.0, 0.5)),
        ("p50>300ms for 5", ("p50", 300.0, 5.0)),
    ],
)
def test_abort_rule_is_limit_and_window(text, rule):
    """Shares are 0..1, response times ms."""
    assert parse_abort(text)[:3] == rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        "errors",
        "errors>20%",
        "errors<20% for 10s",
        "errors>100% for 1s",
        "errors>5ms for 1s",
        "p95>2 for 1s",
        "p95>2% for 1s",
        "late>5% for 1s",
        "errors>1% for 0s",
        "errors>1% for soon",
        "p95>2parsec for 1s",
    ],
)
def test_wrong_abort_rule_is_refused_by_the_scenario(text):
    """What is no rule is one clear line."""
    with pytest.raises(ScenarioError, match=r"load\.abort_on\.0 is"):
        Scenario().changed(**{"load.abort_on": (text,)})
