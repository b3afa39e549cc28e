"""The figures of a run under way: counts, latencies and cascades, added up from batches of its rows."""

from collections import Counter, deque
from time import monotonic
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flashcrowd.core.events import ACTION_CODE, ACTIONS, BRACKETS, LATE_NS, OUTCOME_CODE, OUTCOMES
from flashcrowd.load.histogram import Histogram
from flashcrowd.load.journal import Collected, Source

RECENT_S: Final = 60.0
"""What "now" means for cascades: reposts of the last minute of wall time."""

RATE_S: Final = 10.0
"""Window of the rates."""

OK: Final = OUTCOME_CODE["ok"]
REPOST: Final = ACTION_CODE["repost"]
Codes = npt.NDArray[np.int8]


class Cascade(NamedTuple):
    """A post and its reposts: how many in all, and how many in the last minute."""

    root: int
    author: int
    reposts: int
    recent: int


class Latencies:
    """Response times (since a request was due) and service times (since it was sent) of one action."""

    __slots__ = ("response", "response_sum_s", "service", "service_sum_s")

    def __init__(self) -> None:
        self.response = Histogram()
        self.service = Histogram()
        self.response_sum_s = self.service_sum_s = 0.0

    def add(self, response_ns: npt.NDArray[np.int64], service_ns: npt.NDArray[np.int64]) -> None:
        """Count the two latencies of some requests."""
        self.response.add(response_ns)
        self.service.add(service_ns)
        self.response_sum_s += float(response_ns.sum()) / 1e9
        self.service_sum_s += float(service_ns.sum()) / 1e9


class Vitals:
    """Adds up a run as it goes.

    Attributes:
        requests: (action, outcome) -> requests so far.
        actions: (action, outcome) -> what members did so far.
        latency: action -> latencies of what was sent.
        late: requests sent more than 50 ms after their time · dropped: never sent.
    """

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str]] = Counter()
        self.actions: Counter[tuple[str, str]] = Counter()
        self.latency: dict[str, Latencies] = {}
        self.late = self.dropped = 0
        self._source: Source | None = None
        self._reposts: Counter[int] = Counter()
        self._author: dict[int, int] = {}
        self._recent: deque[tuple[float, Counter[Any]]] = deque()
        self._sent: deque[tuple[float, Counter[Any]]] = deque()

    def hear(self, collected: Collected, source: Source) -> None:
        """Take a batch of rows, by table."""
        self._source = source
        now_s = monotonic()
        if "requests" in collected:
            self._take_requests(collected, now_s)
        if "actions" in collected:
            self._take_actions(collected, now_s)
        _forget(self._recent, now_s - RECENT_S)
        _forget(self._sent, now_s - RATE_S)

    @property
    def sent(self) -> int:
        """Requests that left."""
        return self.requests.total() - self.dropped

    @property
    def online(self) -> int:
        """Members whose visit is under way."""
        return 0 if self._source is None else self._source.tally.online

    @property
    def sessions(self) -> dict[str, int]:
        """Sessions by what became of them; see `scene.Tally`."""
        return {} if self._source is None else self._source.tally.sessions()

    def rate_per_s(self, action: str) -> float:
        """Requests a second over the last seconds."""
        if not self._sent:
            return 0.0
        span_s = max(1.0, monotonic() - self._sent[0][0])
        return sum(batch[action] for _, batch in self._sent) / span_s

    def top_cascades(self, count: int) -> list[Cascade]:
        """The cascades that grow most now, then the largest."""
        recent: Counter[int] = Counter()
        for _, batch in self._recent:
            recent.update(batch)
        order = sorted(self._reposts, key=lambda root: (-recent[root], -self._reposts[root], root))
        return [self._cascade(root, recent[root]) for root in order[:count]]

    @property
    def largest_cascade(self) -> int:
        """Reposts of the post that has most."""
        return max(self._reposts.values(), default=0)

    def _cascade(self, root: int, recent: int) -> Cascade:
        return Cascade(root, self._author.get(root, -1), self._reposts[root], recent)

    def _take_requests(self, collected: Collected, now_s: float) -> None:
        rows = collected["requests"]
        sent = rows["start_ns"] >= 0
        for (action, outcome), count in _pairs(rows["action"], rows["outcome"]):
            self.requests[action, outcome] += count
        self.late += int((rows["start_ns"][sent] - rows["intended_ns"][sent] > LATE_NS).sum())
        self.dropped += int((~sent).sum())
        batch: Counter[str] = Counter()
        for code in np.unique(rows["action"][sent]).tolist():
            chosen = sent & (rows["action"] == code)
            found = self.latency.setdefault(ACTIONS[code], Latencies())
            end = rows["end_ns"][chosen]
            found.add(end - rows["intended_ns"][chosen], end - rows["start_ns"][chosen])
            batch[ACTIONS[code]] = int(chosen.sum())
        self._sent.append((now_s, batch))

    def _take_actions(self, collected: Collected, now_s: float) -> None:
        rows = collected["actions"]
        if "request" in rows:  # the history's rows were no request of this run
            during = rows["request"] >= 0
            rows = {name: values[during] for name, values in rows.items()}
        for (action, outcome), count in _pairs(rows["action"], rows["outcome"]):
            if action not in BRACKETS:
                self.actions[action, outcome] += count
        reposts = (rows["action"] == REPOST) & (rows["outcome"] == OK)
        roots = Counter(rows["root"][reposts].tolist())
        self._reposts.update(roots)
        self._author |= zip(rows["root"][reposts].tolist(), rows["author"][reposts].tolist(), strict=True)
        self._recent.append((now_s, roots))


def _pairs(actions: Codes, outcomes: Codes) -> list[tuple[tuple[str, str], int]]:
    """How often each action had each outcome."""
    found, counts = np.unique(np.stack([actions, outcomes], axis=1), axis=0, return_counts=True)
    named = ((ACTIONS[action], OUTCOMES[outcome]) for action, outcome in found.tolist())
    return list(zip(named, counts.tolist(), strict=True))


def _forget(batches: deque[tuple[float, Counter[Any]]], before_s: float) -> None:
    while batches and batches[0][0] < before_s:
        batches.popleft()
