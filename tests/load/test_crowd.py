"""The calendar of wake-ups: whatever is due is stepped, late if it must be, or counted as dropped."""

from time import monotonic_ns
from types import SimpleNamespace

import gevent
import numpy as np
import pytest

from flashcrowd.load.crowd import Crowd
from flashcrowd.load.line import Closed, Cut
from flashcrowd.load.ownership import EVERYONE
from flashcrowd.load.runclock import RunClock
from flashcrowd.load.scene import Tally
from flashcrowd.load.schedule import Arrival, Schedule

MS = 1_000_000


class Ledger:
    """A line that sends nothing: each request takes a while, and is noted."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.sent: list[int] = []
        self.dropped: list[int] = []
        self.cut: list[int] = []
        self.closed_at = None

    def close(self, at_ns: int) -> None:
        self.closed_at = at_ns

    def ask(self, due_ns: int) -> int:
        if self.closed_at is not None:
            if due_ns <= self.closed_at:
                self.dropped.append(due_ns)
            raise Closed
        self.sent.append(due_ns)
        try:
            gevent.sleep(self.seconds)
        except Cut:
            self.cut.append(due_ns)
            raise
        return monotonic_ns()


class Visit:
    """A visit that asks `pages` times, 5 ms apart."""

    pages = 3

    def __init__(self, scene, number, arrival, due_ns) -> None:
        self.line = scene.line
        self.due_ns = due_ns

    def live(self):
        due_ns = self.due_ns
        for _ in range(self.pages):
            due_ns = self.line.ask(due_ns) + 5 * MS
            yield due_ns


def crowd_of(arrivals_ms, seconds, workers, visit=Visit, timeout=1.0):
    """A crowd whose members arrive at these milliseconds, and its ledger."""
    line = Ledger(seconds)
    noted, callers, away = [], [], set()
    scene = SimpleNamespace(
        line=line,
        clock=RunClock(0.0, 1.0),
        tally=Tally(),
        stays_away=lambda member: member in away,
        present={},
        ownership=EVERYONE,
        note_visit=noted.append,
        new_callers=lambda: [callers.pop() for _ in range(len(callers))],
        new_errands=lambda: iter(()),
        callers=callers,
        noted=noted,
        away=away,
        scenario=SimpleNamespace(load=SimpleNamespace(timeout=timeout)),
    )
    t = np.array(arrivals_ms) / 1000.0
    ones = np.ones(len(t))
    schedule = Schedule(t, np.arange(len(t), dtype=np.int32), t, ones, ones < 0)
    return Crowd(scene, schedule, workers, visit), line


def end_of(crowd, ms):
    return crowd.scene.clock.origin_ns + ms * MS


def test_every_step_of_every_visit_is_sent_when_there_is_room():
    """With enough workers all pages of all visits leave, none before its time."""
    crowd, line = crowd_of(range(0, 100, 5), 0.001, workers=10)
    crowd.run(end_of(crowd, 400))
    assert crowd.scene.tally.offered == 20
    assert len(line.sent) == 60
    assert line.dropped == []


def test_stall_never_thins_out_the_arrivals():
    """With every worker stuck, arrivals are late or dropped, and each of them is accounted for."""
    crowd, line = crowd_of(range(0, 200, 2), 0.15, workers=4)
    crowd.run(end_of(crowd, 200))
    origin = crowd.scene.clock.origin_ns
    due = {origin + ms * MS for ms in range(0, 200, 2)}
    assert crowd.scene.tally.offered == 100
    accounted = [ns for ns in line.sent + line.dropped if ns in due]
    assert len(accounted) == 100
    assert set(accounted) == due
    assert len(line.dropped) > 50


def test_step_due_after_the_end_is_not_counted():
    """What would have come after the window is neither sent nor dropped."""
    crowd, line = crowd_of([0], 0.001, workers=2)
    crowd.run(end_of(crowd, 3))
    assert (len(line.sent), line.dropped) == (1, [])


def test_request_in_flight_at_the_end_may_land():
    """The drain waits for answers; nothing is cut that ends in time."""
    crowd, line = crowd_of([0], 0.1, workers=2)
    crowd.run(end_of(crowd, 20))
    assert (len(line.sent), line.cut) == (1, [])


def test_request_that_outlasts_the_drain_is_cut():
    """The drain is bounded: what does not end is cut, and known to be."""
    crowd, line = crowd_of([0], 60.0, workers=2, timeout=-0.95)
    crowd.run(end_of(crowd, 20))
    assert line.cut == line.sent


def test_stop_ends_the_window_at_once():
    """A run that is asked to end offers nothing more."""
    crowd, line = crowd_of([0, 60_000], 0.001, workers=2)
    gevent.spawn_later(0.05, crowd.stop)
    crowd.run(end_of(crowd, 120_000))
    assert (crowd.scene.tally.offered, len(line.sent)) == (1, 3)


def test_bug_in_a_visit_ends_the_run_and_comes_out():
    """A bug of ours is never swallowed."""

    class Broken(Visit):
        def live(self):
            yield self.line.ask(self.due_ns)
            raise ZeroDivisionError("bug")

    crowd, _ = crowd_of([0, 10, 60_000], 0.001, workers=2, visit=Broken)
    with pytest.raises(ZeroDivisionError, match="bug"):
        crowd.run(end_of(crowd, 120_000))


def test_bug_beside_the_crowd_ends_the_run_and_comes_out():
    """What keeps the record is as important as what makes it."""
    crowd, _ = crowd_of([60_000], 0.001, workers=2)

    def fail() -> None:
        raise OSError("disk full")

    crowd.beside(fail)
    with pytest.raises(OSError, match="disk full"):
        crowd.run(end_of(crowd, 120_000))


def test_member_that_stays_away_is_not_offered_but_counted():
    """Whoever stays away sends nothing; offered and stayed away add up to the schedule."""
    crowd, line = crowd_of([0, 5], 0.001, workers=2)
    crowd.scene.away.add(1)
    crowd.run(end_of(crowd, 100))
    tally = crowd.scene.tally
    assert (tally.offered, tally.stayed_away, len(line.sent)) == (1, 1, 3)


def caused(ms, member):
    """A visit that a notification causes."""
    t = ms / 1000.0
    return Arrival(t, member, t, 1.0, caused=True)


def test_visit_that_a_notification_causes_is_offered_at_its_time():
    """What comes up during the run is offered like the schedule's arrivals, and counted apart."""
    crowd, line = crowd_of([0], 0.001, workers=2)
    crowd.scene.callers.append(caused(50, 7))
    crowd.run(end_of(crowd, 150))
    tally = crowd.scene.tally
    assert (tally.offered, tally.caused, len(line.sent)) == (2, 1, 6)
    assert line.sent[3] == end_of(crowd, 50)
    assert crowd.scene.noted == [caused(50, 7)]


def test_notification_does_not_bring_who_is_there_already():
    """A member lives once: whoever is on a visit does not begin another one for a notification."""
    crowd, line = crowd_of([0], 0.001, workers=2)
    crowd.scene.callers.append(caused(2, 0))
    crowd.run(end_of(crowd, 100))
    assert (crowd.scene.tally.offered, len(line.sent)) == (1, 3)


def test_visit_that_a_notification_causes_after_the_end_is_not_offered():
    """Only what is due inside the window counts."""
    crowd, _ = crowd_of([0], 0.001, workers=2)
    crowd.scene.callers.append(caused(500, 7))
    crowd.run(end_of(crowd, 60))
    assert (crowd.scene.tally.offered, crowd.scene.tally.dropped) == (1, 0)


class Village:
    """Owns the members below a number, and keeps what is passed on."""

    def __init__(self, size):
        self.size = size
        self.elsewhere = []

    def owns(self, member):
        return member < self.size

    def pass_on(self, visit):
        self.elsewhere.append(visit)


def test_members_elsewhere_do_not_come_and_their_visits_are_passed_on():
    """Only own members are let in; a visit brought about here of somebody elsewhere is passed on."""
    crowd, _ = crowd_of([0, 1, 2], 0.0, workers=3)
    crowd.scene.ownership = Village(2)
    elsewhere, here = Arrival(0.003, 9, 0.003, 1.0, caused=True), Arrival(0.004, 1, 0.004, 1.0)
    crowd.bring(elsewhere)
    crowd.bring(here)
    crowd.run(end_of(crowd, 30))
    assert crowd.scene.tally.offered == 3
    assert crowd.scene.ownership.elsewhere == [elsewhere]


def test_changed_schedule_goes_on_where_it_is_set():
    """Who was due has come before the change; afterwards those come that the schedule then says."""
    crowd, _ = crowd_of([0, 5000], 0.0, workers=2)
    crowd._draw_arrival()

    def change(now_ns):
        assert crowd.scene.tally.offered == 1
        crowd._arrivals = iter([Arrival(0.02, 7, 0.02, 1.0)])

    gevent.spawn_later(0.005, crowd.reschedule, change)
    crowd.run(end_of(crowd, 40))
    assert crowd.scene.tally.offered == 2
