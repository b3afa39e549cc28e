"""OpenTelemetry as a collector gets it: a whole run exports what its record holds."""

import os
from collections import Counter
from pathlib import Path

from collecting import collector
from runs import finished, flashcrowd

from flashcrowd.core.runlog import RunReader
from flashcrowd.load.observed.instruments import EDGES_S, INSTRUMENTS

EVERY_MS = "500"


def environment(url: str) -> dict[str, str]:
    """What a user sets to send metrics there, and often enough for a run of seconds."""
    wishes = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_METRIC_EXPORT_INTERVAL": EVERY_MS}
    return {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")} | wishes


def test_collector_gets_what_the_record_holds(scenario, town, tmp_path: Path) -> None:
    """By OTLP over HTTP: every metric by name and unit, more than once; the last counts are the record's."""
    run = tmp_path / "run"
    with collector() as found:
        process = flashcrowd("load", scenario(3), "--out", run, "--otel", *town, env=environment(found.url))
        code, _, noted = finished(process)
    assert code in (0, 1, 5), noted
    assert found.services() == {"flashcrowd"}
    assert found.strays == []
    assert {
        name: metric.unit for name, metric in found.metrics().items() if name.startswith("flashcrowd.")
    } == {f"flashcrowd.{name}": instrument.unit for name, instrument in INSTRUMENTS.items()}
    rows = RunReader(run).table("requests", ["action", "outcome", "phase", "start_ns"]).to_pylist()
    due = Counter((row["action"], row["outcome"]) for row in rows if row["phase"] != "check")
    *earlier, last = found.points("flashcrowd.requests")
    told = {(labels["action"], labels["outcome"]): point.as_int for labels, point in _named(last)}
    assert earlier
    assert told == due
    sent = Counter(row["action"] for row in rows if row["start_ns"] >= 0 and row["phase"] != "check")
    for latency in ("response", "service"):
        points = dict(_named_by_action(found.points(f"flashcrowd.{latency}")[-1]))
        assert {action: point.count for action, point in points.items()} == sent
        assert all(list(point.explicit_bounds) == list(EDGES_S) for point in points.values())
        assert all(sum(point.bucket_counts) == point.count for point in points.values())
    online = [
        point.as_int for export in found.points("flashcrowd.members_online") for point in export.values()
    ]
    assert max(online) > 0


def test_collector_that_is_away_costs_the_run_nothing(scenario, town, tmp_path: Path) -> None:
    """Nobody listens: the run goes on to its verdict, and its record is whole."""
    run = tmp_path / "run"
    with collector() as gone:
        nowhere = gone.url
    process = flashcrowd("load", scenario(2), "--out", run, "--otel", *town, env=environment(nowhere))
    code, _, noted = finished(process)
    assert code in (0, 1, 5), noted
    assert "Traceback" not in noted
    assert RunReader(run).manifest["state"] == "finished"


def _named(export):
    return [(dict(labels), point) for labels, point in export.items()]


def _named_by_action(export):
    return [(labels["action"], point) for labels, point in _named(export)]
