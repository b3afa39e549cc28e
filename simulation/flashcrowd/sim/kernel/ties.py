"""Whom members follow as it stands: the graph that they began with, and what each has changed since.

A member's changes are a chain of links, the newest first. A link names whom the member follows from then on
or, as `~author`, whom no longer; of several about one author the newest counts.
"""

from typing import Any, Final

from flashcrowd.sim.compiled import inner
from flashcrowd.sim.follows import follows

FOLLOWED: Final = 1
LEFT: Final = -1
AS_BEFORE: Final = 0


@inner
def change(s: Any, u: int, author: int) -> int:
    """What a member has done about an author since the run began: `FOLLOWED`, `LEFT` or `AS_BEFORE`."""
    link = s.members[u].changed
    while link >= 0:
        if s.changes[link].target == author:
            return FOLLOWED
        if s.changes[link].target == ~author:
            return LEFT
        link = s.changes[link].previous
    return AS_BEFORE


@inner
def follows_now(s: Any, u: int, author: int) -> bool:
    """Whether a member follows an author when the tick begins."""
    changed = change(s, u, author)
    return bool(changed == FOLLOWED or (changed == AS_BEFORE and follows(s.graph, u, author)))
