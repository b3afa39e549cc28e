"""Coordinated groups in the follow graph: their accounts follow the leaders and some of one another."""

from typing import Any

import numpy as np

from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.registry import nearest
from flashcrowd.core.rings import Ring
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.computed_graph import ComputedGraph
from flashcrowd.sim.graph import FollowGraph, graph_from
from flashcrowd.sim.population import Population


def with_rings(
    scenario: Scenario, people: Population, graph: FollowGraph | ComputedGraph
) -> FollowGraph | ComputedGraph:
    """The follow graph, in which the accounts of each ring have dropped their follows for those of the ring;
    whoever follows them, still does.

    Raises:
        ScenarioError: when a persona is unknown, or the graph is not stored.
    """
    for number, ring in enumerate(scenario.rings):
        if not isinstance(graph, FollowGraph):
            raise ScenarioError(
                f"{scenario.name}: rings need the follow graph stored; graph.form must be stored"
            )
        graph = _joined(scenario, people, graph, ring, number)
    return graph


def _joined(
    scenario: Scenario, people: Population, graph: FollowGraph, ring: Ring, number: int
) -> FollowGraph:
    names = [persona.name for persona in people.personas]
    if ring.persona not in names:
        hint = f"known: {', '.join(names)}{nearest(ring.persona, names)}"
        raise ScenarioError(f"{scenario.name}: rings.{number}.persona is {ring.persona}; {hint}")
    accounts = np.flatnonzero(people.persona == names.index(ring.persona))
    by_fame = accounts[np.argsort(-graph.followers[accounts], kind="stable")]
    sources, targets = _follows(scenario.seed, accounts, by_fame[: ring.leaders], ring.follows)
    before = np.repeat(np.arange(people.size, dtype=np.int32), np.diff(graph.start))
    kept = ~np.isin(before, accounts)
    return graph_from(
        people.size,
        np.concatenate((before[kept], sources)),
        np.concatenate((graph.followees[kept], targets)),
    )


def _follows(seed: int, accounts: Any, leaders: Any, many: int) -> tuple[Any, Any]:
    """Sources and targets of a ring's follows, without those of an account of itself."""
    key = fold(root_key(seed, Purpose.RING), len(accounts))
    draws = fold(fold(key, accounts.astype(np.uint64))[:, None], np.arange(many, dtype=np.uint64)[None, :])
    others = accounts[(np.asarray(uniform(draws)) * len(accounts)).astype(np.int64)]
    targets = np.concatenate((others, np.broadcast_to(leaders, (len(accounts), len(leaders)))), axis=1)
    sources = np.repeat(accounts, targets.shape[1])
    apart = sources != targets.ravel()
    return sources[apart].astype(np.int32), targets.ravel()[apart].astype(np.int32)
