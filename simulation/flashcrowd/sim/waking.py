"""Whom the notifications of a post bring back, and when: the same offline and live."""

from collections.abc import Iterator

from flashcrowd.core.clock import TICK, hour_of_day
from flashcrowd.core.draws import fold
from flashcrowd.sim import notify
from flashcrowd.sim.agenda import tick_of
from flashcrowd.sim.world import World


def woken(world: World, key: int, author: int, t: float) -> Iterator[tuple[int, float]]:
    """The followers that a post brings back, each with the scenario time (s) of its visit.

    None comes before the tick after the post's, and dormant ones never do. The kernel has its own loop over
    the same functions.

    Args:
        key: address of the post's notifications.
        author: who posted, at scenario time `t` (s).
    """
    graph, people = world.graph, world.population
    many = graph.audience_of(author)
    for i in range(notify.pushes(key, many, world.scenario.sessions.push_share)):
        push = fold(key, i)
        follower = graph.follower_at(author, notify.follower_pushed(push, many))
        at = max(t + notify.push_delay(push), (tick_of(t) + 1) * TICK)
        hour = hour_of_day(at, float(people.offset_h[follower]))
        if follower != author and notify.comes(push, hour, float(world.keen[follower])):
            yield follower, at
