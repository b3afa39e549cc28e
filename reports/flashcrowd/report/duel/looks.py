"""When a duel is looked at, and how sure a look must be: stopping early must not make false alarms likelier.

The error that is allowed over the whole duel is divided among the looks; each spends its share and no more,
so the chance of a false alarm at any of them is at most the sum (Bonferroni). The early looks get little:
they end a duel that is clear, as in the boundaries of O'Brien & Fleming (Biometrics 1979).
"""

import math
from dataclasses import dataclass
from typing import Final

ALPHA: Final = 0.05
"""Chance of any false "slower" or "faster" in a duel in which nothing changed."""

SPENT: Final = ((0.5, 0.1), (0.75, 0.25), (1.0, 0.65))
"""(share of the pairs, share of the error) of each look."""

LEAST_PAIRS: Final = 3
"""Pairs without which nothing is judged."""


@dataclass(frozen=True)
class Look:
    """After how many pairs, and the error that it may spend."""

    pairs: int
    alpha: float


def looks(most_pairs: int, alpha: float = ALPHA) -> tuple[Look, ...]:
    """The looks of a duel of at most so many pairs, the last one at its end.

    >>> [(look.pairs, round(look.alpha, 4)) for look in looks(8)]
    [(4, 0.005), (6, 0.0125), (8, 0.0325)]
    >>> [(look.pairs, round(look.alpha, 4)) for look in looks(3)]
    [(3, 0.05)]
    """
    found: dict[int, float] = {}
    for share, error in SPENT:
        pairs = max(LEAST_PAIRS, math.ceil(share * most_pairs))
        found[min(pairs, most_pairs)] = found.get(min(pairs, most_pairs), 0.0) + error * alpha
    return tuple(Look(pairs, spent) for pairs, spent in found.items())


def look_at(pairs: int, most_pairs: int, alpha: float = ALPHA) -> Look | None:
    """The look that is due after so many pairs; None between looks."""
    return next((look for look in looks(most_pairs, alpha) if look.pairs == pairs), None)


def last_look(pairs: int, most_pairs: int, alpha: float = ALPHA) -> Look:
    """How sure the judgement of a duel must be that ended after so many pairs: as sure as the next look."""
    due = [look for look in looks(most_pairs, alpha) if look.pairs >= pairs]
    return due[0] if due else looks(most_pairs, alpha)[-1]
