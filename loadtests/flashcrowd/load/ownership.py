"""Which members this process may let live: all of them, unless it plays a part of a distributed run."""

from typing import Final, Protocol

from flashcrowd.load.schedule import Arrival


class Ownership(Protocol):
    """Answers for a process whether a member is its own."""

    def owns(self, member: int) -> bool:
        """Whether the member's visits begin here."""

    def may_act(self, member: int, session: int, now_ns: int) -> bool:
        """Whether a session of the member may still send something from here (`now_ns`: monotonic)."""

    def pass_on(self, visit: Arrival) -> None:
        """Take a visit that was brought about here, of a member that lives elsewhere."""


class All:
    """Every member is ours, for the whole run."""

    def owns(self, member: int) -> bool:
        """Whether the member's visits begin here: always."""
        return True

    def may_act(self, member: int, session: int, now_ns: int) -> bool:
        """Whether a session of the member may still send something from here: always."""
        return True

    def pass_on(self, visit: Arrival) -> None:
        """Take a visit of a member that lives elsewhere: there is none."""


EVERYONE: Final = All()
