"""The procedural form of the follow graph: draws its recipe, and answers as the stored form does.

What it gives up against the stored form: circles larger than a block, and triangles that cross blocks. Who is
popular and who follows many is the population's, as in the stored form.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.compiled import entry
from flashcrowd.sim.follows import Follows, audience, follower_at
from flashcrowd.sim.graph import FollowGraph, stub_counts, transposed
from flashcrowd.sim.permutation import grid_width
from flashcrowd.sim.population import Population, uniforms
from flashcrowd.sim.procedural import BLOCK, CLASSES, GUIDES, Recipe, Stubs, list_followees

AT_LARGE: Final = 0.6
MUTUAL: Final = 0.22
"""Shares of a member's stubs that are follows at large, and most that are mutual ones: dormant members have
none, insignificant ones few. The bits of its block make up for the rest."""

REACH: Final = ((0.0, 10), (0.45, 40), (0.6, 63))
"""From which quantile of stubs on a member reaches how many distances of its block."""

PULL: Final = ((0.0, 0), (0.7, 8), (0.78, 63))
"""From which quantile of fitness on a member attracts at how many distances."""


@dataclass(frozen=True, slots=True)
class ComputedGraph:
    """Who follows whom at the start of a run; nothing is stored but the recipe and two counts a member.

    `followers` and `degree` (how many each follows) are int32 of shape `(n_members,)`.
    """

    recipe: Recipe
    followers: npt.NDArray[np.int32]
    degree: npt.NDArray[np.int32]

    @property
    def form(self) -> str:
        """How the graph is held."""
        return "procedural"

    @property
    def edges(self) -> int:
        """Number of follows."""
        return int(self.degree.sum(dtype=np.int64))

    def degree_of(self, member: int) -> int:
        """How many a member follows."""
        return int(self.degree[member])

    @property
    def most_places(self) -> int:
        """Most places of any member's list of followees, its repetitions counted."""
        own = self.recipe.large.own, self.recipe.pairs.own
        return BLOCK + sum(int(stubs.max(initial=0)) for stubs in own)

    def followees_of(self, member: int) -> npt.NDArray[np.int32]:
        """Whom a member follows: int32, ascending."""
        out = np.empty(self.most_places + 1, np.int32)
        return np.unique(out[: _list(self.columns(), member, out)])

    def audience_of(self, member: int) -> int:
        """Places in the list of its followers."""
        return int(_audience(self.columns(), member))

    def follower_at(self, member: int, place: int) -> int:
        """The follower at one of the places of its audience."""
        return int(_follower_at(self.columns(), member, place))

    def followers_of(self, member: int) -> npt.NDArray[np.int32]:
        """Who follows a member: int32, ascending."""
        found = [self.follower_at(member, place) for place in range(self.audience_of(member))]
        return np.setdiff1d(np.array(found, np.int32), [member])

    def columns(self) -> Follows:
        """The graph as compiled code sees it."""
        lists = np.zeros(1, np.int64), np.empty(0, np.int32)
        return Follows(False, self.degree, *lists, *lists, self.recipe)

    def stored(self) -> FollowGraph:
        """The same follows in the stored form."""
        start = np.concatenate(([0], np.cumsum(self.degree, dtype=np.int64)))
        followees = _write_out(self.columns(), start, np.empty(self.most_places + 1, np.int32))
        followed_start, followed_by = transposed(start, followees)
        return FollowGraph(start, followees, self.followers, followed_start, followed_by)


def compute_graph(scenario: Scenario, population: Population) -> ComputedGraph:
    """Draw the recipe of a population's follow graph."""
    size, seed = population.size, scenario.seed
    wanted = stub_counts(scenario, population)
    large = _stubs(seed, 2, AT_LARGE * wanted)
    significance = np.minimum(1.0, population.fitness / 4.0) * ~population.dormant
    order, rank, run_rank, run_stub, run_each = _in_stubs(population.fitness, large.total)
    recipe = Recipe(
        large,
        _stubs(seed, 3, MUTUAL * wanted * significance),
        order,
        rank,
        run_rank,
        run_stub,
        run_each,
        _guide(run_stub, large.total),
        _ties(seed),
        _words(_classes(wanted, REACH)),
        _words(_classes(population.fitness, PULL)),
    )
    bare = ComputedGraph(recipe, np.zeros(size, np.int32), np.zeros(size, np.int32))
    _count(bare.columns(), bare.followers, bare.degree, np.empty(bare.most_places + 1, np.int32))
    return bare


def _stubs(seed: int, part: int, mean: Any) -> Stubs:
    """Stubs of which the members own so many, rounded up or down by chance."""
    own = np.floor(mean + uniforms(seed, Purpose.STUB, len(mean), part)).astype(np.uint16)
    sums = np.add.reduceat(own, np.arange(0, len(own), BLOCK), dtype=np.int64)
    first = np.concatenate(([0], np.cumsum(sums)))
    total = int(first[-1])
    key = np.uint64(fold(root_key(seed, Purpose.STUB), part))
    return Stubs(key, total, grid_width(total), own, first, _guide(first, total))


def _in_stubs(fitness: Any, stubs: int) -> Any:
    """Order of the members by in-stubs, their ranks, and the runs of ranks with equally many.

    In-stubs are the fitness's share of all, rounded so that they add up.
    """
    by_fitness = np.argsort(-fitness, kind="stable")
    shares = np.cumsum(fitness[by_fitness])
    ends = np.rint(shares * (stubs / shares[-1])).astype(np.int64)
    each = np.diff(ends, prepend=0)
    again = np.argsort(-each, kind="stable")
    order, each = by_fitness[again].astype(np.int32), each[again]
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    first = np.flatnonzero(np.diff(each, prepend=-1))
    run_rank = np.append(first, len(order))
    run_each = each[first]
    run_stub = np.concatenate(([0], np.cumsum(run_each * np.diff(run_rank))))
    return order, rank, run_rank, run_stub, run_each


def _guide(first: Any, stubs: int) -> Any:
    """For each of `GUIDES` steps of the stubs: the part, of those that begin at `first`, that holds its first
    stub."""
    steps = (np.arange(GUIDES + 1) * stubs + GUIDES - 1) // GUIDES
    return np.maximum(np.searchsorted(first, steps, side="right") - 1, 0).astype(np.int32)


def _classes(values: Any, table: Any) -> Any:
    """The class of each value by the quantiles of a table."""
    ranks = np.empty(len(values), np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    edges = [share * len(values) for share, _ in table[1:]]
    return np.searchsorted(edges, ranks, side="right")


def _words(classes: Any) -> Any:
    """Bits of those of each class, by block: uint64 (blocks, CLASSES)."""
    blocks = -(-len(classes) // BLOCK)
    words = np.zeros((blocks, CLASSES), np.uint64)
    for one in range(CLASSES):
        bits = np.zeros(blocks * BLOCK, np.uint8)
        bits[: len(classes)] = classes == one
        words[:, one] = np.packbits(bits, bitorder="little").view("<u8")
    return words


def _ties(seed: int) -> Any:
    """Distances at which each class of reach follows each class of attraction: of nested sets the smaller."""
    pairs = 1 + np.argsort(uniforms(seed, Purpose.STUB, BLOCK // 2, 4))  # distances 1 .. 32, in an order
    ties = np.zeros((CLASSES, CLASSES), np.uint64)
    for mine, (_, reach) in enumerate(REACH):
        for other, (_, pull) in enumerate(PULL):
            for distance in pairs[: -(-min(reach, pull) // 2)].tolist():
                ties[mine, other] |= np.uint64(1 << distance | 1 << (BLOCK - distance))
    return ties


@entry
def _list(g: Any, u: int, out: Any) -> int:
    return int(list_followees(g.recipe, u, out))


@entry
def _audience(g: Any, v: int) -> int:
    return int(audience(g, v))


@entry
def _follower_at(g: Any, v: int, place: int) -> int:
    return int(follower_at(g, v, place))


@entry
def _count(g: Any, followers: Any, degree: Any, room: Any) -> None:
    """Count followers and followees, each once."""
    for u in range(len(degree)):
        named = np.sort(room[: list_followees(g.recipe, u, room)])
        for i in range(len(named)):
            if i == 0 or named[i] != named[i - 1]:
                followers[named[i]] += 1
                degree[u] += 1


@entry
def _write_out(g: Any, start: Any, room: Any) -> Any:
    """The lists of followees, ascending, no name twice."""
    followees = np.empty(start[-1], np.int32)
    for u in range(len(start) - 1):
        named, at = np.sort(room[: list_followees(g.recipe, u, room)]), start[u]
        for i in range(len(named)):
            if i == 0 or named[i] != named[i - 1]:
                followees[at] = named[i]
                at += 1
    return followees
