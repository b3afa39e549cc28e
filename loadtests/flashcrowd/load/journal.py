"""Takes the rows of a run as they collect, and hands them on: to the record, to Locust, to the screen.

It works beside the crowd, twice a second: what is written goes through a thread, so that no member waits
for a disk.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from time import monotonic_ns
from typing import Any, Final, Protocol

import gevent
import numpy as np
from gevent.lock import BoundedSemaphore

from flashcrowd.core.events import LATE_NS, OUTCOME_CODE, PHASE_CODE
from flashcrowd.load.glance import Glance
from flashcrowd.load.histogram import Histogram
from flashcrowd.load.hopeless import ERROR_CODES, Watch
from flashcrowd.load.progress import Display, Pulse
from flashcrowd.load.recorder import Columns
from flashcrowd.load.runclock import NS, RunClock

EVERY_S: Final = 0.5
RATE_WINDOW: Final = 4
"""Batches over which the rate on the screen is taken."""

CHECK: Final = PHASE_CODE["check"]
DROPPED: Final = OUTCOME_CODE["dropped"]

Collected = Mapping[str, Columns]
"""Rows by table, as they collected."""


class Collector(Protocol):
    """Where rows collect: a `Recorder`, or the rows of many."""

    def take(self) -> dict[str, Columns]:
        """The rows collected since the last time, by table."""


class Crowded(Protocol):
    """Counts sessions."""

    @property
    def online(self) -> int:
        """Visits under way now."""

    def sessions(self) -> dict[str, int]:
        """Sessions so far, by what became of them."""


class Source(Protocol):
    """What a journal reads: a `Scene`, or the stage of a run on many workers."""

    @property
    def recorder(self) -> Collector:
        """Where rows collect."""

    @property
    def clock(self) -> RunClock:
        """The run's clock."""

    @property
    def tally(self) -> Crowded:
        """Who is there."""


Feed = Callable[[Collected, Source], None]
"""Hears of every batch of rows, and of where it comes from."""


class Writer(Protocol):
    """Where rows go: a `RunWriter`, or a worker's way to one."""

    def append(self, table: str, columns: Columns) -> None:
        """Take rows of a table; from any thread."""


class Journal:
    """Empties a scene's recorder.

    Args:
        scene: whose rows.
        writer: the record.
        feed: hears of every batch of rows (Locust's statistics, the figures of the run under way).
        display: the line on the screen.
        total_s: wall seconds that the run will last.
        watch: says when the run is hopeless.
        give_up: is called then.
    """

    def __init__(
        self,
        scene: Source,
        writer: Writer,
        feed: Feed,
        display: Display,
        total_s: float,
        watch: Watch | None = None,
        give_up: Callable[[], None] | None = None,
    ) -> None:
        self.response = Histogram()
        self.service = Histogram()
        self.sent = self.errors = self.late = self.dropped = 0
        self._scene = scene
        self._writer = writer
        self._feed = feed
        self._display = display
        self._total_s = total_s
        self._watch = watch or Watch(())
        self._give_up = give_up
        self._recent: deque[tuple[int, int]] = deque(maxlen=RATE_WINDOW)
        self._glance = Glance()
        self._threads = gevent.get_hub().threadpool
        self._turn = BoundedSemaphore()

    def keep(self) -> None:
        """Empty the recorder again and again, until killed."""
        while True:
            gevent.sleep(EVERY_S)
            self.empty()

    def halt(self, beside: Iterable[Any]) -> None:
        """End the greenlets beside a run, but none in the middle of handing on rows, which would be lost."""
        with self._turn:
            gevent.killall(list(beside))

    def empty(self) -> None:
        """Hand on everything collected so far.

        Raises:
            StorageError: when the record cannot be written.
        """
        with self._turn:
            self._empty()

    def _empty(self) -> None:
        collected = self._scene.recorder.take()
        for table, columns in collected.items():
            error = self._threads.apply(self._append, (table, columns))
            if error is not None:
                raise error
        rows = _of_members(collected.pop("requests", None))
        if rows is not None:
            self._count(rows)
            collected["requests"] = rows
        self._feed(collected, self._scene)
        now_s = (monotonic_ns() - self._scene.clock.origin_ns) / NS
        self._glance.note(rows, collected.get("actions"), now_s)
        if self._watch.note(rows, now_s) and self._give_up is not None:
            self._give_up()
        self._show()

    def _append(self, table: str, columns: Columns) -> Exception | None:
        """Write rows. Runs in a thread, where gevent would print what is raised: the error is the result."""
        try:
            self._writer.append(table, columns)
        except Exception as error:
            return error
        return None

    def _count(self, rows: Columns) -> None:
        sent = rows["start_ns"] >= 0
        intended, start, end = rows["intended_ns"][sent], rows["start_ns"][sent], rows["end_ns"][sent]
        self.response.add(end - intended)
        self.service.add(end - start)
        self.sent += int(sent.sum())
        self.dropped += int((~sent).sum())
        self.errors += int(np.isin(rows["outcome"], ERROR_CODES).sum())
        self.late += int((start - intended > LATE_NS).sum())

    def _show(self) -> None:
        now_ns = monotonic_ns()
        self._recent.append((now_ns, self.sent))
        (first_ns, before), (last_ns, after) = self._recent[0], self._recent[-1]
        rate = (after - before) / max((last_ns - first_ns) / NS, EVERY_S)
        self._display.pulse(
            Pulse(
                elapsed_s=max(0.0, (now_ns - self._scene.clock.origin_ns) / NS),
                total_s=self._total_s,
                online=self._scene.tally.online,
                rate_per_s=rate,
                response_p95_ms=self.response.percentile_us(0.95) / 1000.0,
                errors=self.errors,
                late=self.late,
                seen=self._glance.seen(),
            )
        )


def _of_members(rows: Columns | None) -> Columns | None:
    """The requests of visits, without those of the harness's own; None when there are none."""
    if rows is None:
        return None
    of_members = rows["phase"] != CHECK
    if of_members.all():
        return rows
    return {name: values[of_members] for name, values in rows.items()} if of_members.any() else None
