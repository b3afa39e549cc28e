"""Who owns which members: dealt evenly, moved as little as possible, and nobody's between two owners."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

NOBODY: Final = -1
FROM_THE_START: Final = -np.inf

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Gain:
    """Members that a worker gets; all columns have shape `(n,)`.

    `since_s`: scenario time up to which an earlier owner let them come, -inf = nobody has · `resume`: whether
    their visits under way then were cut, and go on.
    """

    members: Ints
    since_s: Floats
    resume: Flags


class Dealing:
    """The members of a run and their owners.

    Args:
        members: shape `(n,)`, ascending.
    """

    def __init__(self, members: Ints) -> None:
        self.members = members
        self._owner = np.full(len(members), NOBODY, np.int32)
        self._asked = np.zeros(len(members), np.bool_)
        self._since_s = np.full(len(members), FROM_THE_START)
        self._resume = np.zeros(len(members), np.bool_)
        self._workers: list[int] = []

    def join(self, worker: int) -> None:
        """Let a worker have its share from the next deal on."""
        if worker not in self._workers:
            self._workers.append(worker)

    def leave(self, worker: int, since_s: float, resume: bool) -> int:
        """Take all members of a worker away; how many it had.

        Args:
            since_s: scenario time up to which it let them come, as far as is known.
            resume: whether visits were cut.
        """
        if worker in self._workers:
            self._workers.remove(worker)
        return self._free(np.flatnonzero(self._owner == worker), since_s, resume)

    def release(self, worker: int, members: Ints, since_s: float) -> None:
        """Note that a worker has let members go that it was asked for, none of them in a visit."""
        places = self._places(members)
        self._free(places[self._owner[places] == worker], since_s, False)

    def owner(self, member: int) -> int:
        """The worker that a member lives on, or `NOBODY`."""
        place = int(np.searchsorted(self.members, member))
        there = place < len(self.members) and self.members[place] == member
        return int(self._owner[place]) if there else NOBODY

    def share(self, worker: int) -> int:
        """How many members a worker has."""
        return int((self._owner == worker).sum())

    def gains(self) -> Iterator[tuple[int, Gain]]:
        """Deal what is nobody's to the workers that have less than their share."""
        free = np.flatnonzero(self._owner == NOBODY)
        for worker, room in self._rooms():
            given, free = _spread(free, room)
            if len(given):
                self._owner[given] = worker
                yield worker, Gain(self.members[given], self._since_s[given], self._resume[given])

    def asks(self) -> Iterator[tuple[int, Ints]]:
        """Members that workers with more than their share are to let go, each asked for once."""
        for worker, quota in self._quotas():
            own = np.flatnonzero((self._owner == worker) & ~self._asked)
            surplus = len(own) - quota
            if surplus > 0:
                chosen, _ = _spread(own, surplus)
                self._asked[chosen] = True
                yield worker, self.members[chosen]

    def _quotas(self) -> Iterator[tuple[int, int]]:
        """Each worker's share; the first get one more where it does not come out even."""
        if not self._workers:
            return
        each, more = divmod(len(self.members), len(self._workers))
        for place, worker in enumerate(self._workers):
            yield worker, each + (place < more)

    def _rooms(self) -> list[tuple[int, int]]:
        rooms = [(worker, quota - self.share(worker)) for worker, quota in self._quotas()]
        return [(worker, room) for worker, room in rooms if room > 0]

    def _free(self, places: npt.NDArray[np.intp], since_s: float, resume: bool) -> int:
        self._owner[places] = NOBODY
        self._asked[places] = False
        self._since_s[places] = since_s
        self._resume[places] = resume
        return len(places)

    def _places(self, members: Ints) -> npt.NDArray[np.intp]:
        return np.searchsorted(self.members, members)


def _spread(places: npt.NDArray[np.intp], count: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Some of the places, evenly over all of them (neighbours come from one community), and the others.

    >>> [part.tolist() for part in _spread(np.arange(6), 2)]
    [[0, 3], [1, 2, 4, 5]]
    """
    if count >= len(places):
        return places, places[:0]
    chosen = np.arange(count) * len(places) // count
    return places[chosen], np.delete(places, chosen)
