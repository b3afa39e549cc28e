"""What is due when: the order of things inside one tick.

Entries of a tick are handled member by member: images that are ready are posted, then a visit begins, then a
page of a visit that goes on. Both engines sort by `due_order`, and what ties in it by time and argument.
"""

from typing import Final

from flashcrowd.core.clock import TICK

PUBLISH: Final = 0
BEGIN: Final = 1
PAGE: Final = 2

TURNED_AWAY: Final = 3
HELD: Final = 4
"""What becomes of an entry while the platform is down: a visit that does not begin, an image that waits."""

GLANCE_S: Final = 1.0
"""Length of a visit that ends with its first page (s)."""

OWN: Final = -1
PUSHED: Final = -2
JOINING: Final = -3
CALLED: Final = -4
"""Why a visit begins (`arg` of a `BEGIN` entry): of the member's own accord, called by a notification, to
sign up, or (this one and all below) because of an event."""


def called(event: int) -> int:
    """The reason of a visit that belongs to group number `event` of those that events bring about."""
    return CALLED - event


def event_of(reason: int) -> int:
    """The number of the group that a visit belongs to, -1 = no event brings it about.

    >>> event_of(called(2)), event_of(PUSHED)
    (2, -1)
    """
    return CALLED - reason if reason <= CALLED else -1


def tick_of(t: float) -> int:
    """The tick (of 60 s) that holds scenario time `t` >= 0."""
    return int(t / TICK)


def due_order(member: int, kind: int, t: float) -> int:
    """Sort key of an entry: member, then kind, then time inside the tick (to 1 ms)."""
    inside = int((t - tick_of(t) * TICK) / TICK * 65535.0)
    return (member << 18) | (kind << 16) | inside
