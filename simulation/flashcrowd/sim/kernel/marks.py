"""What moderation has to do with an item, where anything does; elsewhere one look at a rule."""

from typing import Any

import numpy as np

from flashcrowd.sim import harm
from flashcrowd.sim.compiled import inner


@inner
def address_of(s: Any, number: int) -> Any:
    """What stands for an original in the address of draws about it."""
    return s.marks[number].address if s.rules.by_author else np.uint64(number)


@inner
def zeal_of(s: Any, number: int) -> float:
    """The factor that moderation puts on reactions to an original."""
    return float(s.marks[number].zeal) if s.rules.governed else 1.0


@inner
def offence_of(s: Any, number: int) -> float:
    """How readily an original is reported."""
    offence = np.float64(s.members[s.items[number].author].offence)
    if s.rules.governed and s.marks[number].harmful:
        return float(offence * s.rules.harm_offence)
    return float(offence)


@inner
def is_withheld(s: Any, key: Any, number: int) -> bool:
    """Whether a page leaves an original out; `key` is the page's."""
    return bool(s.rules.governed) and bool(
        harm.is_withheld(key, address_of(s, number), s.marks[number].reach)
    )


@inner
def is_refused(s: Any, u: int, t: float) -> bool:
    """Whether a member may not post now, because its account is limited."""
    if not s.rules.governed or not s.limited[u] or s.newest[u] < 0:
        return False
    return not harm.may_go_on(s.items[s.newest[u]].t, t, s.rules.limit_gap_s)
