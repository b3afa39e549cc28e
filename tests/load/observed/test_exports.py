"""The same figures for Prometheus, OpenTelemetry, Grafana and Locust's web UI."""

import json
import re
import urllib.request
from pathlib import Path

import gevent
import pytest
from locust.env import Environment
from rows import BATCH, SOURCE

from flashcrowd.core.errors import UsageError
from flashcrowd.load.observed.figures import Figures
from flashcrowd.load.observed.instruments import HISTOGRAM, INSTRUMENTS
from flashcrowd.load.observed.otel import Telemetry
from flashcrowd.load.observed.prometheus import Endpoint, address_of
from flashcrowd.load.observed.vitals import Vitals
from flashcrowd.load.observed.web import add_metrics, add_tabs

DASHBOARD = Path(__file__).parents[3] / "loadtests" / "deploy" / "grafana.json"
SUFFIX = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}


@pytest.fixture
def vitals():
    """Vitals after one batch."""
    found = Vitals()
    found.hear(BATCH, SOURCE)
    return found


def fetched(url: str) -> str:
    """An answer of a server in this process."""

    def get() -> str:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read().decode()

    return gevent.get_hub().threadpool.apply(get)


def names_of(text: str) -> set[str]:
    """Names of the samples of an exposition."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {re.split(r"[{ ]", line)[0] for line in lines}


def test_prometheus_reads_the_figures_over_http(vitals):
    """The endpoint tells counts, gauges, and latencies in cumulated buckets with their sum."""
    with Endpoint("0", lambda: vitals) as endpoint:
        told = fetched(endpoint.url)
    assert 'flashcrowd_requests_total{action="home",outcome="ok"} 2.0' in told
    assert "flashcrowd_members_online 7.0" in told
    assert 'flashcrowd_sessions_total{state="started"} 9.0' in told
    assert "flashcrowd_largest_cascade_reposts 2.0" in told
    assert 'flashcrowd_response_seconds_bucket{action="home",le="0.05"} 1.0' in told
    assert 'flashcrowd_response_seconds_bucket{action="home",le="0.2"} 2.0' in told
    assert 'flashcrowd_response_seconds_bucket{action="home",le="+Inf"} 2.0' in told
    assert float(re.search(r'service_seconds_sum{action="home"} (\S+)', told)[1]) == pytest.approx(0.14)


def test_dashboard_asks_for_exactly_what_is_exported(vitals):
    """No panel asks for a metric that is not there, and every metric has a panel."""
    with Endpoint("0", lambda: vitals) as endpoint:
        exported = names_of(fetched(endpoint.url))
    asked = set(re.findall(r"flashcrowd_[a-z_]+", DASHBOARD.read_text(encoding="utf-8")))
    assert asked <= exported
    base = lambda name: re.sub(r"_(bucket|count|sum|total)$", "", name)  # noqa: E731
    assert {base(name) for name in asked} == {base(name) for name in exported}
    labels = {label for instrument in INSTRUMENTS.values() for label in instrument.labels} | {"le"}
    used = re.findall(r"by \(([a-z, ]+)\)|\{\{(\w+)\}\}", DASHBOARD.read_text(encoding="utf-8"))
    assert {word for pair in used for word in re.findall(r"\w+", " ".join(pair))} <= labels


@pytest.mark.parametrize("where", ["", "http", "1.2.3.4:", "70000", "a:b:c"])
def test_address_that_is_none_is_one_line(where):
    """Only PORT or ADDRESS:PORT will do."""
    with pytest.raises(UsageError, match="must be PORT or ADDRESS:PORT"):
        address_of(where)


def test_port_that_is_taken_is_one_line(vitals):
    """Somebody else's port is said, not a traceback."""
    with Endpoint("0", lambda: vitals) as endpoint:
        port = endpoint.url.split(":")[2].split("/")[0]
        with (
            pytest.raises(UsageError, match=f"cannot serve on 127.0.0.1:{port}"),
            Endpoint(port, lambda: vitals),
        ):
            pass


def test_opentelemetry_gets_every_metric(vitals):
    """A reader of the SDK collects the same names, units and values."""
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader

    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    telemetry = Telemetry(lambda: vitals, provider.get_meter("flashcrowd"))
    telemetry.hear(BATCH, SOURCE)
    (resource,) = reader.get_metrics_data().resource_metrics
    found = {metric.name: metric for metric in resource.scope_metrics[0].metrics}
    assert set(found) == {f"flashcrowd.{name}" for name in INSTRUMENTS}
    assert {name: found[f"flashcrowd.{name}"].unit for name in INSTRUMENTS} == {
        name: instrument.unit for name, instrument in INSTRUMENTS.items()
    }
    points = found["flashcrowd.requests"].data.data_points
    assert {(p.attributes["action"], p.attributes["outcome"]): p.value for p in points} == vitals.requests
    home = {p.attributes["action"]: p for p in found["flashcrowd.response"].data.data_points}["home"]
    assert (home.count, home.sum) == (2, pytest.approx(0.21))
    assert len(home.bucket_counts) == len(home.explicit_bounds) + 1
    provider.shutdown()


def test_every_histogram_has_its_latencies():
    """What is exported as a histogram is one of the two latencies."""
    kinds = {name: instrument.kind for name, instrument in INSTRUMENTS.items()}
    assert {name for name, kind in kinds.items() if kind == HISTOGRAM} == {"response", "service"}


def test_web_ui_shows_the_crowd_beside_its_own_figures(vitals, monkeypatch):
    """The page names the tabs, and each answer of the statistics brings their rows and who is online."""
    monkeypatch.setattr("sys.argv", ["locust"])  # the page's options are read from there
    environment = Environment()
    environment.create_local_runner()
    web_ui = environment.create_web_ui("127.0.0.1", 0, delayed_start=True)
    add_tabs(web_ui, lambda: vitals)
    add_metrics(web_ui, lambda: vitals)
    client = web_ui.app.test_client()
    page = client.get("/").get_data(as_text=True)
    told = json.loads(client.get("/stats/requests").get_data(as_text=True))
    metrics = client.get("/metrics").get_data(as_text=True)
    environment.runner.quit()
    assert "Live crowd" in page
    assert "Cascades" in page
    assert (told["user_count"], told["state"]) == (7, "ready")
    crowd, cascades = told["extended_stats"]
    rows = {row["what"]: row for row in crowd["data"]}
    assert rows["members online"]["count"] == 7
    assert rows["visits begun"] == {"what": "visits begun", "count": 9, "failed": 1}
    assert (rows["home"]["count"], rows["home"]["failed"]) == (3, 1)
    assert rows["home"]["responsetail"] == pytest.approx(160, rel=0.001)
    assert rows["home"]["servicetail"] == pytest.approx(100, rel=0.001)
    assert cascades["data"][0] == {"post": "500", "author": 3, "recent": 2, "reposts": 2}
    assert "flashcrowd_members_online 7.0" in metrics


def test_new_run_begins_with_new_figures():
    """Whoever shows figures sees those of the run under way, and others hear the same rows."""
    figures, heard = Figures(), []
    begin = figures.feed(lambda collected, source: heard.append(collected))
    begin()(BATCH, SOURCE)
    assert figures.vitals.sent == 3
    begin()
    assert figures.vitals.sent == 0
    assert heard == [BATCH]
