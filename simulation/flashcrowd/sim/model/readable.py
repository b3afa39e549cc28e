"""The agents engine: every member an agent, every step in plain Python, no compiled code."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from flashcrowd.core.clock import TICK
from flashcrowd.core.draws import Purpose, root_key
from flashcrowd.core.events import ACTIONS_SCHEMA, EXPOSURES_SCHEMA, OUTCOME_CODE
from flashcrowd.sim import agenda, calendar, outage, session
from flashcrowd.sim.items import Entry, Intention, plain, publication
from flashcrowd.sim.model.member import MemberAgent
from flashcrowd.sim.platform import OfflinePlatform
from flashcrowd.sim.population import REGION_OFFSET_H

if TYPE_CHECKING:
    from flashcrowd.sim.kernel.engine import Sink
    from flashcrowd.sim.world import World

Exposure = tuple[float, int, int, int, int, int]
"""A row of `exposures`."""

RECORD_ROWS: Final = 20_000
TICKS_PER_SLICE: Final = int(calendar.SLICE_S / TICK)


class ReadableEngine:
    """The society as objects, advanced tick by tick; `agents` are the members in order."""

    def __init__(self, world: "World", platform: OfflinePlatform, sink: "Sink") -> None:
        self.world = world
        self.platform = platform
        self.agents: list[MemberAgent] = []
        self.tick = 0
        self.views = 0
        self._sink = sink
        self._rows: list[Intention] = []
        self._handed = 0
        self._noted: dict[str, list[Exposure]] = {"exposures": [], "harm": []}
        self._exposures: dict[str, list[Exposure]] = {"exposures": [], "harm": []}
        self._due: defaultdict[int, list[Entry]] = defaultdict(list)
        self._there = np.isnan(world.population.joined)
        self._arrival_key = root_key(world.scenario.seed, Purpose.ARRIVAL)
        self._offsets = [REGION_OFFSET_H[name] for name in world.population.regions]

    @property
    def rows(self) -> int:
        """Rows of `actions` made so far."""
        return self.platform.rows

    @property
    def ties_changed(self) -> tuple[Any, Any]:
        """Who has followed or unfollowed whom: members, and authors or, of unfollows, `~author`."""
        platform = self.platform
        pairs = [(member, author) for member, authors in platform.followed.items() for author in authors]
        pairs += [(member, ~author) for member, authors in platform.unfollowed.items() for author in authors]
        table = np.array(pairs, dtype=np.int32).reshape(-1, 2)
        return table[:, 0], table[:, 1]

    def step(self) -> None:
        """Advance the society by one tick: everyone decides, then everything is applied."""
        if self.tick % TICKS_PER_SLICE == 0:
            self._draw_slice(self.tick // TICKS_PER_SLICE)
        self.platform.open_tick(self.tick * TICK)
        joining = self._let_join_and_leave()
        self._put_called()
        due = sorted(self._due.pop(self.tick, []), key=_place_in_tick)
        due = [entry for entry in self._turned_away(due) if self._is_admitted(entry)]
        intentions = [wish for entry in due for wish in self._decide(entry)]
        for wish in intentions:
            for entry in self.platform.apply(wish):
                self._put(entry)
        self._rows += intentions
        for table, noted in self._noted.items():
            self._exposures[table] += noted
            noted.clear()
        for entry in due:
            if entry.kind in (agenda.BEGIN, agenda.PAGE):
                self._put_next_page(self.agents[entry.member])
        self.platform.close_tick()
        self._there[joining] = True
        self.tick += 1
        if len(self._rows) >= RECORD_ROWS:
            self.flush()

    def note_exposure(self, exposure: Exposure, sampled: bool, harmful: bool) -> None:
        """Count an item shown; remember it when the member is sampled, and when it does harm."""
        self.views += 1
        if sampled:
            self._noted["exposures"].append(exposure)
        if harmful:
            self._noted["harm"].append(exposure)

    def is_there(self, member: int) -> bool:
        """Whether a member has signed up before this tick, and not left."""
        return bool(self._there[member])

    def flush(self) -> None:
        """Hand the rows of finished ticks to the record; those of a tick that was broken off are dropped."""
        first, rows = self._handed, self._rows
        self._handed, self._rows = first + len(rows), []
        if rows:
            columns = {
                name: np.array([getattr(row, name) for row in rows])
                for name in ACTIONS_SCHEMA.names
                if name not in ("seq", "request")
            }
            n = len(rows)
            self._sink("actions", {"seq": np.arange(first, first + n), "request": np.full(n, -1), **columns})
        for table, exposures in self._exposures.items():
            if exposures:
                named = zip(EXPOSURES_SCHEMA.names, zip(*exposures, strict=True), strict=True)
                self._sink(table, {name: np.array(column) for name, column in named})
                exposures.clear()
        verdicts = self.platform.desk.rows() if self.platform.desk else None
        if verdicts is not None:
            self._sink("verdicts", verdicts)

    def _turned_away(self, due: list[Entry]) -> list[Entry]:
        """What is due, as far as the platform is up."""
        down = self.world.programme.down_in(self.tick)
        if down is None:
            return due
        left = []
        for entry in due:
            u, t = entry.member, entry.t
            if entry.kind == agenda.PUBLISH:
                self._put(Entry(u, agenda.PUBLISH, down.up_s, entry.arg))
                continue
            reason = entry.arg if entry.kind == agenda.BEGIN else agenda.OWN
            if outage.comes_back(down.key, u, t, down.returning) or reason == agenda.JOINING:
                back_s = outage.back_s(down.key, u, t, down.up_s, down.delay_s)
                self._put(Entry(u, agenda.BEGIN, back_s, reason))
            visit = self.agents[u].visit
            if entry.kind == agenda.BEGIN:
                entry = Entry(u, agenda.TURNED_AWAY, t)
            elif visit is not None:
                visit.end = visit.next
            left.append(entry)
        return left

    def _is_admitted(self, entry: Entry) -> bool:
        """Begin the visit that is due, unless the member is in one already, or no member at all."""
        agent = self.agents[entry.member]
        if entry.kind != agenda.BEGIN:
            return True
        if agent.visit is not None or not (self._there[entry.member] or entry.arg == agenda.JOINING):
            return False
        agent.begin(entry.t, entry.arg)
        return True

    def _let_join_and_leave(self) -> Any:
        """Let go who leaves in this tick, and let come who signs up in it, who are returned."""
        presence, joined = self.world.presence, self.world.population.joined
        self._there[presence.leaving_in(self.tick)] = False
        joining = presence.joining_in(self.tick)
        for member in joining.tolist():
            self._put(Entry(member, agenda.BEGIN, float(joined[member]), agenda.JOINING))
        return joining

    def _put_called(self) -> None:
        """The visits that events bring about in this tick."""
        programme = self.world.programme
        called = programme.called_in(self.tick)
        columns = (programme.member, programme.t, programme.reason)
        for member, t, reason in zip(*(column[called].tolist() for column in columns), strict=True):
            self._put(Entry(member, agenda.BEGIN, t, reason))

    def _decide(self, entry: Entry) -> list[Intention]:
        if entry.kind == agenda.PUBLISH:
            return [publication(entry)]
        if entry.kind == agenda.TURNED_AWAY:
            refusal = plain(entry.t, entry.member, "home", 0)
            refusal.outcome = OUTCOME_CODE["failed"]
            return [refusal]
        agent = self.agents[entry.member]
        assert agent.visit is not None, "a page is due only while its visit lasts"
        return list(agent.live(agent.visit, self.tick))

    def _draw_slice(self, slice_no: int) -> None:
        profiles = [calendar.slice_profile(slice_no, offset) for offset in self._offsets]
        rates = self.world.visits_per_day(slice_no * calendar.SLICE_S)
        for member, region in enumerate(self.world.population.region.tolist()):
            mean = calendar.slice_mean(float(rates[member]), profiles[region])
            for number in range(calendar.arrivals(self._arrival_key, member, slice_no, mean)):
                t = calendar.arrival_time(self._arrival_key, member, slice_no, number)
                self._put(Entry(member, agenda.BEGIN, t))

    def _put(self, entry: Entry) -> None:
        self._due[agenda.tick_of(entry.t)].append(entry)

    def _put_next_page(self, agent: MemberAgent) -> None:
        if agent.visit is not None:
            self._put(Entry(agent.number, agenda.PAGE, agent.visit.next))
        elif agent.left is not None:
            left, agent.left = agent.left, None
            soon = session.returns_soon(left.key, self.world.scenario.sessions.return_share)
            if soon and not agent.mind.only_glances(left.reason):
                self._put(Entry(agent.number, agenda.BEGIN, left.end + session.return_gap(left.key)))


def _place_in_tick(entry: Entry) -> tuple[int, float, int]:
    return agenda.due_order(entry.member, entry.kind, entry.t), entry.t, entry.arg
