"""The nouns of the platform in plain Python: what was made, what somebody intends, what is due."""

from dataclasses import dataclass
from typing import Any, Final

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.sim import content
from flashcrowd.sim.agenda import OWN

NO_MEMBER: Final = -1


@dataclass(slots=True)
class Item:
    """A post, repost or reply. Traits and counts are those of originals."""

    number: int
    root: int
    author: int
    t: float
    seq: int
    topic: int
    ai: bool
    traits: content.Traits | None = None
    likes: int = 0
    reposts: int = 0
    replies: int = 0
    address: int = 0
    """Of an original: what stands for it in the address of draws about it."""
    harmful: bool = False
    reach: float = 1.0
    """Share of its exposures that moderation has left."""
    zeal: float = 1.0
    """Factor that moderation puts on reactions."""

    @property
    def drawn_traits(self) -> content.Traits:
        """The traits of an original."""
        assert self.traits is not None, "a repost or reply has no traits of its own"
        return self.traits


@dataclass(slots=True)
class Intention:
    """What a member wants to do: a row of the record before it is applied. `address` is the key of the
    decision."""

    t: float
    member: int
    action: int
    address: int
    post: int = -1
    root: int = -1
    cause: int = -1
    author: int = NO_MEMBER
    position: int = -1
    topic: int = -1
    ai: bool = False
    outcome: int = OUTCOME_CODE["ok"]


@dataclass(slots=True)
class Entry:
    """Something due: an image to post (`arg` = its topic), a visit that begins, or a page of a visit."""

    member: int
    kind: int
    t: float
    arg: int = OWN


def publication(entry: Entry) -> Intention:
    """The post of an image that is ready."""
    return Intention(
        entry.t, entry.member, ACTION_CODE["post"], 0, author=entry.member, topic=entry.arg, ai=True
    )


def plain(t: float, member: int, action: str | int, address: int, author: int = NO_MEMBER) -> Intention:
    """A row that concerns no item."""
    code: Any = ACTION_CODE[action] if isinstance(action, str) else action
    return Intention(t, member, code, address, author=author)
