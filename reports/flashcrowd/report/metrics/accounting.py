"""What was due, what was sent, what was late, what was dropped: nothing unsent is forgotten."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flashcrowd.report.metric import Metric
from flashcrowd.report.metrics.quantiles import quantile
from flashcrowd.report.metrics.traffic import Traffic


@dataclass(frozen=True)
class Accounting:
    """The measured window in numbers. Shares are of what was offered; `error_share` is of what was sent."""

    window_s: float
    offered: int
    sent: int
    late: int
    dropped: int
    errors: int
    abandoned: int
    lateness_p50_ms: float
    lateness_p99_ms: float
    sessions: dict[str, int]

    @property
    def offered_per_s(self) -> float:
        """Requests due per second of the window."""
        return self.offered / self.window_s if self.window_s else float("nan")

    @property
    def sent_per_s(self) -> float:
        """Requests sent per second of the window."""
        return self.sent / self.window_s if self.window_s else float("nan")

    @property
    def late_share(self) -> float:
        """Share of offered requests that were sent more than 50 ms late."""
        return _share(self.late, self.offered)

    @property
    def dropped_share(self) -> float:
        """Share of offered requests that were never sent."""
        return _share(self.dropped, self.offered)

    @property
    def punctual_share(self) -> float:
        """Share of offered requests that were sent at most 50 ms late."""
        return _share(self.sent - self.late, self.offered)

    @property
    def error_share(self) -> float:
        """Share of sent requests that failed."""
        return _share(self.errors, self.sent)


def accounting(measured: Traffic, manifest: dict[str, Any]) -> Accounting:
    """Counts over the requests of the measured phase; `sessions` comes from the manifest of a live run."""
    lateness = measured.lateness_ms[measured.sent]
    return Accounting(
        window_s=measured.window_s,
        offered=len(measured),
        sent=int(measured.sent.sum()),
        late=int(measured.late.sum()),
        dropped=int(measured.dropped.sum()),
        errors=int((measured.error & measured.sent).sum()),
        abandoned=int(measured.abandoned.sum()),
        lateness_p50_ms=quantile(lateness, 0.5),
        lateness_p99_ms=quantile(lateness, 0.99),
        sessions={str(k): int(v) for k, v in (manifest.get("sessions") or {}).items()},
    )


def accounting_metrics(found: Accounting) -> list[Metric]:
    """`requests.offered`, `requests.late_share` and their like; nothing for a run without requests."""
    if not found.offered:
        return []
    return [
        Metric("requests.offered", found.offered, "count"),
        Metric("requests.sent", found.sent, "count", "higher"),
        Metric("requests.offered_rate", found.offered_per_s, "1/s"),
        Metric("requests.sent_rate", found.sent_per_s, "1/s", "higher"),
        Metric("requests.late_share", found.late_share, "share", "lower"),
        Metric("requests.dropped_share", found.dropped_share, "share", "lower"),
        Metric("requests.error_share", found.error_share, "share", "lower"),
        Metric("requests.abandoned", found.abandoned, "count", "lower"),
        Metric("requests.lateness_p50", found.lateness_p50_ms, "ms", "lower"),
        Metric("requests.lateness_p99", found.lateness_p99_ms, "ms", "lower"),
        *(Metric(f"sessions.{name}", number, "count") for name, number in found.sessions.items()),
    ]


def in_flight(measured: Traffic) -> float:
    """Mean number of requests under way, from being due to being answered, at 1,000 instants of the window.

    Sampled rather than integrated, so that it is a second opinion on rate x response time (Little's law).
    """
    sent = measured.where(measured.sent)
    if not len(sent):
        return 0.0
    at = measured.intended_s.min() + (np.arange(1000) + 0.5) * measured.window_s / 1000
    begun = np.searchsorted(np.sort(sent.intended_s), at, side="right")
    ended = np.searchsorted(np.sort(sent.end_s), at, side="right")
    return float((begun - ended).mean())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
