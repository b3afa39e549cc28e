"""Objectives: what they mean, and what is said of one that means nothing."""

import made_runs
import numpy as np
import pytest

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.events import OUTCOME_CODE
from flashcrowd.report.metrics.accounting import accounting
from flashcrowd.report.metrics.latency import latency_by_action
from flashcrowd.report.metrics.traffic import traffic
from flashcrowd.report.slo import Judgement, judge_objective, parse

MS = 1_000_000


def judged(line: str, rows: dict[str, np.ndarray]) -> Judgement:
    """What some requests say about one line."""
    measured = traffic(rows)
    return judge_objective(parse(line), latency_by_action(measured), accounting(measured, {}), measured)


def slow_rows() -> dict[str, np.ndarray]:
    """Home pages sent 20 ms late that take 1 to 100 ms."""
    rows = made_runs.request_rows(100)
    rows["start_ns"] = rows["intended_ns"] + 20 * MS
    rows["end_ns"] = rows["start_ns"] + np.arange(1, 101) * MS
    return rows


@pytest.mark.parametrize(
    ("line", "subject", "time", "statistic", "limit"),
    [
        ("home.p95 < 300ms", "home", "response", "p95", 300),
        ("home.service.p99<1s", "home", "service", "p99", 1000),
        ("all.response.p99.9 <= 2.5s", "all", "response", "p99.9", 2500),
        ("generate.p95 < 60s", "generate", "response", "p95", 60_000),
        ("errors < 1%", "all", "response", "errors", 0.01),
        ("generate.errors < 2%", "generate", "response", "errors", 0.02),
        ("late < 0.01", "all", "response", "late", 0.01),
    ],
)
def test_objective_is_read_as_written(line: str, subject: str, time: str, statistic: str, limit: float):
    """Proves the grammar: response time unless it says service, percentages are shares."""
    found = parse(line)
    assert (found.subject, found.time, found.statistic) == (subject, time, statistic)
    assert found.limit == pytest.approx(limit)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hmoe.p95 < 300ms", "did you mean home?"),
        ("home.p59 < 300ms", "must be one of p50, p90, p95"),
        ("home.servcie.p95 < 300ms", "did you mean service?"),
        ("home.p95 < 300", "needs a unit"),
        ("home.p95 < 300 parsecs", "unit 'parsecs'"),
        ("erors < 1%", "did you mean errors?"),
        ("errors < 300ms", "must be like 1% or 0.01"),
        ("errors < 130%", "from 0 to 1"),
        ("home.p95 > 300ms", "is not an objective"),
        ("be fast", "is not an objective"),
        ("session_start.p95 < 1s", "unknown"),
        ("home.late < 1%", "must be one of"),
    ],
)
def test_objective_that_means_nothing_is_refused_with_what_is_allowed(line: str, said: str):
    """Proves that every mistake is one line which names it."""
    with pytest.raises(ScenarioError) as caught:
        parse(line)
    assert said in str(caught.value)
    assert repr(line) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "value", "word"),
    [
        ("home.p95 < 116ms", 115, "met"),
        ("home.p95 < 115ms", 115, "missed"),
        ("home.p95 <= 115ms", 115, "met"),
        ("home.service.p95 < 96ms", 95, "met"),
        ("all.max < 1s", 120, "met"),
        ("home.mean < 70ms", 70.5, "missed"),
    ],
)
def test_objective_is_judged_on_exact_figures(line: str, value: float, word: str):
    """Proves values worked out by hand: response = 20 ms of lateness + 1 to 100 ms of service."""
    found = judged(line, slow_rows())
    assert found.value == pytest.approx(value)
    assert found.word == word


def test_objective_on_shares_counts_errors_late_and_dropped():
    """Proves the three shares and their denominators."""
    rows = slow_rows()
    rows["outcome"][:3] = OUTCOME_CODE["failed"]
    rows["start_ns"][10:15] += 40 * MS
    rows["start_ns"][20] = -1
    rows["outcome"][20] = OUTCOME_CODE["dropped"]
    assert judged("errors < 5%", rows).value == pytest.approx(3 / 99)
    assert judged("late < 5%", rows).value == pytest.approx(5 / 100)
    assert judged("dropped < 5%", rows).value == pytest.approx(1 / 100)


def test_objective_on_an_action_that_never_happened_is_not_measured():
    """Proves that no request is no pass."""
    found = judged("generate.p95 < 60s", slow_rows())
    assert (found.word, found.met) == ("not measured", False)
    assert "no such request" in found.sentence
