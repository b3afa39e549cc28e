"""Migration from an incumbent network, whose follow graph is the one that was drawn.

Of the follows from and to newcomers a share is there at once; the rest is missed until the follower finds the
other again. While those whom a newcomer followed are elsewhere, so is a part of its time; and after a while
it goes back if too few have come: each has a threshold of its own (Granovetter, American Journal of Sociology
1978).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.computed_graph import ComputedGraph
from flashcrowd.sim.graph import FollowGraph, graph_from
from flashcrowd.sim.population import Floats, Population, uniforms


@dataclass(frozen=True, slots=True)
class Ties:
    """Follows on the incumbent network.

    `newcomer`: who comes from there, `(n_members,)` · `old`: who followed whom there · `missed`: what of that
    is not there at once, as a follow graph.
    """

    newcomer: npt.NDArray[np.bool_]
    old: FollowGraph
    missed: FollowGraph

    def share_here(self, joined: Floats, left: Floats, t: float) -> Floats:
        """Share of those whom each member followed who are here at `t` (s); 1 for whoever followed nobody."""
        here = ~(joined > t) & ~(left <= t)
        cumulated = np.concatenate(([0], np.cumsum(here[self.old.followees])))
        many = np.diff(self.old.start)
        found = cumulated[self.old.start[1:]] - cumulated[self.old.start[:-1]]
        return np.where(many > 0, found / np.maximum(many, 1), 1.0)


def ties_of(
    scenario: Scenario, people: Population, graph: FollowGraph | ComputedGraph
) -> tuple[FollowGraph | ComputedGraph, Ties | None]:
    """The follow graph that is there at once, and the ties to the incumbent network; None without migration.

    Raises:
        ScenarioError: when the graph is not stored.
    """
    if not scenario.migration.is_on:
        return graph, None
    if not isinstance(graph, FollowGraph):
        raise ScenarioError(f"{scenario.name}: migration needs graph.form to be stored")
    newcomer = ~np.isnan(people.joined)
    sources = np.repeat(np.arange(people.size, dtype=np.int32), np.diff(graph.start))
    targets = graph.followees
    key = root_key(scenario.seed, Purpose.MIGRATION)
    draws = fold(fold(fold(key, 0), sources.astype(np.uint64)), targets.astype(np.uint64))
    missed = (newcomer[sources] | newcomer[targets]) & (
        np.asarray(uniform(draws)) >= scenario.migration.brought
    )
    there = graph_from(people.size, sources[~missed], targets[~missed])
    return there, Ties(newcomer, graph, graph_from(people.size, sources[missed], targets[missed]))


def going_back(scenario: Scenario, people: Population, ties: Ties) -> Floats:
    """When each member leaves, given that newcomers go back whose contacts do not come; `(n_members,)`.

    Each newcomer looks around once, when its patience is over: it leaves if the share of the followed who are
    here is below its threshold, which is uniform between 0 and twice the mean.
    """
    settings, joined, left = scenario.migration, people.joined, people.left.copy()
    if not settings.patience:
        return left
    threshold = 2.0 * settings.enough * uniforms(scenario.seed, Purpose.MIGRATION, people.size, 1)
    looks = joined + settings.patience
    chosen = np.flatnonzero(ties.newcomer & np.isfinite(looks))
    for member in chosen[np.argsort(looks[chosen], kind="stable")].tolist():
        t, followed = looks[member], ties.old.followees_of(member)
        here = ~(joined[followed] > t) & ~(left[followed] <= t)
        if len(followed) and here.mean() < threshold[member] and not left[member] <= t:
            left[member] = t
    return left
