"""The crowd of one process: a calendar of wake-ups, and a set of reused workers that step whatever is due.

A member costs nothing while it is away, and one entry of the calendar while it thinks. The event loop hands
what is due to a worker of the pool, which steps it (this may send requests, one after the other) and puts it
back for its next step. When all workers are busy, what is due waits: it is then late, and counted as such,
but never thinned out.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from time import monotonic_ns
from typing import Any, Final

import gevent
from gevent import get_hub
from gevent.event import Event

from flashcrowd.core.open_files import open_files
from flashcrowd.load.alarm import FAR_NS, Alarm
from flashcrowd.load.line import Closed
from flashcrowd.load.pool import Pool
from flashcrowd.load.runclock import NS
from flashcrowd.load.scene import Scene, Task
from flashcrowd.load.schedule import Arrival
from flashcrowd.load.sessions import Session

DRAIN_SLACK_S: Final = 1.0
LONGEST_DRAIN_S: Final = 15.0
DRAIN_STEP_S: Final = 0.002
OTHER_FILES: Final = 200
"""Files that are kept for all but the requests in flight."""

GRACE_NS: Final = 100_000_000
"""What is due just before the end may leave just after it."""


class Crowd:
    """Runs the visits of a schedule, and the errands that come of them, until the window ends.

    Args:
        scene: what all visits share.
        schedule: who comes when, in order of time.
        workers: most requests in flight at once; fewer where the system lets fewer files be open.
        new_session: makes the machine of a visit: (scene, number, arrival, due_ns) -> something with
            `live()`.
        drain_s: how long what is in flight at the end may take to land; then it is cut.
    """

    def __init__(
        self,
        scene: Scene,
        schedule: Iterable[Arrival],
        workers: int,
        new_session: Callable[[Scene, int, Arrival, int], Any] = Session,
        drain_s: float = LONGEST_DRAIN_S,
    ) -> None:
        self.scene = scene
        self._drain_s = drain_s
        self.failure: Exception | None = None
        self._arrivals: Iterator[Arrival] = iter(schedule)
        self._next_arrival: Arrival | None = None
        self._arrival_ns = FAR_NS
        self._new_session = new_session
        self._calendar: list[tuple[int, int, Task | Arrival]] = []
        self._order = itertools.count()
        self._over = Event()
        self._end_ns: int | None = None
        self._alarm = Alarm(self._turn)
        self._stopped_at_ns: int | None = None
        self._closed_at_ns = FAR_NS
        self._chains: set[Task] = set()
        files = open_files(workers + OTHER_FILES)
        self._pool = Pool(min(workers, files - min(OTHER_FILES, files // 2)), self._step, self._fail)

    def run(self, end_ns: int) -> None:
        """Live until the monotonic time `end_ns`, or until `stop`; then let what is in flight land.

        Raises:
            Exception: what a worker died of: a bug of the harness.
        """
        if self._next_arrival is None:
            self._draw_arrival()
        try:
            if self._stopped_at_ns is None:
                self._end_ns = end_ns
                self._set_alarm(monotonic_ns())
                self._over.wait()
            self._close(min(end_ns, self._stopped_at_ns or end_ns))
        finally:
            self._alarm.silence()
            self._pool.end()
        if self.failure is not None:
            raise self.failure

    @property
    def in_flight(self) -> tuple[int, int]:
        """Most requests that were in flight at once, and most that may be."""
        return self._pool.most_busy, self._pool.size

    def stop(self) -> None:
        """End the window now; `run` then comes to its end."""
        if self._stopped_at_ns is None:
            self._stopped_at_ns = monotonic_ns()
            self._over.set()

    def bring(self, arrival: Arrival) -> None:
        """Let a member come that is not in the schedule (any more), unless the window is over."""
        due_ns = self.scene.clock.due_ns(arrival.t)
        if due_ns <= self._closed_at_ns:
            self._enter(due_ns, arrival)

    def reschedule(self, change: Callable[[int], None]) -> None:
        """Let who is due come, then change the schedule behind the given monotonic time, and go on."""
        now_ns = monotonic_ns()
        self._hand_over(now_ns)
        change(now_ns)
        if self._closed_at_ns == FAR_NS:
            self._draw_arrival()
            self._set_alarm(now_ns)

    def beside(self, work: Callable[[], None]) -> Any:
        """Start work beside the crowd; what it dies of ends the window, and `run` raises it."""

        def guarded() -> None:
            try:
                work()
            except Exception as error:
                self._fail(error)

        return gevent.spawn(guarded)

    def _fail(self, error: Exception) -> None:
        if self.failure is None:
            self.failure = error
        self.stop()

    def _turn(self) -> None:
        """Hand over what is due, and see to the next time; the event loop calls this."""
        now_ns = monotonic_ns()
        if self._end_ns is None or now_ns >= self._end_ns:
            self._over.set()
            return
        try:
            self._hand_over(now_ns)
        except Exception as error:
            self._fail(error)
        more = self._pool.set_to_work()
        self._set_alarm(now_ns if more else min(self._end_ns, self._next_due_ns()))

    def _set_alarm(self, at_ns: int) -> None:
        """Have `_turn` called at a monotonic time, unless it will be before."""
        if self._end_ns is not None:
            self._alarm.set(at_ns)

    def _next_due_ns(self) -> int:
        return min(self._calendar[0][0] if self._calendar else FAR_NS, self._arrival_ns)

    def _hand_over(self, until_ns: int) -> None:
        """Give everything due by then to the workers, in order of its time."""
        while True:
            due_ns = self._calendar[0][0] if self._calendar else FAR_NS
            if min(due_ns, self._arrival_ns) > until_ns:
                return
            if due_ns > self._arrival_ns:
                self._arrive()
                continue
            due_ns, _, due = heappop(self._calendar)
            if isinstance(due, Arrival):
                self._admit(due_ns, due)
            else:
                self._pool.give(due)

    def _arrive(self) -> None:
        """Let the next member of the schedule come."""
        arrival, due_ns = self._next_arrival, self._arrival_ns
        self._draw_arrival()
        if arrival is not None:
            self._admit(due_ns, arrival)

    def _admit(self, due_ns: int, arrival: Arrival) -> None:
        """Begin a visit, unless the member stays away, or is here when a notification reaches it."""
        scene = self.scene
        if not scene.ownership.owns(arrival.member):
            if arrival.caused:
                scene.ownership.pass_on(arrival)
            return
        if arrival.caused and arrival.member in scene.present:
            return
        if scene.stays_away(arrival.member):
            scene.tally.stayed_away += not arrival.caused
            return
        number = scene.tally.offered
        scene.tally.offered = number + 1
        scene.present[arrival.member] = number
        if arrival.caused:
            scene.tally.caused += 1
            scene.note_visit(arrival)
        self._pool.give(self._new_session(scene, number, arrival, due_ns).live())
        self._put_callers()

    def _put_callers(self) -> None:
        """Enter the visits that were brought about meanwhile, unless the window is over."""
        for arrival in self.scene.new_callers():
            self.bring(arrival)

    def _draw_arrival(self) -> None:
        arrival = self._next_arrival = next(self._arrivals, None)
        self._arrival_ns = FAR_NS if arrival is None else self.scene.clock.due_ns(arrival.t)

    def _step(self, task: Task) -> None:
        try:
            due_ns = next(task)
        except (StopIteration, Closed):
            due_ns = None
            self._chains.discard(task)
        for begun_ns, errand in self.scene.new_errands():
            self._chains.add(errand)
            self._put(begun_ns, errand)
        self._put_callers()
        if due_ns is not None:
            self._put(due_ns, task)

    def _put(self, due_ns: int, task: Task) -> None:
        if self._closed_at_ns < due_ns and task not in self._chains:
            task.close()
            return
        self._enter(due_ns, task)

    def _enter(self, due_ns: int, due: Task | Arrival) -> None:
        heappush(self._calendar, (due_ns, next(self._order), due))
        self._set_alarm(due_ns)

    def _close(self, at_ns: int) -> None:
        """End the window: what was due and has not left is dropped; what is in flight may land."""
        self._end_ns = None
        self._alarm.silence()
        self._hand_over(at_ns)
        self._next_arrival, self._arrival_ns, self._closed_at_ns = None, FAR_NS, at_ns
        waiting, self._calendar = self._calendar, []
        for due_ns, _, due in waiting:
            if not isinstance(due, Arrival):  # who would have come after the end is not missed
                self._put(due_ns, due)
        grace_ns = monotonic_ns() + GRACE_NS
        while self._pool.waiting and monotonic_ns() < grace_ns:
            self._let_work()
        self.scene.line.close(at_ns)
        limit_s = min(self.scene.scenario.load.timeout + DRAIN_SLACK_S, self._drain_s)
        deadline_ns = monotonic_ns() + int(limit_s * NS)
        while self.failure is None and monotonic_ns() < deadline_ns:
            self._hand_over(monotonic_ns())
            if not (self._pool.busy or self._pool.waiting or self._calendar):
                return
            self._let_work()

    def _let_work(self) -> None:
        """Let the workers go on for a moment."""
        get_hub().loop.run_callback(self._pool.set_to_work)
        gevent.sleep(DRAIN_STEP_S)
