"""Feeds Locust's statistics, events and web UI from our rows, a batch at a time.

Locust's own entry is made for one request at a time; here each batch becomes one `StatsEntry` an action,
merged as Locust merges the reports of its workers. Response time (from the intended time) is what is shown;
what never left is a failure without a time. Listeners of the `request` event that others have added are
called for every row.
"""

from time import time
from typing import Any, Final

import numpy as np
from locust.stats import StatsEntry, StatsError, bucket_response_time

from flashcrowd.core.events import ACTIONS, OUTCOME_CODE, OUTCOMES
from flashcrowd.load.journal import Collected, Source
from flashcrowd.load.recorder import Columns

METHOD: Final = "live"
"""Stands where Locust shows the HTTP method: a row is an action of a member."""

OK: Final = OUTCOME_CODE["ok"]


class Bridge:
    """Hands batches of request rows to one Locust environment.

    Args:
        environment: `locust.env.Environment`.
    """

    def __init__(self, environment: Any) -> None:
        self._environment = environment
        self._stats = environment.stats

    def hear(self, collected: Collected, source: Source) -> None:
        """Count the requests of a batch of rows."""
        if "requests" in collected:
            self.feed(collected["requests"])

    def feed(self, rows: Columns) -> None:
        """Count a batch of rows of `requests`."""
        now = time()
        for code in np.unique(rows["action"]).tolist():
            chosen = rows["action"] == code
            name = ACTIONS[code]
            entry = self._entry(name, {column: values[chosen] for column, values in rows.items()}, now)
            self._stats.entries[name, METHOD].extend(entry)
            self._stats.total.extend(entry)
        self._count_errors(rows)
        listeners = [each for each in self._environment.events.request._handlers if not _is_locusts(each)]
        if listeners:
            _fire(listeners, rows)

    def _entry(self, name: str, rows: Columns, now: float) -> Any:
        sent = rows["start_ns"] >= 0
        response_ms = (rows["end_ns"][sent] - rows["intended_ns"][sent]) / 1e6
        failures = int((rows["outcome"] != OK).sum())
        entry = StatsEntry(self._stats, name, METHOD)
        entry.num_requests = len(sent)
        entry.num_none_requests = int((~sent).sum())
        entry.num_failures = failures
        entry.last_request_timestamp = now
        entry.num_reqs_per_sec = {int(now): len(sent)}
        entry.num_fail_per_sec = {int(now): failures} if failures else {}
        entry.total_content_length = int(rows["bytes_in"].sum())
        if sent.any():
            entry.total_response_time = float(response_ms.sum())
            entry.min_response_time = float(response_ms.min())
            entry.max_response_time = float(response_ms.max())
            for value in response_ms.tolist():
                entry.response_times[bucket_response_time(value)] += 1
        return entry

    def _count_errors(self, rows: Columns) -> None:
        bad = rows["outcome"] != OK
        pairs = np.stack([rows["action"][bad], rows["outcome"][bad]], axis=1)
        found, counts = np.unique(pairs, axis=0, return_counts=True)
        for (action, outcome), count in zip(found.tolist(), counts.tolist(), strict=True):
            name, error = ACTIONS[action], OUTCOMES[outcome]
            key = StatsError.create_key(METHOD, name, error)
            entry = self._stats.errors.setdefault(key, StatsError(METHOD, name, error))
            entry.occurrences += count


def _is_locusts(listener: Any) -> bool:
    """Whether a listener is that of Locust's statistics, which our entries have served already."""
    return getattr(listener, "__module__", "") == "locust.runners"


def _fire(listeners: list[Any], rows: Columns) -> None:
    names = ("action", "outcome", "intended_ns", "end_ns", "start_ns", "bytes_in")
    columns = (rows[name].tolist() for name in names)
    for action, outcome, intended, end, start, size in zip(*columns, strict=True):
        failed = None if outcome == OK else RuntimeError(OUTCOMES[outcome])
        for listener in listeners:
            listener(
                request_type=METHOD,
                name=ACTIONS[action],
                response_time=(end - intended) / 1e6 if start >= 0 else None,
                response_length=size,
                exception=failed,
                context={},
            )
