"""The live members: which part of the society acts on the platform, and who follows whom among them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.core.errors import UsageError
from flashcrowd.sim.world import World

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Cast:
    """The live members of a world.

    `members`: their numbers in the population, int32, ascending · `follower`, `followee`: the follows
    among them, as numbers in the population, int32, equally long · `left_out`: follows of live members
    that lead out of the cast.
    """

    members: Ints
    follower: Ints
    followee: Ints
    left_out: int


def choose_cast(world: World, size: int) -> Cast:
    """Choose `size` live members: whole communities one after the other, without dormant accounts.

    Neighbours in communities follow each other, so the cast keeps most of its follows; members drawn one
    by one from a large society would hardly know each other. Dormant accounts join only when all others have.

    Raises:
        UsageError: when the society has fewer members.
    """
    people = world.population
    if size > people.size:
        raise UsageError(f"load.members is {size}; must be at most population.members ({people.size})")
    begins = people.community_start[:-1]
    draw = float(uniform(fold(root_key(world.scenario.seed, Purpose.SAMPLE), 1)))
    begin = int(begins[int(draw * len(begins))])
    ring = (np.arange(people.size) + begin) % people.size
    awake = ~people.dormant[ring]
    order = np.concatenate((ring[awake], ring[~awake]))
    members = np.sort(order[:size]).astype(np.int32)
    return _with_follows(world, members)


def _with_follows(world: World, members: Ints) -> Cast:
    graph = world.graph
    inside = np.zeros(world.population.size, np.bool_)
    inside[members] = True
    follower = np.repeat(members, graph.degree[members])
    followee = np.concatenate([graph.followees_of(u) for u in members])
    kept = inside[followee]
    return Cast(members, follower[kept], followee[kept], int(len(kept) - kept.sum()))
