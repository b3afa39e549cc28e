"""The follow graph: fitness x community + triadic closure + damped follow-backs, as CSR of int32.

Each member draws follows ("stubs"). A stub goes into the member's own community, into its scene or anywhere,
to an account drawn in proportion to its fitness; or, to close a triangle, to a followee of a followee. The
account may follow back: the more significant the follower, the likelier. Every draw is addressed by (seed,
member, stub).
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flashcrowd.core.draws import Purpose, fold, uniform
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.compiled import compiled_key, entry, inner
from flashcrowd.sim.follows import Follows, stored_only
from flashcrowd.sim.population import Population, correlated, normals, uniforms

STUB_CAP: Final = 2000
STUB_SIGMA: Final = 1.1
DORMANT_STUBS: Final = 0.3


@dataclass(frozen=True, slots=True)
class FollowGraph:
    """Who follows whom at the start of a run.

    Member `u` follows `followees[start[u]:start[u + 1]]` (int32, ascending, no duplicates, never itself);
    `v` is followed by `followed_by[followed_start[v]:followed_start[v + 1]]` (int32, ascending); `followers`
    counts them, int32 of shape `(n_members,)`.
    """

    start: npt.NDArray[np.int64]
    followees: npt.NDArray[np.int32]
    followers: npt.NDArray[np.int32]
    followed_start: npt.NDArray[np.int64]
    followed_by: npt.NDArray[np.int32]

    @property
    def form(self) -> str:
        """How the graph is held."""
        return "stored"

    @property
    def edges(self) -> int:
        """Number of follows."""
        return len(self.followees)

    @property
    def degree(self) -> npt.NDArray[np.int32]:
        """How many each member follows."""
        return np.diff(self.start).astype(np.int32)

    def degree_of(self, member: int) -> int:
        """How many a member follows."""
        return int(self.start[member + 1] - self.start[member])

    @property
    def most_places(self) -> int:
        """Most followees of any member."""
        return int(np.diff(self.start).max(initial=0))

    def followees_of(self, member: int) -> npt.NDArray[np.int32]:
        """Whom a member follows."""
        return self.followees[self.start[member] : self.start[member + 1]]

    def followers_of(self, member: int) -> npt.NDArray[np.int32]:
        """Who follows a member."""
        return self.followed_by[self.followed_start[member] : self.followed_start[member + 1]]

    def audience_of(self, member: int) -> int:
        """Number of its followers."""
        return int(self.followers[member])

    def follower_at(self, member: int, place: int) -> int:
        """The follower at a place of the list."""
        return int(self.followed_by[self.followed_start[member] + place])

    def columns(self) -> Follows:
        """The graph as compiled code sees it."""
        return stored_only(self.start, self.followees, self.followed_start, self.followed_by)

    def stored(self) -> "FollowGraph":
        """The same follows in the stored form."""
        return self


def build_graph(scenario: Scenario, population: Population) -> FollowGraph:
    """Draw the follow graph of a population."""
    settings, seed = scenario.graph, scenario.seed
    stubs = stub_counts(scenario, population)
    fitness_sum = np.concatenate(([0.0], np.cumsum(population.fitness)))
    guide = _guide_table(fitness_sum)
    first = np.concatenate(([0], np.cumsum(stubs)))
    targets = _draw_targets(
        compiled_key(seed, Purpose.STUB),
        first,
        population.community,
        population.community_start,
        population.scene_start,
        fitness_sum,
        guide,
        settings.community_share,
        settings.scene_share,
        settings.triadic_share,
    )
    key = compiled_key(seed, Purpose.FOLLOW_BACK)
    back = _follow_back_counts(
        key, first, targets, population.fitness, population.dormant, settings.follow_back
    )
    rows = np.concatenate(([0], np.cumsum(stubs + back)))
    followees = _with_follow_backs(
        key, first, targets, population.fitness, population.dormant, settings.follow_back, rows
    )
    # A counting sort leaves rows in order, so transposing twice sorts the lists of both directions.
    # What is no longer needed goes at once: at ten million members each of these arrays is a gigabyte.
    del targets, first
    followed_start, followed_by = transposed(rows, followees)
    del followees
    followed_start, followed_by = _unique(followed_start, followed_by)
    start, followees = transposed(followed_start, followed_by)
    return FollowGraph(
        start, followees, np.diff(followed_start).astype(np.int32), followed_start, followed_by
    )


def graph_from(size: int, sources: Any, targets: Any) -> FollowGraph:
    """The graph of these follows (int32, equally long), each counted once."""
    order = np.argsort(sources, kind="stable")
    start = np.concatenate(([0], np.cumsum(np.bincount(sources, minlength=size))))
    # As above: twice transposed, lists are in order.
    followed_start, followed_by = transposed(start, targets[order].astype(np.int32))
    followed_start, followed_by = _unique(followed_start, followed_by)
    start, followees = transposed(followed_start, followed_by)
    return FollowGraph(
        start, followees, np.diff(followed_start).astype(np.int32), followed_start, followed_by
    )


def stub_counts(scenario: Scenario, population: Population) -> npt.NDArray[np.int64]:
    """How many follows each member draws."""
    size = population.size
    noise = normals(scenario.seed, Purpose.STUB, size)
    mean = np.exp(STUB_SIGMA * correlated(population.activity, 0.7, noise))
    mean *= scenario.graph.mean_follows / mean.mean()
    mean *= np.where(population.dormant, DORMANT_STUBS, 1.0)
    cap = min(STUB_CAP, max(1, size // 2))
    whole = np.floor(mean + uniforms(scenario.seed, Purpose.STUB, size, 1))
    return np.minimum(whole, cap).astype(np.int64)


def _guide_table(cumulated: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Where the search for each of `size` equal steps of the cumulated weights begins (Chen & Asau 1974)."""
    size = len(cumulated) - 1
    steps = np.arange(size + 1) * (cumulated[-1] / size)
    return np.asarray(np.searchsorted(cumulated, steps, side="right") - 1, dtype=np.int64)


@inner
def _locate(value: float, cumulated: Any, guide: Any) -> int:
    """The member whose stretch of the cumulated fitness holds `value`."""
    size = len(cumulated) - 1
    at = guide[min(int(value / cumulated[size] * size), size)]
    while at < size - 1 and cumulated[at + 1] <= value:
        at += 1
    while at > 0 and cumulated[at] > value:
        at -= 1
    return int(at)


@entry
def _draw_targets(
    key: Any,
    first: Any,
    community: Any,
    community_start: Any,
    scene_start: Any,
    cumulated: Any,
    guide: Any,
    local: float,
    in_scene: float,
    triadic: float,
) -> Any:
    size = len(first) - 1
    targets = np.empty(first[size], np.int32)
    total = cumulated[size]
    scene = 0
    for u in range(size):
        member_key = fold(key, u)
        scene += u == scene_start[scene + 1]
        low = cumulated[community_start[community[u]]]
        width = cumulated[community_start[community[u] + 1]] - low
        scene_low = cumulated[scene_start[scene]]
        scene_width = cumulated[scene_start[scene + 1]] - scene_low
        for i in range(first[u], first[u + 1]):
            stub = fold(member_key, i - first[u])
            place = uniform(fold(stub, 1))
            reach = uniform(stub)
            if reach < local:
                targets[i] = _locate(low + place * width, cumulated, guide)
            elif reach < local + (1.0 - local) * in_scene:
                targets[i] = _locate(scene_low + place * scene_width, cumulated, guide)
            else:
                targets[i] = _locate(place * total, cumulated, guide)
    # A share of the stubs turns to a followee of a followee; sources read the first choice of others only.
    closed = targets.copy()
    for u in range(size):
        member_key = fold(key, u)
        many = first[u + 1] - first[u]
        for i in range(first[u], first[u + 1]):
            stub = fold(fold(member_key, i - first[u]), 2)
            if uniform(stub) >= triadic:
                continue
            friend = targets[first[u] + int(uniform(fold(stub, 1)) * many)]
            theirs = first[friend + 1] - first[friend]
            if theirs > 0:
                closed[i] = targets[first[friend] + int(uniform(fold(stub, 2)) * theirs)]
    return closed


@inner
def _follows_back(key: Any, source: int, target: int, fitness: Any, dormant: Any, most: float) -> bool:
    """Whether the target of a follow returns it: never when dormant, rarely when the follower is
    insignificant."""
    if dormant[target] or source == target:
        return False
    relative = min(1.0, 3.0 * fitness[source] / fitness[target])
    significance = min(1.0, fitness[source] / 4.0)
    chance = most * math.exp(0.7 * math.log(relative)) * math.sqrt(significance)
    return bool(uniform(fold(fold(key, source), target)) < chance)


@entry
def _follow_back_counts(key: Any, first: Any, targets: Any, fitness: Any, dormant: Any, most: float) -> Any:
    counts = np.zeros(len(first) - 1, np.int64)
    for u in range(len(first) - 1):
        for i in range(first[u], first[u + 1]):
            if _follows_back(key, u, targets[i], fitness, dormant, most):
                counts[targets[i]] += 1
    return counts


@entry
def _with_follow_backs(
    key: Any, first: Any, targets: Any, fitness: Any, dormant: Any, most: float, rows: Any
) -> Any:
    followees = np.empty(rows[-1], np.int32)
    fill = rows[:-1].copy()
    for u in range(len(first) - 1):
        for i in range(first[u], first[u + 1]):
            target = targets[i]
            followees[fill[u]] = target
            fill[u] += 1
            if _follows_back(key, u, target, fitness, dormant, most):
                followees[fill[target]] = u
                fill[target] += 1
    return followees


@entry
def transposed(start: Any, targets: Any) -> Any:
    """The lists of the other direction, each in ascending order: a counting sort."""
    size = len(start) - 1
    back_start = np.zeros(size + 1, np.int64)
    for target in targets:
        back_start[target + 1] += 1
    for u in range(size):
        back_start[u + 1] += back_start[u]
    fill = back_start[:-1].copy()
    back = np.empty(len(targets), np.int32)
    for u in range(size):
        for i in range(start[u], start[u + 1]):
            back[fill[targets[i]]] = u
            fill[targets[i]] += 1
    return back_start, back


@entry
def _unique(start: Any, lists: Any) -> Any:
    """The same ascending lists without duplicates and without the member itself, gaps closed in place."""
    size = len(start) - 1
    new_start = np.zeros(size + 1, np.int64)
    write = 0
    for u in range(size):
        previous = -1
        for i in range(start[u], start[u + 1]):
            other = lists[i]
            if other != previous and other != u:
                lists[write] = other
                write += 1
            previous = other
        new_start[u + 1] = write
    return new_start, lists[:write]
