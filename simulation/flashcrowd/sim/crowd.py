"""The kernel engine: owns the columns, sees to their capacity, and hands rows to the record."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from flashcrowd.core.clock import TICK
from flashcrowd.core.draws import Purpose
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim import calendar, columns, kernel
from flashcrowd.sim.compiled import compiled_key
from flashcrowd.sim.population import REGION_OFFSET_H, uniforms
from flashcrowd.sim.world import World

RECORD_ROWS: Final = 100_000
"""Rows that are collected before they are handed to the record."""

TICKS_PER_SLICE: Final = int(calendar.SLICE_S / TICK)

Sink = Callable[[str, dict[str, Any]], None]
"""Takes (table, columns): the record, or a test's list."""


class KernelEngine:
    """The society as columns, advanced tick by tick.

    Args:
        world: members and graph; not changed.
        sink: takes the rows of `actions` (and `exposures`) as they are made.
    """

    def __init__(self, world: World, sink: Sink) -> None:
        scenario = world.scenario
        size = world.population.size
        self.world = world
        self.tick = 0
        self._sink = sink
        self._visit = kernel.visit_with(scenario.platform.ranker)
        self._rules = rules(scenario)
        self._keys = kernel.Keys(
            compiled_key(scenario.seed, Purpose.ARRIVAL),
            compiled_key(scenario.seed, Purpose.SESSION),
            compiled_key(scenario.seed, Purpose.ITEM),
        )
        sampled = uniforms(scenario.seed, Purpose.SAMPLE, size) < scenario.record.exposures
        self.members = columns.new_members(world, sampled)
        self.follows = columns.new_follows(1024)
        self.visits = columns.new_visits(1024)
        self.items = columns.new_items(1 << 14)
        self.wheel = columns.new_wheel(1 << 12)
        self.pools = columns.new_pools(size, scenario.content.topics)
        self._rows = columns.new_rows(1 << 16)
        self._exposures = columns.new_exposures(1 << 14)
        self._free_at = np.zeros(scenario.generation.slots)
        self.count = np.zeros(columns.COUNTERS, np.int64)
        self.count[columns.N_FREE_VISITS] = 1024
        self.count[columns.WHEEL_FREE] = -1
        self._offsets = [REGION_OFFSET_H[name] for name in world.population.regions]
        self._slice: Any = None

    @property
    def views(self) -> int:
        """Items shown so far."""
        return int(self.count[columns.VIEWS])

    @property
    def rows(self) -> int:
        """Rows of `actions` made so far."""
        return int(self.count[columns.SEQ] + self.count[columns.N_ROWS])

    @property
    def new_follows(self) -> tuple[Any, Any]:
        """Sources and targets of the follows made so far, in order."""
        n = int(self.count[columns.N_FOLLOWS])
        return self.follows.source[:n], self.follows.target[:n]

    def step(self) -> None:
        """Advance the society by one tick."""
        due = self._due()
        first_row = int(self.count[columns.N_ROWS])
        self._make_room_for_visits(due)
        kernel.admit(due, self.members, self.visits, self.count, self._keys.session, self._rules)
        at = 0
        while True:
            at = self._visit(
                self.tick, at, due, self.members, self.follows, self.visits, self.items, self.pools, self._rows,
                self._exposures, self.count, self._rules, self._keys.item,
            )  # fmt: skip
            if at == len(due.member):
                break
            self._make_room_for_rows()
        self._make_room_for_commit(first_row, len(due.member))
        kernel.commit(
            self.members, self.follows, self.items, self.pools, self.wheel, self._rows, first_row, self.count,
            self._free_at, self._rules, self._keys.item,
        )  # fmt: skip
        kernel.depart(due, self.members, self.visits, self.wheel, self.count, self._rules)
        self.tick += 1
        if self.count[columns.N_ROWS] >= RECORD_ROWS:
            self.flush()

    def flush(self) -> None:
        """Hand the collected rows to the record."""
        n, seq = int(self.count[columns.N_ROWS]), int(self.count[columns.SEQ])
        if n:
            names = [name for name in columns.Rows._fields if name != "address"]
            made = {name: getattr(self._rows, name)[:n].copy() for name in names}
            self._sink("actions", {"seq": np.arange(seq, seq + n), "request": np.full(n, -1), **made})
        x = int(self.count[columns.N_EXPOSURES])
        if x:
            self._sink("exposures", {name: getattr(self._exposures, name)[:x].copy() for name in self._exposures._fields})
        self.count[columns.SEQ] += n
        self.count[columns.N_ROWS] = 0
        self.count[columns.N_EXPOSURES] = 0

    def _due(self) -> columns.Due:
        slice_no, tick_of_slice = divmod(self.tick, TICKS_PER_SLICE)
        if tick_of_slice == 0 or self._slice is None:
            profile = np.array([calendar.slice_profile(slice_no, offset) for offset in self._offsets])
            self._slice = kernel.draw_slice(
                self._keys.arrival, slice_no, self.world.drawn_per_day, self.world.population.region, profile
            )
        first, member, t = self._slice
        low, high = first[tick_of_slice], first[tick_of_slice + 1]
        return columns.Due(*kernel.gather(self.tick, self.wheel, self.count, member[low:high], t[low:high]))

    def _make_room_for_visits(self, due: columns.Due) -> None:
        short = len(due.member) - int(self.count[columns.N_FREE_VISITS])
        if short <= 0:
            return
        old = len(self.visits.member)
        new = max(2 * old, old + short)
        self.visits = columns.grown(self.visits, new)
        free = int(self.count[columns.N_FREE_VISITS])
        self.visits.free[free : free + new - old] = np.arange(old, new)
        self.count[columns.N_FREE_VISITS] = free + new - old

    def _make_room_for_rows(self) -> None:
        self._rows = columns.grown(self._rows, 2 * len(self._rows.t))
        self._exposures = columns.grown(self._exposures, 2 * len(self._exposures.t))

    def _make_room_for_commit(self, first_row: int, due: int) -> None:
        made = int(self.count[columns.N_ROWS]) - first_row
        self.items = _with_room(self.items, int(self.count[columns.N_ITEMS]) + made)
        self.follows = _with_room(self.follows, int(self.count[columns.N_FOLLOWS]) + made)
        if int(self.count[columns.WHEEL_USED]) + made + due > len(self.wheel.t):
            longer = columns.grown(self.wheel, 2 * len(self.wheel.t) + made + due)
            self.wheel = longer._replace(head=self.wheel.head)


def rules(scenario: Scenario) -> kernel.Rules:
    """The numbers of a scenario that compiled code needs."""
    sessions, images = scenario.sessions, scenario.generation
    return kernel.Rules(
        scenario.content.topics,
        sessions.budget,
        sessions.think,
        sessions.items_per_page,
        scenario.platform.discovery_share,
        sessions.return_share,
        scenario.content.appeal_sigma,
        images.blocked,
        images.median,
        images.sigma,
        images.cap,
        images.patience,
    )


def _with_room(table: Any, rows: int) -> Any:
    return columns.grown(table, max(2 * len(table[0]), rows)) if rows > len(table[0]) else table
