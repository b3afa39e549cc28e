"""The society as a Mesa model: Mesa's own tools work on both engines."""

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import mesa
import numpy as np
import pytest
import societies
from mesa.batchrunner import batch_run

from flashcrowd.core.clock import TICK
from flashcrowd.core.errors import UsageError
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.items import Intention
from flashcrowd.sim.kernel.engine import Sink
from flashcrowd.sim.member import PagePlan, Visit
from flashcrowd.sim.model import Cohort, MemberAgent, SocialModel
from flashcrowd.sim.model.social import Engine
from flashcrowd.sim.world import World

ENGINES = ("kernel", "agents")


class Watched(SocialModel):
    """Collects views and rows after every step."""

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**keywords)
        reporters = {"views": "views", "rows": lambda model: model.engine.rows, "clock_s": "clock_s"}
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def step(self) -> None:
        super().step()
        self.datacollector.collect(self)


class Silent(MemberAgent):
    """Never posts."""

    def create(self, t: float, page: PagePlan, visit: Visit) -> Iterator[Intention]:
        return iter(())


def sink_of(table: str) -> tuple[Sink, list[societies.Columns]]:
    """A sink, and the list into which it puts the columns of one table."""
    parts: list[societies.Columns] = []

    def take(name: str, columns: societies.Columns) -> None:
        if name == table:
            parts.append(columns)

    return take, parts


def test_data_collector_sees_the_same_on_both_engines(busy_world: World) -> None:
    """Views and rows step by step."""
    frames = []
    for engine in ENGINES:
        model = Watched(scenario=busy_world.scenario, engine=engine, world=busy_world)
        for _ in range(40):
            model.step()
        frames.append(model.datacollector.get_model_vars_dataframe())
    assert frames[0].equals(frames[1])
    assert frames[0]["views"].is_monotonic_increasing
    assert frames[0]["rows"].iloc[-1] > 100
    assert frames[0]["clock_s"].tolist() == [TICK * step for step in range(1, 41)]


@pytest.mark.parametrize("engine", ENGINES)
def test_batch_run_drives_the_model(engine: Engine) -> None:
    """Mesa's batch tool runs one model a scenario and collects its reporters."""
    scenarios = [societies.small(**{"population.members": 100, "seed": seed}) for seed in (1, 2)]
    parameters = {"scenario": scenarios, "engine": engine}
    results = batch_run(Watched, parameters, max_steps=30, display_progress=False)
    assert [result["scenario"].seed for result in results] == [1, 2]
    assert {result["Step"] for result in results} == {30}
    assert {result["clock_s"] for result in results} == {31 * TICK}


@pytest.mark.parametrize("engine", ENGINES)
def test_steps_are_counted(small_world: World, engine: Engine) -> None:
    """By Mesa and by the scenario clock."""
    model = SocialModel(small_world.scenario, engine, world=small_world)
    for _ in range(5):
        model.step()
    assert (model.steps, model.clock_s) == (5, 5 * TICK)


def test_cohorts_partition_the_population(small_world: World) -> None:
    """One agent a persona that occurs; together they are everybody, once."""
    model = SocialModel(small_world.scenario, world=small_world)
    cohorts = list(model.agents)
    assert all(isinstance(cohort, Cohort) and cohort.size > 0 for cohort in cohorts)
    assert sorted(np.concatenate([cohort.members for cohort in cohorts]).tolist()) == list(range(300))
    people = small_world.population
    for cohort in cohorts:
        assert {people.personas[code].name for code in people.persona[cohort.members]} == {cohort.persona}


def test_members_online_are_those_whose_visit_is_under_way(busy_world: World) -> None:
    """Starts minus ends in the rows, over all cohorts."""
    take, parts = sink_of("actions")
    model = SocialModel(busy_world.scenario, sink=take, world=busy_world)
    assert sum(cohort.online for cohort in model.agents) == 0
    for _ in range(120):
        model.step()
    model.finish()
    actions = societies.joined(parts)
    begun, ended = (len(societies.of(actions, name)["t"]) for name in ("session_start", "session_end"))
    assert sum(cohort.online for cohort in model.agents) == begun - ended > 0


def test_members_are_agents_in_the_agents_engine(small_world: World) -> None:
    """In order, each with its number and persona."""
    model = SocialModel(small_world.scenario, "agents", world=small_world)
    agents = list(model.agents)
    assert [agent.number for agent in agents] == list(range(300))
    people = small_world.population
    assert all(agent.persona == people.personas[people.persona[agent.number]].name for agent in agents)


def test_subclass_of_a_member_changes_its_behaviour(busy_world: World) -> None:
    """Members who never post leave no post, and still read."""
    take, parts = sink_of("actions")
    model = SocialModel(busy_world.scenario, "agents", take, busy_world, member_class=Silent)
    for _ in range(60):
        model.step()
    model.finish()
    actions = societies.joined(parts)
    assert len(societies.of(actions, "home")["t"]) > 50
    assert len(societies.of(actions, "post")["t"]) == len(societies.of(actions, "generate")["t"]) == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_views_are_the_exposures(small_world: World, engine: Engine) -> None:
    """With all members sampled every item shown is a row."""
    take, parts = sink_of("exposures")
    model = SocialModel(societies.small(**{"record.exposures": 1.0}), engine, take)
    for _ in range(600):
        model.step()
    model.finish()
    assert model.views == len(societies.joined(parts)["t"]) > 0


@pytest.mark.parametrize("engine", ENGINES)
def test_follows_of_the_run_are_counted(busy_world: World, engine: Engine) -> None:
    """Counts at the beginning are those of the graph; each follow adds one on both sides."""
    model = SocialModel(busy_world.scenario, engine, world=busy_world)
    followers, followees = model.follow_counts()
    assert followers.tolist() == busy_world.graph.followers.tolist()
    assert followees.tolist() == np.diff(busy_world.graph.start).tolist()
    for _ in range(400):
        model.step()
    more_followers, more_followees = model.follow_counts()
    authors = model.engine.ties_changed[1]
    gained, lost = (authors >= 0).sum(), (authors < 0).sum()
    assert gained > 0
    assert lost > 0
    assert (more_followers - followers).sum() == (more_followees - followees).sum() == gained - lost


def test_model_without_arguments_is_a_small_world() -> None:
    """What Mesa's own browser view would build."""
    model = SocialModel()
    model.step()
    model.finish()
    assert sum(cohort.size for cohort in model.agents) == 1000


def test_agents_engine_refuses_a_large_world() -> None:
    """In one line, before a graph of a million members is drawn in vain."""
    crowd = Scenario().changed(**{"population.members": 400_000_000})
    with pytest.raises(UsageError, match=r"agents engine takes at most 20000 members, not 400000000; use"):
        SocialModel(crowd, "agents")


def test_unknown_engine_is_refused(small_world: World) -> None:
    """The error names what is allowed."""
    with pytest.raises(UsageError, match="unknown engine 'gpu'; must be kernel or agents"):
        SocialModel(small_world.scenario, "gpu", world=small_world)  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ENGINES)
def test_finished_model_is_forgotten(engine: Engine) -> None:
    """A process that does one run after the other holds the memory of one."""
    model = SocialModel(Scenario().changed(**{"population.members": 100}), engine)
    model.step()
    model.finish()
    known = weakref.ref(model)
    del model
    gc.collect()
    assert known() is None
