"""How long each action took: response time (what members waited), service time (what the platform took)."""

from dataclasses import dataclass

import numpy as np

from flashcrowd.core.events import ACTIONS
from flashcrowd.report.metric import Metric
from flashcrowd.report.metrics.quantiles import Quantiles, quantiles
from flashcrowd.report.metrics.traffic import Traffic


@dataclass(frozen=True)
class ActionLatency:
    """Latency of one action ("all" = every action) in ms, over every request that was sent, failed or not."""

    action: str
    sent: int
    errors: int
    response: Quantiles
    service: Quantiles

    @property
    def error_share(self) -> float:
        """Share of sent requests that failed; NaN when none was sent."""
        return self.errors / self.sent if self.sent else float("nan")


def latency_by_action(sent: Traffic) -> tuple[ActionLatency, ...]:
    """A row for all requests, then one for each action, most frequent first; empty when nothing was sent."""
    sent = sent.where(sent.sent)
    if not len(sent):
        return ()
    codes, counts = np.unique(sent.action, return_counts=True)
    rows = [_row("all", sent)]
    for code in codes[np.argsort(-counts, kind="stable")]:
        rows.append(_row(ACTIONS[code], sent.where(sent.action == code)))
    return tuple(rows)


def latency_metrics(rows: tuple[ActionLatency, ...]) -> list[Metric]:
    """`response.<action>.p95` and its like, `service.…`, and errors by action."""
    found = []
    for row in rows:
        for kind, sample in (("response", row.response), ("service", row.service)):
            for name in ("p50", "p95", "p99", "p999", "max"):
                found.append(Metric(f"{kind}.{row.action}.{name}", getattr(sample, name), "ms", "lower"))
        found.append(Metric(f"sent.{row.action}", row.sent, "count"))
        found.append(Metric(f"errors.{row.action}", row.error_share, "share", "lower"))
    return found


def _row(action: str, sent: Traffic) -> ActionLatency:
    errors = int(sent.error.sum())
    return ActionLatency(action, len(sent), errors, quantiles(sent.response_ms), quantiles(sent.service_ms))
