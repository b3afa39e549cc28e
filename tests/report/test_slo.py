"""Objectives: what they mean, and what is said of one that means nothing."""

import made_runs
import numpy as np
import pytest

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.events import OUTCOME_CODE
from flashcrowd.report.metrics.accounting import accounting
from flashcrowd.report.metrics.freshness import freshness
from flashcrowd.report.metrics.latency import latency_by_action
from flashcrowd.report.metrics.traffic import traffic
from flashcrowd.report.slo import Judgement, judge_objective, parse

MS = 1_000_000


NOTHING_SEEN = made_runs.sighting_rows([], [], [], [])


def judged(
    line: str,
    rows: dict[str, np.ndarray],
    sightings: dict[str, np.ndarray] = NOTHING_SEEN,
    reread: dict[str, np.ndarray] | None = None,
) -> Judgement:
    """What some requests, and what was looked at beside them, say about one line."""
    measured = traffic(rows)
    seen = freshness(sightings, made_runs.reread_rows(0) if reread is None else reread, limit_s=10)
    return judge_objective(parse(line), latency_by_action(measured), accounting(measured, {}), measured, seen)


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
        ("freshness.p95 < 10s", "freshness", "response", "p95", 10_000),
        ("freshness.never < 1%", "freshness", "response", "never", 0.01),
        ("lost_writes < 0.1%", "all", "response", "lost_writes", 0.001),
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
        ("freshness.p59 < 1s", "must be one of p50, p90, p95, p99, never"),
        ("freshness < 1s", "must be one of p50"),
        ("freshness.never < 1s", "must be like 1% or 0.01"),
        ("freshnes.p95 < 1s", "did you mean freshness?"),
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


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("freshness.p50 < 2s", "met"),
        ("freshness.p50 < 900ms", "missed"),
        ("freshness.p95 < 10s", "missed"),
        ("freshness.p95 < 11s", "not measured"),
        ("freshness.never < 30%", "met"),
        ("freshness.never < 20%", "missed"),
        ("lost_writes < 2%", "missed"),
        ("lost_writes < 3%", "met"),
        ("wrong_counts < 1%", "met"),
    ],
)
def test_objective_on_what_is_seen_counts_what_was_never_seen(line: str, word: str):
    """Three posts seen after 1 s, one not within 10 s: of its quantile only that is known."""
    sightings = made_runs.sighting_rows([0, 0, 0, 0], [-1] * 4, [1000, 1000, 1000, -1], [1000] * 3 + [10_000])
    reread = made_runs.reread_rows(40, found=np.arange(40) > 0)
    assert judged(line, slow_rows(), sightings, reread).word == word


def test_objective_on_what_nobody_looked_for_is_not_measured():
    """Without sightings and rereads there is no answer, and no pass."""
    for line in ("freshness.p95 < 10s", "freshness.never < 1%", "lost_writes < 1%", "wrong_counts < 1%"):
        judgement = judged(line, slow_rows())
        assert judgement.word == "not measured"
        assert "too little was looked at" in judgement.sentence
