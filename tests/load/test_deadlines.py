"""Waits are cut short at their time, by one timer for all."""

from time import monotonic_ns

import gevent
import pytest
from gevent import get_hub, getcurrent

from flashcrowd.load.alarm import FAR_NS
from flashcrowd.load.deadlines import Deadlines

MS = 1_000_000


def waiting(deadlines: Deadlines, due_ms: float, ended: list[tuple[float, int]]) -> None:
    """Wait for nothing, until it is cut short; note which deadline it was, and when."""
    due_ns = monotonic_ns() + int(due_ms * MS)
    deadlines.set(getcurrent(), due_ns)
    with pytest.raises(TimeoutError):
        get_hub().switch()
    ended.append((due_ms, monotonic_ns() - due_ns))


def test_each_wait_ends_at_its_own_time_whatever_the_order() -> None:
    """Later ones set first, an earlier one set last, and one that is over already."""
    deadlines, ended = Deadlines(), []
    gevent.joinall(
        [gevent.spawn(waiting, deadlines, due_ms, ended) for due_ms in (60, 20, 40, 5, -3)], raise_error=True
    )
    assert [due_ms for due_ms, _ in ended] == [-3, 5, 20, 40, 60]
    assert all(late_ns >= 0 for _, late_ns in ended)


def test_a_wait_that_is_cleared_goes_on() -> None:
    """The timer that was set for it rings for nobody, and serves the next."""
    deadlines, ended = Deadlines(), []
    patient = gevent.spawn(gevent.sleep, 0.05)
    deadlines.set(patient, monotonic_ns() + 10 * MS)
    deadlines.clear(patient)
    gevent.joinall([patient, gevent.spawn(waiting, deadlines, 30, ended)], raise_error=True)
    assert [due_ms for due_ms, _ in ended] == [30]


def test_closing_leaves_nobody_waiting_for_good() -> None:
    """Who waits when the timer is put away is still cut short; then nothing is left of it."""
    deadlines, ended = Deadlines(), []
    waiter = gevent.spawn(waiting, deadlines, 20, ended)
    gevent.sleep(0)
    deadlines.close()
    waiter.get()
    deadlines.close()
    assert len(ended) == 1
    assert deadlines._alarm.at_ns == FAR_NS
