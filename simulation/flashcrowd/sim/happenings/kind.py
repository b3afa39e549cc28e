"""The nouns of the table: what a kind of event does, as three pure functions, and what these work on."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

NO_TOPIC: Final = -1
AS_EVER: Final = -1


class Crowd(NamedTuple):
    """Who could come because of an event.

    `size`: number of members · `awake(t)`: how awake each member is at a time, relative to the busiest hour,
    0 for dormant ones, `(n_members,)` · `interest(topic)`: how well a topic fits each member, 0..1,
    `(n_members,)` · `accounts(persona, t)`: the members of a persona who have signed up by
    then, the most followed first · `followers(member)`: who follows a member at the start.
    """

    size: int
    awake: Callable[[float], Any]
    interest: Callable[[int], Any]
    accounts: Callable[[str, float], Any]
    followers: Callable[[int], Any]


class Call(NamedTuple):
    """Visits that an event brings about.

    `members`, `times`: who comes when (scenario s), equally long · `topic`: what they come for, -1 = nothing
    in particular · `urge`: chance that one posts about it at once · `image`: chance that such a post is an AI
    image · `glance`: how many items they look at, on one page; -1 = they visit as ever · `acts`: whether they
    are what happens, not who comes because of it.
    """

    members: Any
    times: Any
    topic: int = NO_TOPIC
    urge: float = 0.0
    image: float = 0.0
    glance: int = AS_EVER
    acts: bool = False


class Kind(NamedTuple):
    """See the package."""

    calls: Callable[[Any, Any, Crowd], list[Call]]
    topic: Callable[[Any], int]
    fervour: Callable[[Any, float], float]


def calm(event: Any, t: float) -> float:
    """Nobody reacts otherwise than ever."""
    return 1.0


def about_nothing(event: Any) -> int:
    """Nothing in particular."""
    return NO_TOPIC


def about_its_topic(event: Any) -> int:
    """The topic that the event names."""
    return int(event.topic)


SILENT: Final = Kind(lambda event, key, crowd: [], about_nothing, calm)
"""An event that calls nobody."""
