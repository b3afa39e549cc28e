"""A worker's share of the members, which is its own only while its lease lasts."""

from collections.abc import Iterable

from flashcrowd.load.schedule import Arrival


class Share:
    """Owns members for as long as the master was heard in time.

    A member's visits from before it came (back) here are over: a visit may act when its number is not
    below the one that counted when the member was gained.
    """

    def __init__(self) -> None:
        self.lease_until_ns = 0
        self.elsewhere: list[Arrival] = []
        self.leaving: set[int] = set()
        self._first_session: dict[int, int] = {}

    def __len__(self) -> int:
        """How many members are owned."""
        return len(self._first_session)

    def owns(self, member: int) -> bool:
        """Whether the member's visits begin here."""
        return member in self._first_session

    def may_act(self, member: int, session: int, now_ns: int) -> bool:
        """Whether a session may still send: the lease lasts, and its member was not lost meanwhile.

        Negative sessions are no visits: the harness looks at something with the member's account.
        """
        first = self._first_session.get(member)
        return first is not None and (session >= first or session < 0) and now_ns < self.lease_until_ns

    def pass_on(self, visit: Arrival) -> None:
        """Keep a visit of a member elsewhere, for the master."""
        self.elsewhere.append(visit)

    def gain(self, members: Iterable[int], session: int) -> None:
        """Own members from now on; `session`: number of the next visit here."""
        self._first_session |= dict.fromkeys(members, session)

    def drop(self, members: Iterable[int]) -> None:
        """Own these members no more."""
        for member in members:
            self._first_session.pop(member, None)
            self.leaving.discard(member)

    def drop_all(self) -> None:
        """Own nobody any more."""
        self._first_session.clear()
        self.leaving.clear()

    def taken_visits(self) -> list[Arrival]:
        """The visits of members elsewhere since the last time."""
        visits, self.elsewhere = self.elsewhere, []
        return visits
