"""The part of the schedule that concerns one worker, whose members may change while it goes on."""

from collections.abc import Iterable, Iterator

import numpy as np

from flashcrowd.load.ownership import Ownership
from flashcrowd.load.schedule import Arrival, Schedule


class Guests:
    """The arrivals of members who live here, in order of time; an iterator that can be set to another time.

    Args:
        schedule: of all members.
        ownership: who lives here.
    """

    def __init__(self, schedule: Schedule, ownership: Ownership) -> None:
        self._schedule = schedule
        self._ownership = ownership
        self._next = 0
        self._members = schedule.member.tolist()

    def __iter__(self) -> Iterator[Arrival]:
        """Itself."""
        return self

    def __next__(self) -> Arrival:
        """The next arrival of a member who lives here."""
        owns = self._ownership.owns
        for place in range(self._next, len(self._members)):
            if owns(self._members[place]):
                self._next = place + 1
                return self._at(place)
        self._next = len(self._members)
        raise StopIteration

    def go_on_after(self, t: float) -> None:
        """Give only arrivals later than scenario time `t` from now on."""
        self._next = int(np.searchsorted(self._schedule.t, t, side="right"))

    def until(self, t: float, members: Iterable[int]) -> Iterator[Arrival]:
        """The arrivals of some members up to scenario time `t`."""
        seen = self._schedule.member[: int(np.searchsorted(self._schedule.t, t, side="right"))]
        wanted = np.fromiter(members, np.int32)
        yield from map(self._at, np.flatnonzero(np.isin(seen, wanted)).tolist())

    def _at(self, place: int) -> Arrival:
        schedule = self._schedule
        return Arrival(
            float(schedule.t[place]),
            self._members[place],
            float(schedule.began[place]),
            float(schedule.budget_s[place]),
            bool(schedule.resumed[place]),
        )
