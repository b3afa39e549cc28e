"""One timer for whoever asks: it goes off at the earliest time, once."""

from time import monotonic_ns

import gevent

from flashcrowd.load.alarm import FAR_NS, Alarm

MS: int = 1_000_000


def test_alarm_goes_off_at_the_earliest_time() -> None:
    """A later time does not put it off; afterwards it is not set."""
    rung: list[int] = []
    alarm, now = Alarm(lambda: rung.append(monotonic_ns())), monotonic_ns()
    alarm.set(now + 5 * MS)
    alarm.set(now + 3_600_000 * MS)
    assert alarm.at_ns == now + 5 * MS
    while not rung:
        gevent.sleep(0.001)
    assert rung[0] >= now + 5 * MS
    assert alarm.at_ns == FAR_NS


def test_silenced_alarm_does_not_go_off() -> None:
    """Not even when its time was over."""
    rung: list[int] = []
    alarm = Alarm(lambda: rung.append(1))
    alarm.set(monotonic_ns())
    alarm.silence()
    gevent.sleep(0.005)
    assert not rung
