"""Whether a run is hopeless: a limit of the user's was passed for a whole sliding window."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flashcrowd.core.events import ERRORS, OUTCOME_CODE
from flashcrowd.core.wishes import AbortRule
from flashcrowd.load.recorder import Columns

ERROR_CODES: Final = [OUTCOME_CODE[name] for name in ERRORS]
LEAST: Final = 20
"""Requests in a window without which nothing is said."""


class Batch(NamedTuple):
    """What was answered until `at_s` (wall s), since the batch before; `response_ns`: shape `(sent,)`."""

    at_s: float
    sent: int
    errors: int
    response_ns: npt.NDArray[np.int64]


def batch_of(rows: Columns, at_s: float) -> Batch:
    """The batch of some rows of `requests`."""
    sent = rows["start_ns"] >= 0
    response_ns = rows["end_ns"][sent] - rows["intended_ns"][sent]
    return Batch(at_s, len(response_ns), int(np.isin(rows["outcome"], ERROR_CODES).sum()), response_ns)


def percentiles_ms(batches: Iterable[Batch], shares: Sequence[float]) -> list[float]:
    """The response times (ms) that some shares (0..1) of the requests do not exceed; NaN for no requests."""
    values = np.concatenate([np.empty(0, np.int64), *(batch.response_ns for batch in batches)])
    if not len(values):
        return [float("nan")] * len(shares)
    ranks = [max(1, int(np.ceil(share * len(values)))) - 1 for share in shares]
    return [float(value) / 1e6 for value in np.partition(values, ranks)[ranks]]


def found_in(rule: AbortRule, batches: Sequence[Batch]) -> float:
    """What a window's batches say of a rule: a share, or ms; NaN for too few requests."""
    sent = sum(batch.sent for batch in batches)
    if sent < LEAST:
        return float("nan")
    if rule.what == "errors":
        return sum(batch.errors for batch in batches) / sent
    return percentiles_ms(batches, [int(rule.what[1:]) / 100])[0]


def hopeless(rules: Sequence[AbortRule], batches: Sequence[Batch], now_s: float) -> str:
    """The sentence of the first rule that is broken over its whole window before `now_s`; "" = none.

    Args:
        batches: in order of time, from the run's beginning (0 s) or before the longest window.
    """
    for rule in rules:
        window = [batch for batch in batches if batch.at_s > now_s - rule.window_s]
        found = found_in(rule, window) if now_s >= rule.window_s else float("nan")
        if found > rule.limit:
            shown = f"{found:.1%}" if rule.what == "errors" else f"{found:,.0f} ms"
            return f"{rule.text}: it was {shown} over the last {rule.window_s:g} s"
    return ""


class Watch:
    """Looks at every batch, and says when to give up.

    Args:
        rules: the scenario's.
    """

    def __init__(self, rules: Sequence[AbortRule]) -> None:
        self.reason = ""
        self._rules = rules
        self._longest_s = max((rule.window_s for rule in rules), default=0.0)
        self._batches: deque[Batch] = deque()

    def note(self, rows: Columns | None, now_s: float) -> bool:
        """Take what was answered since the last time (wall s since the run began); whether to give up."""
        if not self._rules or self.reason:
            return bool(self.reason)
        if rows is not None:
            self._batches.append(batch_of(rows, now_s))
        while self._batches and self._batches[0].at_s <= now_s - self._longest_s:
            self._batches.popleft()
        self.reason = hopeless(self._rules, self._batches, now_s)
        return bool(self.reason)
