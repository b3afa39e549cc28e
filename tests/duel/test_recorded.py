"""Recorded runs held against each other, and baselines of them."""

import math

import jsonschema
import numpy as np
import pytest
from scipy.stats import ttest_ind

from flashcrowd.core.errors import RecordError, UsageError
from flashcrowd.report.duel.baseline import Baseline, baselines, kept_baseline, read_baseline
from flashcrowd.report.duel.comparison import Limits, compared_apart
from flashcrowd.report.duel.document import JSON_SCHEMA, document
from flashcrowd.report.duel.figures import figure_named
from flashcrowd.report.duel.recorded import Shot, compared_shots

HEADS = ("all.p50", "all.p95", "throughput")


def shots(n, factor=1.0, noise=0.02, seed=1, scenario="smoke"):
    """Runs of a build: figures of 20 with log-normal noise."""
    rng = np.random.default_rng(seed)
    figures = [{name: 20 * factor * math.exp(rng.normal(0, noise)) for name in HEADS} for _ in range(n)]
    return [Shot(f"run-{i}", f"2026-01-{i + 1:02}", scenario, one) for i, one in enumerate(figures)]


def test_p_of_unpaired_runs_is_students_two_sample_t():
    """The p-value is that of scipy's t-test of two samples on the logarithms."""
    before, after = [10.0, 12.0, 9.0, 11.0], [13.0, 14.0, 12.5]
    one = compared_apart(figure_named("home.p95"), before, after, Limits())
    assert one.p == pytest.approx(ttest_ind(np.log(before), np.log(after)).pvalue)


def test_two_single_runs_decide_nothing_however_far_apart():
    """Twice as slow in one run each is inconclusive, and the sentence says why; the document is valid."""
    found = compared_shots(shots(1), shots(1, 2.0), Limits())
    assert (found.verdict, found.comparisons[0].p) == ("inconclusive", pytest.approx(math.nan, nan_ok=True))
    assert "Two single runs cannot tell" in found.sentence
    jsonschema.validate(document(found, ("a", "b")), JSON_SCHEMA)


def test_one_run_against_a_baseline_is_judged_by_how_its_runs_differ():
    """30 % more than six runs that differ by 2 % is slower; 30 % faster is faster; one like them is not."""
    kept = shots(6)
    assert compared_shots(kept, shots(1, 1.3, seed=2), Limits()).verdict == "slower"
    assert compared_shots(kept, shots(1, 1 / 1.3, seed=2), Limits()).comparisons[0].verdict != "same"
    assert compared_shots(kept, shots(1, seed=3), Limits()).verdict in ("same", "inconclusive")


def test_false_alarms_of_a_single_run_stay_below_the_limit():
    """Of 400 runs like those of their baseline at most 5 % (+3.3 %, 3 sigma) are called different."""
    alarms = sum(
        compared_shots(
            shots(5, noise=0.08, seed=2 * i), shots(1, noise=0.08, seed=2 * i + 1), Limits()
        ).verdict
        in ("slower", "faster")
        for i in range(400)
    )
    assert alarms / 400 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)


def test_runs_of_different_scenarios_are_refused():
    """Numbers of different loads are no comparison."""
    with pytest.raises(UsageError, match="different scenarios: other, smoke"):
        compared_shots(shots(3), shots(1, scenario="other"), Limits())


def test_baseline_is_kept_and_read_back(tmp_path):
    """What was kept is read back whole, and stands in the list."""
    kept = kept_baseline("main", shots(4), tmp_path)
    assert read_baseline(tmp_path / "main.json") == kept
    assert list(baselines(tmp_path)) == [kept]


def test_calibration_says_what_one_run_can_show():
    """Spread is that of the logarithms; a run at the stated effect is just different, one below it is not."""
    runs = shots(5, noise=0.03)
    for one in Baseline("main", tuple(runs)).calibration():
        logs = np.log([run.figures[one.name] for run in runs])
        assert one.spread == pytest.approx(logs.std(ddof=1))
        assert 0 <= one.plain_alarms <= 0.5
        level = math.exp(logs.mean())
        for factor, differs in ((1.001, True), (0.999, False)):
            value = level * (1 + one.detectable) ** factor
            p = compared_apart(figure_named(one.name), np.exp(logs), [value], Limits()).p
            assert (p <= 0.05 / len(HEADS)) is differs


def test_baseline_needs_runs_a_name_and_one_scenario(tmp_path):
    """Two runs, a name that is a path, and a mixture of scenarios are refused in a line."""
    with pytest.raises(UsageError, match="at least 3 runs"):
        kept_baseline("main", shots(2), tmp_path)
    with pytest.raises(UsageError, match="letters, digits"):
        kept_baseline("../main", shots(3), tmp_path)
    with pytest.raises(UsageError, match="different scenarios"):
        kept_baseline("main", [*shots(3), *shots(1, scenario="other")], tmp_path)


def test_damaged_baseline_is_a_record_error(tmp_path):
    """A file that holds something else is named."""
    (tmp_path / "main.json").write_text('{"schema": 1}')
    with pytest.raises(RecordError, match=r"main\.json: holds no baseline"):
        read_baseline(tmp_path / "main.json")
