"""What is to be seen of a run in its last seconds: quantiles, rates, the cascades that grow."""

from collections import Counter, deque
from dataclasses import dataclass
from math import nan
from typing import Final

import numpy as np

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.load.hopeless import Batch, batch_of, percentiles_ms
from flashcrowd.load.recorder import Columns

WINDOW_S: Final = 10.0
RATES: Final = 60
"""Rates that are remembered for the small chart."""

TOP: Final = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """The last `WINDOW_S` seconds, and what grew over the whole run.

    `p50_ms`, `p95_ms`, `p99_ms`: response times, NaN when nothing was answered · `errors`, `answered`: in the
    window · `sent`, `dropped`: over the run · `rates_per_s`: one for each batch, the latest last ·
    `cascades`: (author of the original post, its reposts so far), the largest first.
    """

    p50_ms: float = nan
    p95_ms: float = nan
    p99_ms: float = nan
    errors: int = 0
    answered: int = 0
    sent: int = 0
    dropped: int = 0
    rates_per_s: tuple[float, ...] = ()
    cascades: tuple[tuple[int, int], ...] = ()


class Glance:
    """Takes every batch of a run's rows, and tells what is to be seen."""

    def __init__(self) -> None:
        self._batches: deque[Batch] = deque()
        self._rates: deque[float] = deque(maxlen=RATES)
        self._reposts: Counter[int] = Counter()
        self._authors: dict[int, int] = {}
        self._sent = self._dropped = 0
        self._last_s = 0.0

    def note(self, requests: Columns | None, actions: Columns | None, now_s: float) -> None:
        """Take the rows collected since the last time; `now_s` = wall seconds of the run."""
        sent = 0
        if requests is not None:
            batch = batch_of(requests, now_s)
            self._batches.append(batch)
            sent = batch.sent
            self._sent += sent
            self._dropped += len(requests["start_ns"]) - sent
        if actions is not None:
            authors = _reposted(actions)
            self._reposts.update(root for root, _ in authors)
            self._authors.update(authors)
        while self._batches and self._batches[0].at_s <= now_s - WINDOW_S:
            self._batches.popleft()
        self._rates.append(sent / max(now_s - self._last_s, 0.1))
        self._last_s = now_s

    def seen(self) -> Seen:
        """What is to be seen now."""
        p50, p95, p99 = percentiles_ms(self._batches, (0.5, 0.95, 0.99))
        return Seen(
            *(p50, p95, p99),
            errors=sum(batch.errors for batch in self._batches),
            answered=sum(batch.sent for batch in self._batches),
            sent=self._sent,
            dropped=self._dropped,
            rates_per_s=tuple(self._rates),
            cascades=tuple((self._authors[root], n) for root, n in self._reposts.most_common(TOP)),
        )


def _reposted(actions: Columns) -> list[tuple[int, int]]:
    """The original post of every repost that worked, and its author."""
    ok = actions["outcome"] == OUTCOME_CODE["ok"]
    reposts = ok & (actions["action"] == ACTION_CODE["repost"])
    root, author = (np.asarray(actions[name])[reposts].tolist() for name in ("root", "author"))
    return list(zip(root, author, strict=True))
