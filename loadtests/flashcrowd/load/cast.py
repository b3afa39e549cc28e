"""The live members: which part of the society acts on the platform, and who follows whom among them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.core.errors import UsageError
from flashcrowd.load.adapters.item import Account
from flashcrowd.load.packed import Marks
from flashcrowd.sim.computed_graph import ComputedGraph
from flashcrowd.sim.graph import FollowGraph
from flashcrowd.sim.world import World

ACTORS_BELOW: Final = 10
"""One in so many live members, at most, is there for its part in an event."""

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Cast:
    """The live members of a world.

    `members`: their numbers in the population, int32, ascending · `settled`: those of them who are there when
    the run begins; the others sign up in it, if ever · `graph`: of the whole society.
    """

    members: Ints
    settled: Ints
    graph: FollowGraph | ComputedGraph

    def follows(self, members: Ints) -> tuple[Ints, Ints]:
        """The follows among some live members: followers and followees, int32, equally long. Made anew each
        time: at large they weigh more than the members themselves."""
        follower, followee, kept = self._all_follows(members)
        return follower[kept], followee[kept]

    @property
    def left_out(self) -> int:
        """How many follows of live members lead out of the cast."""
        _, _, kept = self._all_follows(self.members)
        return int(len(kept) - kept.sum())

    def _all_follows(self, members: Ints) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
        graph = self.graph
        inside = np.zeros(len(graph.followers), np.bool_)
        inside[members] = True
        follower = np.repeat(members, graph.degree[members])
        followee = np.concatenate([graph.followees_of(u) for u in members])
        return follower, followee, inside[followee]


class CastAccounts(Mapping[int, Account]):
    """The accounts of live members who have one, out of all that there are.

    Args:
        accounts: of these members, and perhaps of others.
    """

    def __init__(self, cast: Cast, accounts: Mapping[int, Account]) -> None:
        self._live = Marks(cast.members.tolist())
        self._accounts = accounts

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[int]:
        """The members, in order of their numbers."""
        return (member for member in self._live if member in self._accounts)

    def __contains__(self, member: object) -> bool:
        return member in self._live and member in self._accounts

    def __getitem__(self, member: int) -> Account:
        if member not in self._live:
            raise KeyError(member)
        return self._accounts[member]


def choose_cast(world: World, size: int) -> Cast:
    """Choose `size` live members: whole communities one after the other, without dormant accounts.

    Neighbours in communities follow each other, so the cast keeps most of its follows; members drawn one
    by one from a large society would hardly know each other. Dormant accounts join only when all others have.
    Who broadcasts or attacks in the scenario's events is live before anybody else, up to a tenth of the cast,
    which begins with the community of the first of them.

    Raises:
        UsageError: when the society has fewer members.
    """
    people = world.population
    if size > people.size:
        raise UsageError(f"load.members is {size}; must be at most population.members ({people.size})")
    actors = world.programme.actors[: max(1, size // ACTORS_BELOW)]
    ring = (np.arange(people.size) + _first_of_a_community(world, actors)) % people.size
    ring = ring[~np.isin(ring, actors)]
    awake = ~people.dormant[ring]
    order = np.concatenate((actors, ring[awake], ring[~awake]))
    members = np.sort(order[:size]).astype(np.int32)
    joins_later = people.joined[members] > world.scenario.load.starts_at  # not so for NaN: there all along
    return Cast(members, members[~joins_later], world.graph)


def _first_of_a_community(world: World, actors: npt.NDArray[np.int64]) -> int:
    """The first member of the community of the first who acts; without any, of one that is drawn."""
    begins = world.population.community_start[:-1]
    draw = float(uniform(fold(root_key(world.scenario.seed, Purpose.SAMPLE), 1)))
    place = np.searchsorted(begins, actors[0], "right") - 1 if len(actors) else int(draw * len(begins))
    return int(begins[place])
