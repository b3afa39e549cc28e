"""Latency, accounting and the timeline, from requests whose times are known."""

import made_runs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats.mstats import hdquantiles

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE, PHASE_CODE
from flashcrowd.report.metrics.accounting import accounting, accounting_metrics, in_flight
from flashcrowd.report.metrics.latency import latency_by_action, latency_metrics
from flashcrowd.report.metrics.quantiles import quantile, quantiles, smooth_quantile
from flashcrowd.report.metrics.timeline import bin_width, timeline
from flashcrowd.report.metrics.traffic import traffic

MS = 1_000_000


def stalled_rows() -> dict[str, np.ndarray]:
    """100 requests due every 10 ms, sent one at a time; nothing is answered from 200 ms to 700 ms."""
    intended = np.arange(100) * 10 * MS
    start, end, free = [], [], 0
    for due in intended:
        begun = max(int(due), free)
        free = begun + 5 * MS if not 200 * MS <= begun < 700 * MS else 705 * MS
        start.append(begun)
        end.append(free)
    return made_runs.request_rows(100, start_ns=np.array(start), end_ns=np.array(end))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200), st.sampled_from([0.5, 0.9, 0.95, 0.99, 0.999]))
def test_quantile_is_the_least_value_that_covers_its_share(values: list[float], level: float):
    """Proves the definition: at least `level` of the sample is not larger, and less than that is smaller."""
    sample = np.array(values)
    found = quantile(sample, level)
    assert found in sample
    assert (sample <= found).mean() >= level - 1e-9
    assert (sample < found).mean() < level


@given(st.lists(st.floats(0, 1e6), max_size=100))
def test_quantiles_agree_with_numpy_and_never_fall(values: list[float]):
    """Proves all levels against numpy's inverted distribution."""
    found = quantiles(np.array(values))
    if values:
        for name, level in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
            assert getattr(found, name) == np.quantile(values, level, method="inverted_cdf")
        assert found.p50 <= found.p95 <= found.p99 <= found.p999 <= found.max
    else:
        assert np.isnan(found.p50)


def test_stall_is_seen_in_response_time_and_hidden_by_service_time():
    """Proves why both are told: one stalled request makes fifty members wait."""
    everything = latency_by_action(traffic(stalled_rows()))[0]
    assert everything.service.p95 == pytest.approx(5)
    assert everything.response.p95 > 400
    assert everything.response.max == pytest.approx(505, abs=1)


def test_latency_by_action_keeps_actions_apart_and_counts_errors():
    """Proves grouping, order by frequency, and which outcomes are errors."""
    rows = made_runs.request_rows(
        5,
        action=np.array([ACTION_CODE[name] for name in ("home", "home", "home", "post", "post")]),
        outcome=np.array(
            [OUTCOME_CODE[name] for name in ("ok", "failed", "timeout", "blocked", "abandoned")]
        ),
    )
    rows["end_ns"] = rows["start_ns"] + np.array([1, 2, 3, 10, 20]) * MS
    found = {row.action: row for row in latency_by_action(traffic(rows))}
    assert list(found) == ["all", "home", "post"]
    assert (found["home"].errors, found["post"].errors) == (2, 0)
    assert (found["home"].service.p50, found["post"].service.max) == (2, 20)


def test_only_the_measured_phase_is_judged():
    """Proves that warm-up and drain are left out of every figure."""
    phases = [PHASE_CODE[name] for name in ("warm_up", "measured", "measured", "drain")]
    rows = made_runs.request_rows(4, phase=np.array(phases))
    assert latency_by_action(traffic(rows))[0].sent == 2
    assert accounting(traffic(rows), {}).offered == 2
    assert len(traffic(rows, None)) == 4


def test_accounting_forgets_nothing_unsent():
    """Proves offered, sent, late and dropped on rows counted by hand."""
    rows = made_runs.request_rows(10)
    rows["start_ns"] = rows["intended_ns"] + np.array([0, 0, 0, 0, 0, 0, 0, 51, 60, 0]) * MS
    rows["start_ns"][9] = rows["end_ns"][9] = -1
    rows["outcome"][9] = OUTCOME_CODE["dropped"]
    found = accounting(traffic(rows), {"sessions": {"offered": 4, "started": 4}})
    assert (found.offered, found.sent, found.late, found.dropped) == (10, 9, 2, 1)
    assert (found.late_share, found.punctual_share) == (0.2, 0.7)
    assert found.lateness_p99_ms == 60
    assert found.sessions == {"offered": 4, "started": 4}


def test_metrics_of_no_requests_are_none():
    """Proves that the empty table has a defined answer."""
    nothing = traffic(made_runs.request_rows(0))
    assert latency_by_action(nothing) == ()
    assert latency_metrics(()) == []
    assert accounting_metrics(accounting(nothing, {})) == []
    assert in_flight(nothing) == 0
    assert len(timeline(nothing)) == 0


def test_in_flight_obeys_littles_law_in_a_steady_stream():
    """Proves the sampled mean: 100 requests a second of 50 ms each are 5 in flight (edges cost under 1 %)."""
    rows = made_runs.request_rows(6000)
    rows["end_ns"] = rows["start_ns"] + 50 * MS
    assert in_flight(traffic(rows)) == pytest.approx(5, rel=0.01)


def test_timeline_puts_a_stall_into_the_seconds_in_which_requests_were_due():
    """Proves bins by due time: slow answers show when members asked, and counts add up."""
    series = timeline(traffic(stalled_rows()), width_s=0.25)
    assert series.offered.tolist() == [25] * 4
    assert series.response_ms["p50"][0] == pytest.approx(5)
    assert series.response_ms["p50"][1] > 300
    assert series.late.sum() == accounting(traffic(stalled_rows()), {}).late


def test_timeline_leaves_seconds_without_requests_open():
    """Proves that a second in which nothing was sent has no latency instead of zero."""
    rows = made_runs.request_rows(2)
    rows["intended_ns"][1] = rows["start_ns"][1] = 2_500 * MS
    rows["end_ns"][1] = 2_510 * MS
    series = timeline(traffic(rows))
    assert series.offered.tolist() == [1, 0, 1]
    assert np.isnan(series.response_ms["p50"][1])
    assert series.response_ms["p99"][2] == pytest.approx(10)


@given(st.floats(0, 1e6))
def test_timeline_never_needs_more_bins_than_can_be_seen(window_s: float):
    """Proves the reduction of long runs."""
    assert window_s / bin_width(window_s) < 600


@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
def test_smooth_quantile_is_scipys_harrell_davis(level: float):
    """The cached weights give what scipy's own estimate gives, on 500 heavy-tailed values."""
    values = np.random.default_rng(1).pareto(2.0, 500)
    assert smooth_quantile(values, level) == pytest.approx(float(hdquantiles(values, [level])[0]))
    assert np.isnan(smooth_quantile(np.array([]), level))
