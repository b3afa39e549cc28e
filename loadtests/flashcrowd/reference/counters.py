"""What the platform itself counts, so that a harness can be reconciled with it to the last request."""

from collections import Counter
from typing import Any, Final

UNKNOWN_ROUTE: Final = "(unknown)"


class Counters:
    """Requests by endpoint (method and route template): received, answered by status, seconds spent."""

    def __init__(self) -> None:
        self.received: Counter[str] = Counter()
        self.answered: Counter[tuple[str, int]] = Counter()
        self.seconds: Counter[str] = Counter()
        self.in_flight = 0

    def begin(self, route: str) -> None:
        """A request has come."""
        self.received[route] += 1
        self.in_flight += 1

    def end(self, route: str, status: int, seconds: float) -> None:
        """Its answer has been handed to the connection."""
        self.in_flight -= 1
        self.answered[route, status] += 1
        self.seconds[route] += seconds  # type: ignore[assignment]

    def as_dict(self) -> dict[str, Any]:
        """`requests`: endpoint -> received; `statuses`: endpoint -> status -> answered."""
        statuses: dict[str, dict[str, int]] = {}
        for (route, status), count in sorted(self.answered.items()):
            statuses.setdefault(route, {})[str(status)] = count
        return {
            "requests": dict(sorted(self.received.items())),
            "statuses": statuses,
            "in_flight": self.in_flight,
        }

    def as_prometheus(self) -> list[str]:
        """The same in Prometheus' text format, and the seconds spent."""
        lines = ["# TYPE flashcrowd_requests_received_total counter"]
        for route, count in sorted(self.received.items()):
            lines.append(f"flashcrowd_requests_received_total{{{_labels(route)}}} {count}")
        lines.append("# TYPE flashcrowd_requests_total counter")
        for (route, status), count in sorted(self.answered.items()):
            lines.append(f'flashcrowd_requests_total{{{_labels(route)},status="{status}"}} {count}')
        lines.append("# TYPE flashcrowd_request_seconds_total counter")
        for route, spent in sorted(self.seconds.items()):
            lines.append(f"flashcrowd_request_seconds_total{{{_labels(route)}}} {spent:.6f}")
        return [
            *lines,
            "# TYPE flashcrowd_requests_in_flight gauge",
            f"flashcrowd_requests_in_flight {self.in_flight}",
        ]


def _labels(route: str) -> str:
    method, _, template = route.partition(" ")
    return f'method="{method}",route="{template}"'
