"""The part of a schedule that concerns one worker."""

import numpy as np

from flashcrowd.load.distributed.guests import Guests
from flashcrowd.load.distributed.share import Share
from flashcrowd.load.schedule import Schedule

T = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
SCHEDULE = Schedule(T, np.array([1, 2, 1, 2, 1], np.int32), T, np.full(5, 10.0), np.zeros(5, bool))


def test_only_own_members_come():
    """Others' arrivals are passed over."""
    share = Share()
    share.gain([1], 0)
    assert [(a.t, a.member) for a in Guests(SCHEDULE, share)] == [(1.0, 1), (3.0, 1), (5.0, 1)]


def test_who_is_gained_later_comes_from_then_on():
    """After a change of members the schedule goes on at the time of the change."""
    share = Share()
    guests = Guests(SCHEDULE, share)
    assert next(guests, None) is None
    share.gain([2], 0)
    guests.go_on_after(2.0)
    assert [a.t for a in guests] == [4.0]


def test_arrivals_up_to_a_time_are_those_of_the_members_asked_for():
    """What an earlier owner let come, or should have."""
    assert [a.t for a in Guests(SCHEDULE, Share()).until(3.0, {1})] == [1.0, 3.0]
    assert list(Guests(SCHEDULE, Share()).until(9.0, set())) == []
