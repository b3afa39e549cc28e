"""The kernel engine: owns the columns, sees to their capacity, and hands rows to the record."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from flashcrowd.core.clock import TICK
from flashcrowd.core.draws import Purpose
from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.core.trends import Uses, trending
from flashcrowd.sim import agenda, calendar, discovery
from flashcrowd.sim.compiled import compiled_key, compiled_score
from flashcrowd.sim.kernel import columns
from flashcrowd.sim.kernel.arrivals import draw_slice
from flashcrowd.sim.kernel.blame import blamed
from flashcrowd.sim.kernel.commits import commit
from flashcrowd.sim.kernel.downtime import turn_away
from flashcrowd.sim.kernel.lanes import Lanes
from flashcrowd.sim.kernel.rules import rules_of
from flashcrowd.sim.kernel.variant import visits_with
from flashcrowd.sim.kernel.visits import admit, depart
from flashcrowd.sim.kernel.wheel import gather, settle
from flashcrowd.sim.moderation import Posts, desk_of
from flashcrowd.sim.population import REGION_OFFSET_H, uniforms
from flashcrowd.sim.rankers import RANKERS
from flashcrowd.sim.switching import switched
from flashcrowd.sim.world import World

RECORD_ROWS: Final = 100_000
"""Rows that are collected before they are handed to the record."""

MAKING: Final = (ACTION_CODE["post"], ACTION_CODE["quote"])
REPORT: Final = ACTION_CODE["report"]
OK: Final = OUTCOME_CODE["ok"]

TICKS_PER_SLICE: Final = int(calendar.SLICE_S / TICK)

Sink = Callable[[str, dict[str, Any]], None]
"""Takes (table, columns): the record, or a test's list."""


class KernelEngine:
    """The society as columns, advanced tick by tick.

    Args:
        world: members and graph; not changed.
        sink: takes the rows of `actions` (and `exposures`) as they are made.
        threads: how many cores it uses; the rows are the same.
    """

    def __init__(self, world: World, sink: Sink, threads: int = 1) -> None:
        scenario = world.scenario
        self.world = world
        self.tick = 0
        self._sink = sink
        self._waiting = (0, 0)
        self._score = compiled_score(RANKERS.get(scenario.platform.ranker))
        self._arrival_key = compiled_key(scenario.seed, Purpose.ARRIVAL)
        self._session_key = compiled_key(scenario.seed, Purpose.SESSION)
        self._offsets = [REGION_OFFSET_H[name] for name in world.population.regions]
        self._slice: Any = None
        self._items_before = 0
        sampled = uniforms(scenario.seed, Purpose.SAMPLE, world.population.size) < scenario.record.exposures
        keys = compiled_key(scenario.seed, Purpose.ITEM), compiled_key(scenario.seed, Purpose.NOTIFY)
        self._uses = Uses(scenario.content.topics)
        self.state = columns.new_state(world, sampled, self._uses, rules_of(scenario), *keys)
        self._desk = desk_of(scenario)
        self._scenario = scenario
        self._own = [name for name in scenario.own() if name not in scenario.population.personas]
        self._most_followees = world.graph.most_places
        self.lanes = Lanes(
            threads, self._most_followees + len(self.state.changes), visits_with(world.decisions)
        )

    @property
    def views(self) -> int:
        """Items shown so far."""
        return self._count(columns.VIEWS)

    @property
    def rows(self) -> int:
        """Rows of `actions` made so far."""
        return self._count(columns.SEQ) + self._count(columns.N_ROWS)

    @property
    def ties_changed(self) -> tuple[Any, Any]:
        """Who followed or unfollowed whom so far, in order: members, and authors or, of unfollows,
        `~author`."""
        n = self._count(columns.N_CHANGES)
        return self.state.changes["source"][:n], self.state.changes["target"][:n]

    def step(self) -> None:
        """Advance the society by one tick."""
        programme = self.world.programme
        self._forget_makers()
        self._switch_rules()
        self._apply_verdicts()
        if programme.events:
            self.state.fervour[:] = programme.fervour(self.tick * TICK, len(self.state.fervour))
        if self.tick % discovery.TICKS_A_TREND == 0:
            self._let_topics_trend()
        joining = self._let_leave()
        due = self._due(joining)
        first_row = self._count(columns.N_ROWS)
        down = programme.down_in(self.tick)
        if down is not None:
            self._make_room_on_wheel(len(due.member))
            turn_away(self.state, due, down._replace(key=np.uint64(down.key)))
        self._make_room_for_visits(len(due.member))
        admit(self.state, due, self._session_key)
        with blamed(self._own):
            self.lanes.visit(self.state, self._score, self.tick, due)
        self.state = self.lanes.emptied_into(self.state)
        self._make_room_for_items(self._count(columns.N_ROWS) - first_row)
        at = commit(self.state, first_row)
        while at < self._count(columns.N_ROWS):
            self._make_room_on_wheel(len(self.state.wheel) + 1)
            at = commit(self.state, at)
        self._inform_desk(first_row)
        self._make_room_on_wheel(len(due.member))
        depart(self.state, due)
        self.state.members["there"][joining] = True
        self.tick += 1
        self._waiting = self._count(columns.N_ROWS), self._count(columns.N_EXPOSURES)
        if self._count(columns.N_ROWS) >= RECORD_ROWS:
            self.flush()

    def flush(self) -> None:
        """Hand the rows of finished ticks to the record; those of a tick that was broken off are dropped."""
        (n, x), self._waiting = self._waiting, (0, 0)
        seq = self._count(columns.SEQ)
        rows, exposures = self.state.rows[:n].copy(), self.state.exposures[:x].copy()
        self.state.count[columns.SEQ] += n
        self.state.count[columns.N_ROWS] = 0
        self.state.count[columns.N_EXPOSURES] = 0
        if n:
            made = {name: rows[name] for name in columns.ROW.names or () if name != "address"}
            self._sink("actions", {"seq": np.arange(seq, seq + n), "request": np.full(n, -1), **made})
        self._record_exposures(exposures)

    def _record_exposures(self, exposures: Any) -> None:
        """Hand over what sampled members were shown, what did harm, and what the desk made of it."""
        state = self.state
        tables = {"exposures": exposures[state.members["sampled"][exposures["member"]]]}
        if self._desk is not None:
            tables["harm"] = exposures[state.marks["harmful"][exposures["root"]]]
        for table, rows in tables.items():
            if len(rows):
                self._sink(table, {name: rows[name] for name in columns.EXPOSURE.names or ()})
        verdicts = self._desk.rows() if self._desk is not None else None
        if verdicts is not None:
            self._sink("verdicts", verdicts)

    def _forget_makers(self) -> None:
        """Now and then, let `lately` reach back no further than to the last time."""
        if self.tick % columns.LATELY_TICKS:
            return
        state, since = self.state, self._items_before
        makers = state.items["author"][since : self._count(columns.N_ITEMS)]
        state.lately[:] = 0
        np.bitwise_or.at(state.lately, makers >> 3, (1 << (makers & 7)).astype(np.uint8))
        state.count[columns.LATELY_FROM], self._items_before = since, self._count(columns.N_ITEMS)

    def _switch_rules(self) -> None:
        """Let the rules hold that the operator switches to at the beginning of the tick."""
        for event in self.world.programme.switches_in(self.tick):
            self._scenario = switched(self._scenario, event)
            self._score = compiled_score(RANKERS.get(self._scenario.platform.ranker))
            self.state = self.state._replace(rules=rules_of(self._scenario))
            if self._desk is not None:
                self._desk.switch(self._scenario.moderation, self.tick * TICK)

    def _apply_verdicts(self) -> None:
        """Let what the desk has decided by the beginning of the tick hold."""
        if self._desk is None:
            return
        state = self.state
        for change in self._desk.rule(self.tick * TICK):
            state.marks["reach"][change.post] = change.reach
            state.marks["zeal"][change.post] = change.zeal
            state.limited[change.author] = change.limited

    def _inform_desk(self, first_row: int) -> None:
        """Bring the posts and reports of the tick before the desk."""
        if self._desk is None:
            return
        rows = self.state.rows[first_row : self._count(columns.N_ROWS)]
        made = np.isin(rows["action"], MAKING) & (rows["outcome"] == OK)
        if made.any():
            self._desk.take(self._posts(rows["post"][made]))
        reported = rows["action"] == REPORT
        if reported.any():
            self._desk.take_reports(self._posts(rows["post"][reported]), rows["t"][reported])

    def _posts(self, number: Any) -> Posts:
        items, marks = self.state.items[number], self.state.marks[number]
        return Posts(number, items["author"], items["t"], marks["harmful"], marks["address"])

    def _count(self, place: int) -> int:
        return int(self.state.count[place])

    def _let_topics_trend(self) -> None:
        found = trending(self._uses.recent, self._uses.usual, len(self.state.trending))
        self.state.trending[:] = -1
        self.state.trending[: len(found)] = found
        self._uses.fade(discovery.TICKS_A_TREND * TICK)

    def _let_leave(self) -> Any:
        """Let go who leaves in this tick; who signs up in it."""
        presence = self.world.presence
        self.state.members["there"][presence.leaving_in(self.tick)] = False
        return presence.joining_in(self.tick)

    def _due(self, joining: Any) -> columns.Due:
        slice_no, tick_of_slice = divmod(self.tick, TICKS_PER_SLICE)
        if tick_of_slice == 0:
            profile = np.array([calendar.slice_profile(slice_no, offset) for offset in self._offsets])
            region = self.world.population.region
            rates = self.world.visits_per_day(slice_no * calendar.SLICE_S)
            self._slice = draw_slice(self._arrival_key, slice_no, rates, region, profile)
        first, member, t = self._slice
        low, high = first[tick_of_slice], first[tick_of_slice + 1]
        programme = self.world.programme
        called = programme.called_in(self.tick)
        arriving = np.concatenate((member[low:high], joining, programme.member[called]))
        times = np.concatenate((t[low:high], self.world.population.joined[joining], programme.t[called]))
        reason = np.repeat((agenda.OWN, agenda.JOINING), (high - low, len(joining)))
        reason = np.concatenate((reason, programme.reason[called]))
        key, *due = gather(self.state, self.tick, arriving, times, reason)
        order = np.argsort(key)
        settle(key, due[2], due[3], order)
        return columns.Due(*(column[order] for column in due))

    def _make_room_for_visits(self, due: int) -> None:
        state, free = self.state, self._count(columns.N_FREE_VISITS)
        if due <= free:
            return
        old = len(state.visits)
        visits = columns.with_room(state.visits, old + due - free)
        more = len(visits) - old
        stack = columns.with_room(state.free, old + more)
        stack[free : free + more] = np.arange(old, old + more)
        self.state = state._replace(
            visits=visits,
            shown=columns.with_room(state.shown, old + more),
            kept=columns.with_room(state.kept, old + more),
            kept_root=columns.with_room(state.kept_root, old + more),
            free=stack,
        )
        self.state.count[columns.N_FREE_VISITS] = free + more

    def _make_room_on_wheel(self, more: int) -> None:
        needed = self._count(columns.WHEEL_USED) + more
        if needed > len(self.state.wheel):
            self.state = self.state._replace(wheel=columns.with_room(self.state.wheel, needed))

    def _make_room_for_items(self, rows: int) -> None:
        """Room for the worst case: every row an item, a follow or an unfollow."""
        state, marked = self.state, self.state.rules.marked
        self.state = state._replace(
            items=columns.with_room(state.items, self._count(columns.N_ITEMS) + rows),
            links=columns.with_room(state.links, self._count(columns.N_ITEMS) + rows),
            marks=columns.with_room(state.marks, self._count(columns.N_ITEMS) + rows if marked else 1),
            changes=columns.with_room(state.changes, self._count(columns.N_CHANGES) + rows),
        )
        # A member's followees are those it began with and at most all follows that were made since.
        self.lanes.make_room_for_followees(self._most_followees + len(self.state.changes))
