"""Requests in the record against requests counted by the platform, by endpoint, to the last one."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from flashcrowd.core.events import ACTIONS
from flashcrowd.report.metric import Metric
from flashcrowd.report.run import Columns

UNTOLD_S: Final = 5.0
"""A worker that is lost may take the rows of its last seconds along (s)."""


@dataclass(frozen=True)
class EndpointCount:
    """One endpoint.

    `unanswered` were sent and got no answer, `resent` were sent once more because a kept connection was
    dead: the platform may or may not have seen them · `untold`: most requests that workers which were lost
    may have sent without telling.
    """

    endpoint: str
    recorded: int
    counted: int
    unanswered: int
    resent: int = 0
    untold: int = 0

    @property
    def explained(self) -> bool:
        """Whether the difference is no larger than what went unanswered, twice or untold can explain."""
        return -self.resent - self.untold <= self.recorded - self.counted <= self.unanswered


def reconciliation(requests: Columns, manifest: dict[str, Any]) -> tuple[EndpointCount, ...]:
    """Every endpoint that serves an action or was counted; empty when the platform did not count.

    The counts are those of the run alone: what prepared it was counted before and is subtracted.
    """
    counted = manifest.get("platform_counts") or {}
    endpoint_of, resent = manifest.get("endpoint_of") or {}, manifest.get("resent") or {}
    if not counted or not endpoint_of:
        return ()
    sent = requests["start_ns"] >= 0
    by_action = np.bincount(requests["action"][sent], minlength=len(ACTIONS))
    silent = np.bincount(requests["action"][sent & (requests["status"] == 0)], minlength=len(ACTIONS))
    rows = []
    parts = {part for endpoint in endpoint_of.values() for part in endpoint.split(", ")}
    for endpoint in sorted(set(endpoint_of.values()) | (set(counted) - parts)):
        codes = [code for code, name in enumerate(ACTIONS) if endpoint_of.get(name) == endpoint]
        recorded, unanswered = int(by_action[codes].sum()), int(silent[codes].sum())
        twice = sum(int(resent.get(ACTIONS[code], 0)) for code in codes)
        untold = _untold(recorded, requests, manifest)
        rows.append(EndpointCount(endpoint, recorded, _counted(counted, endpoint), unanswered, twice, untold))
    return tuple(row for row in rows if row.recorded or row.counted)


def _counted(counted: dict[str, Any], endpoint: str) -> int:
    """What the platform counted at an endpoint, or at several that are named together."""
    return sum(int(counted.get(part, 0)) for part in endpoint.split(", "))


def _untold(recorded: int, requests: Columns, manifest: dict[str, Any]) -> int:
    """Most requests to an endpoint that lost workers may not have told: those of `UNTOLD_S`, and noise."""
    lost = sum(worker.get("state") == "lost" for worker in manifest.get("workers") or [])
    if not lost or not len(requests["intended_ns"]):
        return 0
    mean = lost * UNTOLD_S * recorded / max(1.0, float(np.ptp(requests["intended_ns"])) / 1e9)
    return int(np.ceil(mean + 3 * np.sqrt(mean) + 3))


def reconciliation_metrics(rows: tuple[EndpointCount, ...]) -> list[Metric]:
    """How many requests record and platform disagree about; nothing when the platform did not count."""
    if not rows:
        return []
    apart = sum(abs(row.recorded - row.counted) for row in rows)
    return [
        Metric("platform.counted", sum(row.counted for row in rows), "count"),
        Metric("platform.difference", apart, "count", "lower"),
    ]
