"""Scenarios of the tests, and what a model records of them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from flashcrowd.core.clock import DAY, TICK
from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.model import SocialModel
from flashcrowd.sim.model.social import Engine
from flashcrowd.sim.world import World

TICKS_A_DAY = int(DAY / TICK)

Columns = dict[str, Any]
Tables = dict[str, Columns]


def small(**changes: Any) -> Scenario:
    """300 members as they are by default; exposures of 30 % are recorded."""
    return Scenario().changed(**{"population.members": 300, "record.exposures": 0.3, **changes})


def busy(**changes: Any) -> Scenario:
    """1,500 members who react and post far more than usual, and one generator slot for all of them."""
    return Scenario().changed(
        **{
            "population.members": 1500,
            "record.exposures": 0.3,
            "reactions.repost": 0.2,
            "reactions.like": 0.1,
            "reactions.reply": 0.05,
            "reactions.quote": 0.05,
            "reactions.report": 0.004,
            "reactions.follow": 0.5,
            "reactions.unfollow": 0.05,
            "sessions.per_day": 2.0,
            "sessions.push_share": 0.01,
            "content.posts_per_day": 2.0,
            "content.ai_share": 0.5,
            "generation.blocked": 0.1,
            "generation.slots": 1,
            "generation.patience": 30.0,
            **changes,
        }
    )


def lived(
    world: World,
    engine: Engine,
    ticks: int,
    before: Callable[[SocialModel], None] | None = None,
    threads: int = 1,
) -> Tables:
    """The tables that a world leaves after some ticks, each column one array; `before` is given the model."""
    pieces: dict[str, list[Columns]] = {"actions": [], "exposures": [], "harm": [], "verdicts": []}
    model = SocialModel(
        world.scenario,
        engine,
        lambda table, columns: pieces[table].append(columns),
        world=world,
        threads=threads,
    )
    if before is not None:
        before(model)
    for _ in range(ticks):
        model.step()
    model.finish()
    return {table: joined(parts) for table, parts in pieces.items() if parts}


def joined(parts: list[Columns]) -> Columns:
    """Columns laid end to end."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def assert_same(one: Tables, other: Tables) -> None:
    """Every column of every table is equal, value by value; says where the first difference is."""
    assert one.keys() == other.keys()
    for table, columns in one.items():
        assert columns.keys() == other[table].keys()
        for name, values in columns.items():
            rows = min(len(values), len(other[table][name]))
            differing = np.flatnonzero(values[:rows] != other[table][name][:rows])
            assert differing.size == 0, f"{table}.{name} differs first in row {differing[0]}"
            assert len(values) == len(other[table][name]), f"{table} differs in length"


def of(actions: Columns, action: str, outcome: str | None = None) -> Columns:
    """The rows of an action, or those with a given outcome."""
    chosen = actions["action"] == ACTION_CODE[action]
    if outcome is not None:
        chosen &= actions["outcome"] == OUTCOME_CODE[outcome]
    return {name: values[chosen] for name, values in actions.items()}
