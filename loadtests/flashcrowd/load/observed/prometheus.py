"""A Prometheus endpoint of the run under way, by prometheus-client (the extra `metrics`)."""

from collections.abc import Callable, Iterator
from typing import Any

from gevent import socket
from gevent.pywsgi import WSGIServer

from flashcrowd.core.errors import UsageError
from flashcrowd.load.observed.instruments import (
    COUNTER,
    EDGES_S,
    HISTOGRAM,
    INSTRUMENTS,
    Instrument,
    cumulated,
    latency_of,
    prometheus_name,
)
from flashcrowd.load.observed.vitals import Vitals


class RunCollector:
    """Reads the vitals whenever Prometheus asks; between its visits it costs nothing.

    Args:
        vitals: those of the run under way.
    """

    def __init__(self, vitals: Callable[[], Vitals]) -> None:
        self._vitals = vitals

    def collect(self) -> Iterator[Any]:
        """All metrics of the run, as prometheus-client takes them."""
        vitals = self._vitals()
        for name, instrument in INSTRUMENTS.items():
            make = _histogram if instrument.kind == HISTOGRAM else _values
            yield make(name, instrument, vitals)


class Endpoint:
    """Serves `/metrics` for as long as a `with` block.

    Args:
        where: PORT, or ADDRESS:PORT; without an address it is loopback. Port 0 = a free one.
        vitals: those of the run under way.

    Raises:
        UsageError: when prometheus-client is not installed, or nothing can be served there.
    """

    def __init__(self, where: str, vitals: Callable[[], Vitals]) -> None:
        try:
            from prometheus_client import CollectorRegistry
            from prometheus_client.exposition import make_wsgi_app
        except ImportError:
            how = "pip install 'flashcrowd[metrics]'"
            raise UsageError(f"--prometheus needs prometheus-client: {how}") from None
        registry = CollectorRegistry()
        registry.register(RunCollector(vitals))
        self._server = WSGIServer(_listener(*address_of(where)), make_wsgi_app(registry), log=None)

    def __enter__(self) -> "Endpoint":
        self._server.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        """Where the metrics are."""
        host, port = self._server.socket.getsockname()
        return f"http://{host}:{port}/metrics"


def address_of(where: str) -> tuple[str, int]:
    """Address and port of `--prometheus`.

    >>> address_of("9464"), address_of("0.0.0.0:9464")
    (('127.0.0.1', 9464), ('0.0.0.0', 9464))

    Raises:
        UsageError: when it is neither PORT nor ADDRESS:PORT.
    """
    host, _, port = where.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise UsageError(f"--prometheus is {where!r}; must be PORT or ADDRESS:PORT")
    return host or "127.0.0.1", int(port)


def _listener(host: str, port: int) -> Any:
    """A socket that listens there."""
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise UsageError(f"--prometheus: cannot serve on {host}:{port}: {error.strerror or error}") from None
    return listener


def _values(name: str, instrument: Instrument, vitals: Vitals) -> Any:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    make = CounterMetricFamily if instrument.kind == COUNTER else GaugeMetricFamily
    family = make(prometheus_name(name), instrument.meaning, labels=instrument.labels)
    for labels, value in instrument.read(vitals):
        family.add_metric(labels, value)
    return family


def _histogram(name: str, instrument: Instrument, vitals: Vitals) -> Any:
    from prometheus_client.core import HistogramMetricFamily

    family = HistogramMetricFamily(prometheus_name(name), instrument.meaning, labels=instrument.labels)
    edges = [*map(str, EDGES_S), "+Inf"]
    for action, found in list(vitals.latency.items()):
        histogram, sum_s = latency_of(name, found)
        family.add_metric([action], list(zip(edges, cumulated(histogram), strict=True)), sum_s)
    return family
