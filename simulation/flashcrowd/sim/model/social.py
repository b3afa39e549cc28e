"""`SocialModel`: the society as a Mesa model."""

from typing import Any, Final, Literal, get_args

import mesa
import numpy as np

from flashcrowd.core.clock import TICK
from flashcrowd.core.draws import Purpose
from flashcrowd.core.errors import UsageError
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.items import Item
from flashcrowd.sim.kernel.engine import KernelEngine, Sink
from flashcrowd.sim.model.cohort import Cohort
from flashcrowd.sim.model.member import MemberAgent
from flashcrowd.sim.model.readable import ReadableEngine
from flashcrowd.sim.platform import OfflinePlatform
from flashcrowd.sim.population import uniforms
from flashcrowd.sim.world import World, build_world

Engine = Literal["kernel", "agents"]

MOST_AGENTS: Final = 20_000
"""Members that the agents engine is meant for; beyond it a run would take hours."""


class SocialModel(mesa.Model):
    """A society that lives on an offline platform; `step()` advances one tick (a minute).

    Args:
        scenario: what to simulate; a small default world if none is given.
        engine: "kernel": agents are `Cohort`s, the hot loops are compiled, for millions of members.
            "agents": agents are `MemberAgent`s in plain Python, for small worlds, teaching and subclasses.
        sink: takes the rows of the record as `(table, columns)`; they are dropped if none is given.
        world: members and graph, if they are made already.
        member_class: the agent of the agents engine.
        threads: cores that the kernel uses; the rows do not depend on it.

    Both engines leave the same rows for the same scenario, action for action.

    Raises:
        UsageError: when the engine is unknown or not meant for so many members, or the scenario names
            something unknown.
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        engine: Engine = "kernel",
        sink: Sink | None = None,
        world: World | None = None,
        member_class: type[MemberAgent] = MemberAgent,
        threads: int = 1,
    ) -> None:
        self.scenario = scenario or Scenario().changed(**{"population.members": 1000})
        check_engine(engine, world.population.size if world else self.scenario.population.members)
        super().__init__(rng=self.scenario.seed)
        self.world = world or build_world(self.scenario)
        take = sink or _drop
        self.engine: KernelEngine | ReadableEngine
        if engine == "kernel":
            self.engine = KernelEngine(self.world, take, threads)
            self._make_cohorts()
        else:
            self._make_members(take, member_class)

    @property
    def clock_s(self) -> float:
        """Scenario seconds simulated so far."""
        return self.engine.tick * TICK

    @property
    def views(self) -> int:
        """Items shown so far."""
        return self.engine.views

    def step(self) -> None:
        """Advance the society by one tick."""
        self.engine.step()

    def finish(self) -> None:
        """Hand the rows made so far to the sink, and let the model be forgotten.

        Mesa 3.3 keeps every model that has agents for ever, in a table of the next agent's number.
        """
        self.engine.flush()
        mesa.Agent._ids.pop(self, None)

    def note_exposure(self, t: float, member: int, item: Item, position: int, read: int) -> None:
        """Count an item shown by the agents engine."""
        assert isinstance(self.engine, ReadableEngine)
        exposure = (t, member, item.number, item.root, position, read)
        harmful = self.platform.items[item.root].harmful
        self.engine.note_exposure(exposure, bool(self._sampled[member]), harmful)

    def is_there(self, member: int) -> bool:
        """Whether a member of the agents engine has signed up before this tick, and not left."""
        assert isinstance(self.engine, ReadableEngine)
        return self.engine.is_there(member)

    def follow_counts(self) -> tuple[Any, Any]:
        """Followers and followees of each member now, int32 of shape `(n_members,)`."""
        graph, size = self.world.graph, self.world.population.size
        members, authors = self.engine.ties_changed
        gained = np.where(authors < 0, -1, 1)
        followers = graph.followers + np.bincount(np.where(authors < 0, ~authors, authors), gained, size)
        followees = graph.degree + np.bincount(members, gained, size)
        return followers.astype(np.int32), followees.astype(np.int32)

    def _make_cohorts(self) -> None:
        population = self.world.population
        for code, persona in enumerate(population.personas):
            members = np.flatnonzero(population.persona == code)
            if len(members):
                Cohort(self, persona.name, members)

    def _make_members(self, sink: Sink, member_class: type[MemberAgent]) -> None:
        size = self.world.population.size
        self._sampled = uniforms(self.scenario.seed, Purpose.SAMPLE, size) < self.scenario.record.exposures
        self.platform = OfflinePlatform(self.world)
        self.engine = ReadableEngine(self.world, self.platform, sink)
        self.engine.agents = [member_class(self, member) for member in range(size)]


def check_engine(engine: str, members: int) -> None:
    """Refuse an engine that is unknown or not meant for so many members.

    Raises:
        UsageError: says which engine is.
    """
    if engine not in get_args(Engine):
        raise UsageError(f"unknown engine {engine!r}; must be {' or '.join(get_args(Engine))}")
    if engine == "agents" and members > MOST_AGENTS:
        raise UsageError(
            f"the agents engine takes at most {MOST_AGENTS} members, not {members}; use engine kernel"
        )


def _drop(table: str, columns: dict[str, Any]) -> None:
    """Take rows and forget them."""
