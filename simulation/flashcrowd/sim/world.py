"""A scenario's world before anything happens: members, who follows whom, how willing each is."""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flashcrowd.core.own import is_own
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.computed_graph import ComputedGraph, compute_graph
from flashcrowd.sim.decisions import USUAL, Decisions, decisions_of
from flashcrowd.sim.graph import FollowGraph, build_graph
from flashcrowd.sim.happenings.programme import Programme, programme_of
from flashcrowd.sim.membership import PRESETS, Presence, activity_factor, presence_of
from flashcrowd.sim.migration import Ties, going_back, ties_of
from flashcrowd.sim.personas import persona_mix
from flashcrowd.sim.population import (
    SESSIONS_CAP,
    Floats,
    Population,
    Propensities,
    SmallFloats,
    build_population,
    mean_chance_to_post,
    propensities,
)
from flashcrowd.sim.rankers import RANKERS, chronological
from flashcrowd.sim.rings import with_rings
from flashcrowd.sim.trial import try_function

MOST_STORED: Final = 20_000_000
"""Members up to which the graph is stored unless the scenario says otherwise: it takes 330 bytes a member."""

ASKED: Final = 20_000
"""Members whose followees are looked at to learn how often sign-ups will be called."""

ROUNDS: Final = 4
"""Rounds after which that is known to a part in a hundred."""


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
    programme: Programme
    """What the scenario's events bring about."""
    keen: SmallFloats
    """How readily members follow notifications, relative to others, 0..1, shape `(n_members,)`."""
    decisions: Decisions = USUAL
    """Which function takes each decision."""
    ties: Ties | None = None
    """Follows on the network that newcomers come from."""

    def visits_per_day(self, t: float) -> Floats:
        """Sessions a day that the calendar draws at scenario time `t`, shape `(n_members,)`: newcomers whose
        contacts are elsewhere spend a part of their time there."""
        pull = self.scenario.migration.pull
        if self.ties is None or not pull:
            return self.drawn_per_day
        here = self.ties.share_here(self.population.joined, self.population.left, t)
        return self.drawn_per_day * np.where(self.ties.newcomer, 1.0 - pull * (1.0 - here), 1.0)


NOT_IN_GRAPH: Final = (
    *("name", "purpose", "duration", "content", "sessions", "reactions", "platform", "generation"),
    *("decisions", "harm", "moderation", "migration", "load", "feedback", "freshness", "record", "slo"),
)
"""Sections of a scenario that the follow graph does not depend on."""


def graph_settings(scenario: Scenario) -> dict[str, Any]:
    """What the follow graph of a scenario depends on, as plain JSON values: the same, the same graph."""
    return {name: value for name, value in scenario.resolved().items() if name not in NOT_IN_GRAPH}


def build_world(scenario: Scenario, graph: FollowGraph | ComputedGraph | None = None) -> World:
    """Draw members and follow graph of a scenario.

    Args:
        graph: that of a world of the same `graph_settings`, if there is one already.

    Raises:
        UsageError: when a persona, region, ranker or growth curve is unknown.
        ScenarioError: when an event is about a topic that does not exist.
    """
    check_rankers(scenario)  # what is not usable is told before anything is made
    decisions = decisions_of(scenario)
    population = build_population(scenario)
    graph, ties = ties_of(scenario, population, graph or graph_of(scenario, population))
    if ties is not None:
        population = replace(population, left=going_back(scenario, population, ties))
    willing = propensities(scenario, population, graph.followers)
    drawn = population.sessions_per_day * (1.0 - scenario.sessions.return_share)
    keen = np.where(population.dormant, 0.0, population.keen)
    if scenario.population.retention != "none":
        _habituate(scenario, population, graph, willing, drawn, keen)
    return World(
        scenario,
        population,
        graph,
        willing,
        drawn,
        presence_of(population.joined, population.left),
        programme_of(scenario, population, graph),
        keen.astype(np.float32),
        decisions,
        ties,
    )


def check_scenario(scenario: Scenario) -> None:
    """Refuse a scenario that names something unknown, or something of the user's that is not usable.

    Raises:
        UsageError: says which names are known, or what is wrong in which line of which file.
    """
    check_rankers(scenario)
    persona_mix(scenario.population.personas, scenario.name)
    decisions_of(scenario)


def check_rankers(scenario: Scenario) -> None:
    """Refuse a scenario whose ranker, or one that it switches to, is not usable.

    Raises:
        UsageError: as `check_ranker` does.
    """
    check_ranker(scenario.platform.ranker)
    for event in scenario.events:
        if event.kind == "switch" and event.ranker is not None:
            check_ranker(event.ranker)


def check_ranker(name: str) -> None:
    """Refuse a ranker that is not known, or, of a file of the user's, not usable.

    Raises:
        UsageError: says which are known, or names file and line.
    """
    score = RANKERS.get(name)
    if is_own(name):
        try_function(score, chronological.score, "score")


def graph_of(scenario: Scenario, population: Population) -> FollowGraph | ComputedGraph:
    """The follow graph of a population in the form that the scenario asks for, or that its size calls for."""
    form = scenario.graph.form
    if form == "procedural" or (form == "auto" and population.size > MOST_STORED):
        return with_rings(scenario, population, compute_graph(scenario, population))
    return with_rings(scenario, population, build_graph(scenario, population))


def _habituate(
    scenario: Scenario,
    people: Population,
    graph: FollowGraph | ComputedGraph,
    willing: Propensities,
    drawn: Floats,
    keen: Floats,
) -> None:
    """Scale how often those who sign up come, on their own and when called, to their retention preset."""
    new = np.flatnonzero(np.isfinite(people.joined))
    if len(new):
        factor = _habit(scenario, people, graph, _posts_per_visit(scenario, people, willing), drawn, new)
        drawn[new] = np.minimum(drawn[new] * factor, SESSIONS_CAP)
        keen[new] = min(1.0, factor)


def _posts_per_visit(scenario: Scenario, people: Population, willing: Propensities) -> Floats:
    """Posts that a visit makes on average, shape `(n_members,)`; of those who sign up as many count as will
    still be made after a month."""
    preset, settings = PRESETS[scenario.population.retention], scenario.sessions
    stays = np.where(np.isnan(people.joined), 1.0, preset.shares[-1] / preset.active)
    pages = stays * settings.budget / settings.think
    return pages * mean_chance_to_post(willing.posts_per_page.astype(np.float64))


def _habit(
    scenario: Scenario,
    people: Population,
    graph: FollowGraph | ComputedGraph,
    per_visit: Floats,
    drawn: Floats,
    new: npt.NDArray[np.int64],
) -> float:
    """The factor on the visits of those who sign up with which they are as active as their preset says.

    How often they are called depends on how often everybody posts, hence visits, hence is called: the factor
    is found by rounds.
    """
    settings, active = scenario.sessions, PRESETS[scenario.population.retention].active
    some = new[:: max(1, len(new) // ASKED)]
    followees = [graph.followees_of(member) for member in some.tolist()]
    returns, factor, called = settings.return_share / (1.0 - settings.return_share), 1.0, np.zeros(len(some))
    for _ in range(ROUNDS):
        visits = people.sessions_per_day.copy()
        visits[new] *= factor
        visits *= 1.0 + returns * min(1.0, factor) * called.mean() / visits[some].mean()
        posts = visits * per_visit
        called = np.array([settings.push_share * posts[theirs].sum() for theirs in followees])
        factor = activity_factor(drawn[some], called, active)
    return factor
