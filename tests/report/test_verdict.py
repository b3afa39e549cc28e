"""Verdicts: which runs may be judged, and what wins."""

from pathlib import Path
from typing import Any

import made_runs
import numpy as np
import pytest
from scipy.stats import theilslopes

from flashcrowd.core.errors import ExitCode, ScenarioError
from flashcrowd.core.events import OUTCOME_CODE, PHASE_CODE
from flashcrowd.core.runlog import RunWriter
from flashcrowd.core.scenario import Scenario
from flashcrowd.report import Verdict, judge
from flashcrowd.report.validity import drift

MS = 1_000_000


def judged(
    path: Path, rows: dict[str, Any], slo: tuple[str, ...] = ("home.p95 < 300ms",), **details: Any
) -> Verdict:
    """The verdict on a live run that sent these requests."""
    scenario = Scenario().changed(slo=slo)
    state = details.pop("state", "finished")
    writer = RunWriter(path, scenario, "live", {"live_members": 10, "worker_cpu_share": 0.3, **details})
    writer.append("requests", rows)
    writer.close(state)
    return judge(path)


def steady_rows(n: int = 3000) -> dict[str, Any]:
    """Half a minute at 100 requests a second; the median takes 20 ms."""
    rows = made_runs.request_rows(n)
    rows["end_ns"] = rows["start_ns"] + (20 * MS * np.random.default_rng(2).lognormal(0, 0.3, n)).astype(
        np.int64
    )
    return rows


@pytest.mark.parametrize(("most", "named"), [(2000, True), (1999, False)])
def test_full_pool_is_named_as_a_reason_for_lateness(tmp_path: Path, most: int, named: bool):
    """Proves that a run whose requests waited for each other says so, and what to set."""
    rows = steady_rows()
    rows["start_ns"] = rows["start_ns"] + 300 * MS
    rows["end_ns"] = rows["end_ns"] + 300 * MS
    found = judged(tmp_path, rows, worker_in_flight=[[5, 2000], [most, 2000]])
    assert found.exit_code == ExitCode.INVALID
    assert ("all 2,000 that may be in flight at once were (load.connections" in found.reasons[0]) == named


def test_steady_run_within_its_objectives_passes(tmp_path: Path):
    """Proves the pass, and that every check is told with its figures."""
    found = judged(tmp_path, steady_rows())
    assert (found.exit_code, found.word) == (ExitCode.PASS, "pass")
    assert {check.name for check in found.checks} >= {
        "sent on time",
        "generator CPU",
        "no trend",
        "Little's law",
    }
    assert "10 members" in found.sentence


def test_missed_objective_is_the_verdict_of_a_valid_run(tmp_path: Path):
    """Proves exit code 1, with the objective and the figure in the sentence."""
    found = judged(tmp_path, steady_rows(), ("home.p95 < 5ms", "errors < 1%"))
    assert found.exit_code == ExitCode.SLO_MISSED
    assert "home.p95 < 5ms" in found.sentence
    assert len(found.reasons) == 1


def test_hopeless_run_has_missed_its_objectives_however_short_it_was(tmp_path: Path):
    """A run that was ended early by the user's own limit is judged by it, in its words."""
    verdict = judged(tmp_path, steady_rows(60), aborted="errors > 20% for 10s: it was 93.0%")
    assert (verdict.exit_code, verdict.word) == (ExitCode.SLO_MISSED, "slo missed")
    assert "ended early because it was hopeless: errors > 20% for 10s: it was 93.0%" in verdict.sentence


@pytest.mark.parametrize("used", [{"worker_cpu_demand": [0.2, 1.3]}, {"worker_cpu_share": 0.97}])
def test_hopeless_run_of_a_saturated_generator_is_invalid(tmp_path: Path, used: dict[str, Any]):
    """Slowness that may be the generator's own is never held against the platform, nor is it ever a pass."""
    verdict = judged(tmp_path, steady_rows(60), aborted="p95 > 2s for 10s: it was 3,000 ms", **used)
    assert (verdict.exit_code, verdict.word) == (ExitCode.INVALID, "invalid")
    assert "no verdict on the platform: the load generator needed" in verdict.sentence


def test_unmeasured_objective_is_inconclusive(tmp_path: Path):
    """Proves that an objective on requests that were never sent is no pass."""
    found = judged(tmp_path, steady_rows(), ("generate.p95 < 60s",))
    assert found.exit_code == ExitCode.INCONCLUSIVE


def late(rows: dict[str, Any]) -> None:
    """One in ten is sent 80 ms late."""
    rows["start_ns"][::10] += 80 * MS
    rows["end_ns"][::10] += 80 * MS


def dropped(rows: dict[str, Any]) -> None:
    """One in fifty is never sent."""
    rows["start_ns"][::50] = rows["end_ns"][::50] = -1
    rows["outcome"][::50] = OUTCOME_CODE["dropped"]


def rising(rows: dict[str, Any]) -> None:
    """Each request takes longer than the one before."""
    rows["end_ns"] += np.arange(len(rows["end_ns"])) * 100_000


def piling_up(rows: dict[str, Any]) -> None:
    """The second half is answered only after the window."""
    half = len(rows["end_ns"]) // 2
    rows["end_ns"][half:] = rows["start_ns"][-1] + 1000 * MS


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (late, "over 50 ms late"),
        (dropped, "never sent"),
        (rising, "rose by"),
        (piling_up, "in flight"),
    ],
)
def test_run_that_measured_something_else_is_invalid_whatever_its_latency(
    tmp_path: Path, spoil: Any, said: str
):
    """Proves each condition by a record that breaks it, and that invalid wins over an objective."""
    rows = steady_rows()
    spoil(rows)
    found = judged(tmp_path, rows, ("home.p95 < 1ms",))
    assert found.exit_code == ExitCode.INVALID
    assert any(said in reason for reason in found.reasons)


def test_busy_generator_makes_a_run_invalid(tmp_path: Path):
    """Proves the CPU condition for one worker among several."""
    found = judged(tmp_path, steady_rows(), worker_cpu_share=[0.2, 0.97])
    assert found.exit_code == ExitCode.INVALID
    assert "97 % of one core" in found.sentence


def test_platform_that_counted_other_requests_makes_a_run_invalid(tmp_path: Path):
    """Proves that a record which lost requests is no basis for a verdict."""
    endpoints = {"endpoint_of": {"home": "GET /h"}, "platform_counts": {"GET /h": 3100}}
    found = judged(tmp_path, steady_rows(), **endpoints)
    assert found.exit_code == ExitCode.INVALID
    assert "GET /h" in found.sentence


def test_run_that_measured_nothing_is_invalid(tmp_path: Path):
    """Proves that a warm-up alone is never a pass."""
    rows = steady_rows(50) | {"phase": np.full(50, PHASE_CODE["warm_up"])}
    assert judged(tmp_path, rows).exit_code == ExitCode.INVALID


def test_killed_run_is_unfinished_and_not_judged(tmp_path: Path):
    """Proves that a run cut short is never a pass, and that the sentence says why."""
    found = judge(made_runs.make_live(tmp_path / "live", seconds=10, state="running"))
    assert (found.word, found.exit_code) == ("unfinished", ExitCode.INVALID)
    assert "killed" in found.sentence


def test_interrupted_run_says_how_it_ended(tmp_path: Path):
    """Proves that a state other than finished is told in the sentence."""
    assert "(interrupted)" in judged(tmp_path, steady_rows(), state="interrupted").sentence


def test_offline_run_is_done_without_judgement(offline_run: Path):
    """Proves that objectives of the live part do not judge an offline run."""
    found = judge(offline_run)
    assert (found.word, found.exit_code, found.judgements) == ("done", ExitCode.PASS, ())


def test_unreadable_objective_is_one_clear_error(tmp_path: Path):
    """Proves that a wrong objective is never skipped in silence."""
    with pytest.raises(ScenarioError, match="hmoe"):
        judged(tmp_path, steady_rows(), ("hmoe.p95 < 1s",))


def test_stall_in_the_middle_is_no_trend(live_run: Path):
    """Proves that the robust slope does not take one stall for a drift."""
    checks = {check.name: check.held for check in judge(live_run).checks}
    assert checks["no trend"]


def test_drift_of_a_line_is_its_rise():
    """Proves the robust slope: one wild point in a line changes nothing."""
    t = np.arange(30.0)
    values = 2 * t
    values[7] = 1000
    change, low, high = drift(t, values)
    assert change == pytest.approx(58)
    assert low <= change <= high


@pytest.mark.parametrize("n", [10, 60, 300])
def test_drift_agrees_with_scipy(n: int):
    """Proves slope and 99 % interval against an independent implementation, on noise with a trend."""
    random = np.random.default_rng(n)
    t = np.arange(float(n))
    values = 0.3 * t + random.standard_cauchy(n)
    slope, _, low, high = theilslopes(values, t, alpha=0.99)
    assert drift(t, values) == pytest.approx((slope * (n - 1), low * (n - 1), high * (n - 1)))


def test_verdict_for_machines_holds_every_objective(live_run: Path):
    """Proves the JSON form."""
    data = judge(live_run).as_json()
    assert data["word"] == "pass"
    assert [line["verdict"] for line in data["objectives"]] == ["met", "met", "met"]
