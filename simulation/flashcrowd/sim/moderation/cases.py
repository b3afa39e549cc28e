"""What the desk works on: posts as columns, cases, and what becomes of a post."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from flashcrowd.core.moderation import Moderation


class Posts(NamedTuple):
    """Originals as arrays of shape `(n,)`: number, author, time (s), whether they do harm, address of their
    draws (uint64)."""

    number: Any
    author: Any
    t: Any
    harmful: Any
    address: Any


def posts_of(items: Iterable[Any]) -> Posts:
    """Originals with attributes of those names as columns."""
    table = zip(*((i.number, i.author, i.t, i.harmful, i.address) for i in items), strict=True)
    kinds = (np.int64, np.int64, np.float64, np.bool_, np.uint64)
    return Posts(*(np.array(column, kind) for column, kind in zip(table, kinds, strict=True)))


@dataclass(slots=True)
class Case:
    """A post that is judged, or was reported. `key`: address of the draws about it · `remedy`: what holds for
    it now · `heard`: whether people have judged it, or will."""

    post: int
    author: int
    posted: float
    harmful: bool
    key: int
    reports: int = 0
    remedy: str = "none"
    heard: bool = False
    opened: float = 0.0


class Change(NamedTuple):
    """What holds from the next tick on for a post and its author.

    `reach`: share of its exposures that is left, 0 = removed · `zeal`: factor on reactions to it ·
    `limited`: whether its author may post only now and then.
    """

    post: int
    author: int
    reach: float
    zeal: float
    limited: bool


def effect(remedy: str, policy: Moderation) -> tuple[float, float]:
    """Reach and zeal of a post under a remedy.

    >>> effect("remove", Moderation()), effect("label", Moderation(label_effect=0.25))
    ((0.0, 1.0), (1.0, 0.75))
    """
    if remedy == "remove":
        return 0.0, 1.0
    if remedy == "downrank":
        return policy.reach, 1.0
    return 1.0, 1.0 - policy.label_effect if remedy == "label" else 1.0
