"""A scenario's world before anything happens: members, who follows whom, how willing each is."""

from dataclasses import dataclass
from typing import Final

from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.computed_graph import ComputedGraph, compute_graph
from flashcrowd.sim.graph import FollowGraph, build_graph
from flashcrowd.sim.membership import Presence, presence_of
from flashcrowd.sim.population import Floats, Population, Propensities, build_population, propensities
from flashcrowd.sim.rankers import RANKERS

MOST_STORED: Final = 20_000_000
"""Members up to which the graph is stored unless the scenario says otherwise: it takes 350 bytes a member."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that both engines and live runs begin with."""

    scenario: Scenario
    population: Population
    graph: FollowGraph | ComputedGraph
    propensities: Propensities
    drawn_per_day: Floats
    """Sessions a day that the calendar draws, shape `(n_members,)`; quick returns make up the rest."""
    presence: Presence
    """Who signs up and who leaves in which tick."""


def build_world(scenario: Scenario) -> World:
    """Draw members and follow graph of a scenario.

    Raises:
        UsageError: when a persona, region, ranker or growth curve is unknown.
    """
    RANKERS.get(scenario.platform.ranker)  # an unknown one is told before anything is made
    population = build_population(scenario)
    graph = graph_of(scenario, population)
    drawn = population.sessions_per_day * (1.0 - scenario.sessions.return_share)
    presence = presence_of(population.joined, population.left)
    willing = propensities(scenario, population, graph.followers)
    return World(scenario, population, graph, willing, drawn, presence)


def graph_of(scenario: Scenario, population: Population) -> FollowGraph | ComputedGraph:
    """The follow graph of a population in the form that the scenario asks for, or that its size calls for."""
    form = scenario.graph.form
    if form == "procedural" or (form == "auto" and population.size > MOST_STORED):
        return compute_graph(scenario, population)
    return build_graph(scenario, population)
