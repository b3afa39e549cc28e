"""One-beta SIR: every follow passes an item on with the same chance per step until its holder loses interest.

The chain-binomial SIR in steps of a minute: a member who has the item infects each follower who has not with
probability beta in every step, and recovers with probability gamma in every step. No appeal, no interests, no
freshness: one number spreads everything (Kermack & McKendrick 1927; Goel et al. 2016, section 5, on why it
cannot give real cascades their shape).

It is run by events: the step in which a holder first succeeds on a follow is geometric, and so is the step of
its recovery, so only those two draws are made, each addressed by (seed, cascade, member, follower). The same
draws serve every beta, so a cascade only grows with beta.
"""

import heapq
import math
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from flashcrowd.core.clock import MINUTE
from flashcrowd.core.draws import Purpose, fold, uniform
from flashcrowd.sim.compiled import compiled_key, prepare
from flashcrowd.sim.graph import FollowGraph
from flashcrowd.sim.nulls.rows import Rows, rows_of_trees

prepare()

STEP_S: Final = MINUTE

RECOVERY: Final = 1 / 68
"""Chance per step to lose interest: the delay of a repost is then exponential with a median of 47 minutes,
that of the log-normal which fits published delays (mu 7.95 of ln s). The model's best case."""

TOLERANCE: Final = 0.02
"""Relative error of the mean cascade size at which the search for beta ends."""


class Originals(NamedTuple):
    """What was posted, in order of time: equally long arrays."""

    t: Any  # float64, scenario seconds
    member: Any
    topic: Any
    ai: Any


class Trees(NamedTuple):
    """All cascades as nodes; the first nodes are the originals."""

    t: Any
    member: Any
    parent: Any
    root: Any


def one_beta_sir(
    graph: FollowGraph, originals: Originals, beta: float, end_s: float, seed: int, recovery: float = RECOVERY
) -> Rows:
    """Rows of `actions`: the originals and who passed each of them on until `end_s`.

    Args:
        beta: chance per follow and step, 0..1.
        recovery: chance per step to lose interest, above 0 and at most 1.
    """
    trees = sir_trees(graph, originals, beta, end_s, seed, recovery)
    return rows_of_trees(*trees, originals.topic, originals.ai)


def tuned_beta(
    graph: FollowGraph,
    originals: Originals,
    mean_size: float,
    end_s: float,
    seed: int,
    recovery: float = RECOVERY,
) -> float:
    """The beta at which the mean cascade has `mean_size` nodes, to `TOLERANCE`; by bisection of its log.

    The size grows with beta, draw for draw; where it jumps over the target, the beta below the jump is taken.
    """
    wanted = mean_size * len(originals.t)
    if wanted <= len(originals.t):
        return 0.0
    low, high = math.log(1e-9), 0.0
    for _ in range(40):
        middle = (low + high) / 2
        most = int(wanted * (1 + TOLERANCE)) + 1
        size = len(sir_trees(graph, originals, math.exp(middle), end_s, seed, recovery, most).t)
        if size >= most:
            high = middle
        else:
            low = middle
            if size > wanted * (1 - TOLERANCE):
                break
    return math.exp(low)


def sir_trees(
    graph: FollowGraph,
    originals: Originals,
    beta: float,
    end_s: float,
    seed: int,
    recovery: float = RECOVERY,
    most_nodes: int = 1 << 62,
) -> Trees:
    """The cascades as trees; ends as soon as there are `most_nodes` nodes."""
    key = compiled_key(seed, Purpose.NULL)
    t, member = np.asarray(originals.t, np.float64), np.asarray(originals.member, np.int64)
    first_success = math.log1p(-beta) if beta < 1 else -math.inf
    recovers = math.log1p(-recovery) if recovery < 1 else -math.inf
    followers = graph.followed_start, graph.followed_by
    return Trees(*_spread(*followers, t, member, first_success, recovers, end_s, key, most_nodes))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _steps_until(u: float, log_failure: float) -> float:
    """The first success, 1, 2, …, of trials that fail with probability exp(log_failure); by inversion."""
    if log_failure == 0.0:
        return math.inf
    return max(1.0, math.ceil(math.log(u) / log_failure))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _grown(column: Any, n: int) -> Any:
    longer = np.empty(max(n, 2 * len(column)), column.dtype)
    longer[: len(column)] = column
    return longer


@njit(cache=True)  # type: ignore[untyped-decorator]
def _spread(
    start: Any, followers: Any, begun: Any, authors: Any, log_miss: float, log_stay: float, end_s: float,
    key: Any, most: int,
) -> Any:  # fmt: skip
    n = len(begun)
    t, member = begun.copy(), authors.copy()
    parent, root = np.full(n, -1), np.arange(n)
    reached_in = np.full(len(start) - 1, -1)  # the last cascade that reached each member
    for cascade in range(n):
        address = fold(key, cascade)
        steps_left = math.floor((end_s - begun[cascade]) / STEP_S)
        waiting = [(0.0, np.int64(-1), np.int64(authors[cascade]))]  # step, node of the parent, member
        while waiting:
            step, source, v = heapq.heappop(waiting)
            if reached_in[v] == cascade:
                continue
            reached_in[v] = cascade
            node = np.int64(cascade)
            if source >= 0:
                if n == len(t):
                    t, member = _grown(t, n + 1), _grown(member, n + 1)
                    parent, root = _grown(parent, n + 1), _grown(root, n + 1)
                node = np.int64(n)
                t[n], member[n], parent[n], root[n] = begun[cascade] + step * STEP_S, v, source, cascade
                n += 1
                if n >= most:
                    return t[:n], member[:n], parent[:n], root[:n]
            holder = fold(address, v)
            stays = min(_steps_until(uniform(holder), log_stay), steps_left - step)
            too_late = math.exp(stays * log_miss)  # draws below it succeed after that: most, and no logarithm
            for i in range(start[v], start[v + 1]):
                w = followers[i]
                u = uniform(fold(holder, w))
                if u >= too_late and reached_in[w] != cascade:
                    after = _steps_until(u, log_miss)
                    if after <= stays:
                        heapq.heappush(waiting, (step + after, node, np.int64(w)))
    return t[:n], member[:n], parent[:n], root[:n]
