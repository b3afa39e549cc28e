"""An offline run: from a scenario to a record."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from flashcrowd.core.clock import TICK
from flashcrowd.core.runlog import RunWriter
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.interrupts import held_interrupts
from flashcrowd.sim.model import SocialModel
from flashcrowd.sim.model.social import Engine, check_engine
from flashcrowd.sim.roster import write_members
from flashcrowd.sim.world import build_world

HAND_OVER_S: Final = 1.0
"""Wall seconds after which rows are handed to the record, so that little is lost when a run is killed."""

Progress = Callable[[float, SocialModel], None]
"""Called after ticks with the share done, 0..1, and the model."""


def simulate(
    scenario: Scenario,
    out: Path,
    engine: Engine = "kernel",
    progress: Progress | None = None,
    threads: int | None = None,
) -> Path:
    """Run a scenario offline for its duration and leave its record in `out`.

    `threads`: cores to use, all by default; the record does not depend on it.
    A run that is interrupted keeps what was recorded, in state `interrupted`.

    Raises:
        UsageError: when the scenario names something unknown, or the engine is not meant for so many members.
        StorageError: when the record cannot be written.
    """
    check_engine(engine, scenario.population.members)
    began = time.perf_counter()
    world = build_world(scenario)
    built = time.perf_counter()
    details = {
        "engine": engine,
        "members": world.population.size,
        "edges": world.graph.edges,
        "graph": world.graph.form,
    }
    writer = RunWriter(out, scenario, "offline", details)
    state = "interrupted"
    model = SocialModel(scenario, engine, writer.append, world, threads=threads or usable_cores())
    try:
        _run(model, scenario, progress)
        state = "finished"
    finally:
        model.finish()
        write_members(writer, world, *model.follow_counts(), end_s=model.clock_s)
        wall = {"world": round(built - began, 3), "run": round(time.perf_counter() - built, 3)}
        writer.close(state, wall_s=wall, views=model.views, simulated_s=model.clock_s)
    return out


def usable_cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run(model: SocialModel, scenario: Scenario, progress: Progress | None) -> None:
    ticks = max(1, round(scenario.duration / TICK))
    handed_over_s = time.monotonic()
    with held_interrupts() as raise_held:
        for tick in range(ticks):
            model.step()
            if time.monotonic() - handed_over_s >= HAND_OVER_S:
                model.finish()
                handed_over_s = time.monotonic()
            if progress and tick % 10 == 9:
                progress((tick + 1) / ticks, model)
            raise_held()
