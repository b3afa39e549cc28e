"""OpenTelemetry export of the run under way, set up by Locust's own `--otel` (the extra `metrics`).

Where to and how often is said by the usual OTEL_* variables; without any, metrics go by OTLP over HTTP to
localhost, and no traces or logs are sent.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from flashcrowd.core.errors import UsageError
from flashcrowd.core.events import ACTIONS
from flashcrowd.load.journal import Collected, Source
from flashcrowd.load.observed.instruments import COUNTER, EDGES_S, GAUGE, HISTOGRAM, INSTRUMENTS, Instrument
from flashcrowd.load.observed.vitals import Vitals

DEFAULTS: Final = {
    "OTEL_SERVICE_NAME": "flashcrowd",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_TRACES_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
}
"""Where the user's environment says nothing."""


class Telemetry:
    """Hands the run's metrics to OpenTelemetry.

    Args:
        vitals: those of the run under way.
        meter: where to; None = the global meter provider's.
    """

    def __init__(self, vitals: Callable[[], Vitals], meter: Any = None) -> None:
        from opentelemetry import metrics

        meter = meter or metrics.get_meter("flashcrowd")
        self._observation = metrics.Observation
        self._vitals = vitals
        self._histograms: dict[str, Any] = {}
        for name, instrument in INSTRUMENTS.items():
            about = {"unit": instrument.unit, "description": instrument.meaning}
            if instrument.kind == HISTOGRAM:
                self._histograms[name] = meter.create_histogram(
                    f"flashcrowd.{name}", **about, explicit_bucket_boundaries_advisory=list(EDGES_S)
                )
            else:
                make = {
                    COUNTER: meter.create_observable_counter,
                    GAUGE: meter.create_observable_gauge,
                }[instrument.kind]
                make(f"flashcrowd.{name}", callbacks=[self._reader(instrument)], **about)

    def hear(self, collected: Collected, source: Source) -> None:
        """Record the latencies of a batch of rows."""
        if "requests" not in collected:
            return
        rows = collected["requests"]
        sent = rows["start_ns"] >= 0
        end = rows["end_ns"][sent]
        actions = rows["action"][sent]
        for name, begin in (("response", rows["intended_ns"][sent]), ("service", rows["start_ns"][sent])):
            record = self._histograms[name].record
            latency_s = (end - begin) / np.float64(1e9)
            for action, value_s in zip(actions.tolist(), latency_s.tolist(), strict=True):
                record(value_s, {"action": ACTIONS[action]})

    def _reader(self, instrument: Instrument) -> Callable[[Any], Iterable[Any]]:
        def read(options: Any) -> Iterator[Any]:
            for labels, value in instrument.read(self._vitals()):
                yield self._observation(value, dict(zip(instrument.labels, labels, strict=True)))

        return read


@contextmanager
def exported(vitals: Callable[[], Vitals]) -> Iterator[Telemetry]:
    """Export a run's metrics until the end of the block; what is left is sent then.

    Raises:
        UsageError: when OpenTelemetry is not installed.
    """
    try:
        from opentelemetry import metrics
        from opentelemetry.sdk.metrics import MeterProvider
    except ImportError:
        raise UsageError("--otel needs OpenTelemetry: pip install 'flashcrowd[metrics]'") from None
    from locust.opentelemetry import setup_opentelemetry

    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    setup_opentelemetry("flashcrowd", None)
    try:
        yield Telemetry(vitals)
    finally:
        provider = metrics.get_meter_provider()
        if isinstance(provider, MeterProvider):
            provider.shutdown()
