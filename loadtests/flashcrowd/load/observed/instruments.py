"""What is exported of a run under way: every metric is named here and nowhere else.

Prometheus gets `flashcrowd_<name>` (counters end in `_total`, latencies in `_seconds`), OpenTelemetry
`flashcrowd.<name>` with the unit beside it.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np

from flashcrowd.load.histogram import Histogram, bucket
from flashcrowd.load.observed.vitals import Latencies, Vitals

COUNTER: Final = "counter"
GAUGE: Final = "gauge"
HISTOGRAM: Final = "histogram"

Labels = tuple[str, ...]
Read = Callable[[Vitals], Iterator[tuple[Labels, float]]]

EDGES_S: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0)
"""Upper ends of the buckets of exported latencies (s); the record and the report know three digits."""

EDGES: Final = [int(bucket(edge * 1e6)) for edge in EDGES_S]


class Instrument(NamedTuple):
    """One metric: its kind, unit (UCUM), meaning, labels, and its values now (none for histograms)."""

    kind: str
    unit: str
    meaning: str
    labels: Labels
    read: Read


def _none(vitals: Vitals) -> Iterator[tuple[Labels, float]]:
    return iter(())


INSTRUMENTS: Final = {
    "requests": Instrument(
        COUNTER,
        "{request}",
        "Requests that were due, by action and outcome (dropped = never sent).",
        ("action", "outcome"),
        lambda vitals: iter(list(vitals.requests.items())),
    ),
    "late_requests": Instrument(
        COUNTER,
        "{request}",
        "Requests sent more than 50 ms after they were due.",
        (),
        lambda vitals: iter([((), vitals.late)]),
    ),
    "actions": Instrument(
        COUNTER,
        "{action}",
        "What members did, by action and outcome.",
        ("action", "outcome"),
        lambda vitals: iter(list(vitals.actions.items())),
    ),
    "sessions": Instrument(
        COUNTER,
        "{session}",
        "Visits, by what became of them.",
        ("state",),
        lambda vitals: (((state,), count) for state, count in vitals.sessions.items()),
    ),
    "members_online": Instrument(
        GAUGE,
        "{member}",
        "Members whose visit is under way.",
        (),
        lambda vitals: iter([((), vitals.online)]),
    ),
    "largest_cascade_reposts": Instrument(
        GAUGE,
        "{repost}",
        "Reposts of the post that has most.",
        (),
        lambda vitals: iter([((), vitals.largest_cascade)]),
    ),
    "response": Instrument(
        HISTOGRAM, "s", "Time from when a request was due to its answer.", ("action",), _none
    ),
    "service": Instrument(
        HISTOGRAM, "s", "Time from when a request was sent to its answer.", ("action",), _none
    ),
}
"""Name -> what it is."""


def prometheus_name(name: str) -> str:
    """A metric's name in Prometheus, without what its kind adds (`_total`, `_bucket` …).

    >>> prometheus_name("response"), prometheus_name("requests")
    ('flashcrowd_response_seconds', 'flashcrowd_requests')
    """
    return f"flashcrowd_{name}{'_seconds' if INSTRUMENTS[name].unit == 's' else ''}"


def cumulated(histogram: Histogram) -> list[int]:
    """Counts up to each of `EDGES_S`, and of all."""
    below = np.cumsum(histogram.counts)
    return [*below[EDGES].tolist(), histogram.total]


def latency_of(name: str, found: Latencies) -> tuple[Histogram, float]:
    """The histogram of `response` or `service`, and the sum of its values (s)."""
    if name == "response":
        return found.response, found.response_sum_s
    return found.service, found.service_sum_s
