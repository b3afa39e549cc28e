"""An OpenTelemetry collector for tests: takes metrics by OTLP over HTTP, and remembers them."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)

Labels = tuple[tuple[str, str], ...]


class Collected:
    """What exporters have sent.

    Attributes:
        url: where to send it.
        exports: every export, decoded, in their order.
        strays: paths of what was sent besides metrics.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.exports: list[ExportMetricsServiceRequest] = []
        self.strays: list[str] = []

    def services(self) -> set[str]:
        """Names of the services that have sent something."""
        found = [resource for export in self.exports for resource in export.resource_metrics]
        attributes = [attribute for one in found for attribute in one.resource.attributes]
        return {one.value.string_value for one in attributes if one.key == "service.name"}

    def metrics(self) -> dict[str, Any]:
        """Name -> the metric as it was last sent."""
        return {metric.name: metric for export in self.exports for metric in _metrics_of(export)}

    def points(self, name: str) -> list[dict[Labels, Any]]:
        """The points of a metric in each export that holds it, by their labels."""
        return [
            {_labels(point): point for point in getattr(metric, metric.WhichOneof("data")).data_points}
            for export in self.exports
            for metric in _metrics_of(export)
            if metric.name == name
        ]


def _metrics_of(export: ExportMetricsServiceRequest) -> Iterator[Any]:
    for resource in export.resource_metrics:
        for scope in resource.scope_metrics:
            yield from scope.metrics


def _labels(point: Any) -> Labels:
    return tuple(sorted((one.key, one.value.string_value) for one in point.attributes))


@contextmanager
def collector() -> Iterator[Collected]:
    """A collector on a free port, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            if self.path == "/v1/metrics" and self.headers["Content-Type"] == "application/x-protobuf":
                found.exports.append(ExportMetricsServiceRequest.FromString(body))
            else:
                found.strays.append(self.path)
            told = ExportMetricsServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Collected(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
