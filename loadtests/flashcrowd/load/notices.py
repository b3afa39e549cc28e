"""Visits that the notifications of posts cause during a run: those of the society, by its functions."""

from collections.abc import Collection, Iterator
from typing import Final

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.load.schedule import Arrival, return_s
from flashcrowd.sim import notify, session
from flashcrowd.sim.waking import woken
from flashcrowd.sim.world import World

NO_ONE: Final = -1


class Notices:
    """Calls followers back.

    Args:
        world: the society.
        live: the members who can come.
    """

    def __init__(self, world: World, live: Collection[int]) -> None:
        self._world = world
        self._live = live
        self._notify_key = root_key(world.scenario.seed, Purpose.NOTIFY)
        self._session_key = root_key(world.scenario.seed, Purpose.SESSION)

    def of_post(self, author: int, post: int, t: float) -> Iterator[Arrival]:
        """The visits that a post causes, in no order.

        Args:
            author: the member who posted; -1 = nobody of ours.
            post: the post's number in the record: the address of its notifications.
            t: when, in scenario seconds.
        """
        if author == NO_ONE:
            return
        for follower, at in woken(self._world, fold(self._notify_key, post), author, t):
            if follower in self._live:
                yield Arrival(at, follower, at, self._budget_s(follower, at, True), caused=True)

    def return_after(self, visit: Arrival) -> Arrival | None:
        """The quick return that follows a visit which a notification caused, if any."""
        t = return_s(self._world, visit.member, visit.began, visit.began + visit.budget_s)
        if t is None:
            return None
        return self.look_in(visit.member, t)

    def look_in(self, member: int, t: float) -> Arrival:
        """A visit of a member of its own accord at scenario time `t`, which the schedule did not know of."""
        return Arrival(t, member, t, self._budget_s(member, t, False), caused=True)

    def _budget_s(self, member: int, t: float, notified: bool) -> float:
        key = session.session_key(self._session_key, member, t)
        mean_s = notify.visit_budget(self._world.scenario.sessions.budget, notified)
        return session.time_budget(key, mean_s)
