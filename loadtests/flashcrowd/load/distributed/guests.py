"""The part of the schedule that concerns one worker, whose members may change while it goes on."""

from collections.abc import Iterable, Iterator

import numpy as np

from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.core.scenario import Scenario
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


def rest_of(arrival: Arrival, now_s: float, scenario: Scenario) -> Arrival:
    """What is left at scenario time `now_s` of a visit that was cut.

    Its next page is due within one think time.

    >>> rest = rest_of(Arrival(10.0, 7, 10.0, 300.0), 100.0, Scenario())
    >>> 100.0 <= rest.t <= 310.0 and rest.t + rest.budget_s == 310.0 and rest.resumed
    True
    """
    left_s = arrival.t + arrival.budget_s - now_s
    key = fold(fold(root_key(scenario.seed, Purpose.SESSION), arrival.member), int(arrival.began))
    t = now_s + float(uniform(fold(key, 41))) * min(scenario.sessions.think, left_s)
    return arrival._replace(t=t, budget_s=arrival.t + arrival.budget_s - t, resumed=True)
