"""What the platform itself counts, so that a harness can be reconciled with it to the last request."""

import mmap
from array import array
from collections import Counter
from pathlib import Path
from typing import Any, Final

UNKNOWN_ROUTE: Final = "(unknown)"
COUNTS: Final = "counts"
MOST_ROUTES: Final = 512
"""Routes whose counts outlast the process; a method that nobody has heard of may be the one too many."""


class Tally:
    """Counts by name that outlast their process, whatever it dies of: they live in a mapped file.

    Args:
        folder: of `counts` (a 64-bit number a name) and `counts.names` (a line each, in the same order).
    """

    def __init__(self, folder: Path) -> None:
        self._names = folder / f"{COUNTS}.names"
        known = self._names.read_text(encoding="utf-8").splitlines() if self._names.is_file() else []
        self._places = {name: place for place, name in enumerate(known)}
        path = folder / COUNTS
        if not path.is_file():
            path.write_bytes(array("q", [0] * MOST_ROUTES).tobytes())
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8 * MOST_ROUTES)
        self._numbers = memoryview(self._map).cast("q")

    def counted(self) -> dict[str, int]:
        """What was counted until now, by this process and those before it."""
        return {name: self._numbers[place] for name, place in self._places.items() if self._numbers[place]}

    def put(self, name: str, count: int) -> None:
        """Remember a count."""
        place = self._places.get(name)
        if place is None:
            place = self._added(name)
        if place < MOST_ROUTES:
            self._numbers[place] = count

    def close(self) -> None:
        """Let go of the file."""
        self._numbers.release()
        self._map.close()

    def _added(self, name: str) -> int:
        place = self._places[name] = len(self._places)
        with self._names.open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")
        return place


class Counters:
    """Requests by endpoint (method and route template): received, answered by status, seconds spent.

    Args:
        folder: where the counts of what was received outlast the process.
    """

    def __init__(self, folder: Path) -> None:
        self._tally = Tally(folder)
        self.received: Counter[str] = Counter(self._tally.counted())
        self.answered: Counter[tuple[str, int]] = Counter()
        self.seconds: Counter[str] = Counter()
        self.in_flight = 0

    def begin(self, route: str) -> None:
        """A request has come."""
        count = self.received[route] = self.received[route] + 1
        self._tally.put(route, count)
        self.in_flight += 1

    def end(self, route: str, status: int, seconds: float) -> None:
        """Its answer has been handed to the connection."""
        self.in_flight -= 1
        self.answered[route, status] += 1
        self.seconds[route] += seconds  # type: ignore[assignment]

    def close(self) -> None:
        """Let go of the file."""
        self._tally.close()

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
