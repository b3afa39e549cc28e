"""When members come: the arrivals of a live run, drawn before it begins, so that no stall can thin them out.

Arrivals are those of the society: the calendar's sessions and the quick returns after them, each address
the same as offline. A member's session that the calendar puts into another one of the same member does not
take place. Whoever is in the middle of a session when the run begins comes up early in it, for the rest of
that session.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from flashcrowd.core.clock import HOUR, TICK
from flashcrowd.core.columns import arrow_column
from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.core.errors import RecordError, StorageError, UsageError
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim import calendar, session
from flashcrowd.sim.membership import is_member
from flashcrowd.sim.population import REGION_OFFSET_H
from flashcrowd.sim.world import World

LOOK_BACK_S: Final = 2 * HOUR
"""How long before the run's beginning sessions are drawn, for those under way and for returns."""

CHUNK: Final = 1024
"""Arrivals that are made at once: as rows they take ten times the room of their columns."""

SCHEMA: Final = pa.schema(
    [
        ("t", pa.float64()),  # s, scenario time of the arrival
        ("member", pa.int32()),
        ("began", pa.float64()),  # s, when the session began in the society: its address
        ("budget_s", pa.float64()),  # scenario seconds that are left of it
        ("resumed", pa.bool_()),  # whether its beginning is over, as of one under way when the run begins
    ]
)


Rates = Callable[[int], Any]
"""Number of a slice -> sessions a day of each member in it."""


class Arrival(NamedTuple):
    """One session that is due to begin; times in scenario seconds.

    `resumed`: its beginning is over · `caused`: not in the schedule: a notification of this run, or the visit
    that one caused, brings it about.
    """

    t: float
    member: int
    began: float
    budget_s: float
    resumed: bool = False
    caused: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """Arrivals in order of time; all columns have shape `(n,)`; see `SCHEMA`."""

    t: npt.NDArray[np.float64]
    member: npt.NDArray[np.int32]
    began: npt.NDArray[np.float64]
    budget_s: npt.NDArray[np.float64]
    resumed: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.t)

    def __iter__(self) -> Iterator[Arrival]:
        columns = (self.t, self.member, self.began, self.budget_s, self.resumed)
        for begin in range(0, len(self.t), CHUNK):
            yield from map(Arrival, *(column[begin : begin + CHUNK].tolist() for column in columns))

    def save(self, path: Path) -> None:
        """Write the schedule, so that the run can be replayed.

        Raises:
            StorageError: when it cannot be written.
        """
        columns = [arrow_column(getattr(self, field.name), field.type) for field in SCHEMA]
        try:
            pq.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), path)
        except OSError as error:
            raise StorageError(f"{path}: cannot be written: {error.strerror or error}") from error


def read_schedule(path: Path) -> Schedule:
    """A saved schedule.

    Raises:
        RecordError: when the file holds none.
    """
    try:
        table = pq.read_table(path, schema=SCHEMA)
    except (OSError, pa.ArrowInvalid) as error:
        raise RecordError(f"{path}: holds no schedule: {error}") from error
    missing = [field.name for field in SCHEMA if table[field.name].null_count]
    if missing:
        raise RecordError(f"{path}: holds no schedule of this version: {missing[0]} is missing")
    schedule = Schedule(*(table[field.name].to_numpy() for field in SCHEMA))
    if not (np.diff(schedule.t) >= 0).all():
        raise RecordError(f"{path}: holds no schedule: its arrivals are not in order of time")
    return schedule


def replayed(path: Path, members: npt.NDArray[np.int32], begin_s: float, end_s: float) -> Schedule:
    """A saved schedule, to be run again: the same members at the same times.

    Raises:
        RecordError: when the file holds no schedule.
        UsageError: when it is that of another cast, or of another time.
    """
    schedule = read_schedule(path)
    strangers = np.setdiff1d(schedule.member, members)
    if len(strangers):
        raise UsageError(
            f"{path}: {len(strangers)} of its members are not live in this run, such as {strangers[0]}; "
            "replay it with the scenario, seed and number of members that it was drawn for"
        )
    if len(schedule) and not (begin_s <= schedule.t[0] and schedule.t[-1] <= end_s):
        raise UsageError(
            f"{path}: is for scenario time {schedule.t[0]:.0f} to {schedule.t[-1]:.0f} s; this run lasts "
            f"from {begin_s:.0f} to {end_s:.0f} s"
        )
    return schedule


def draw_schedule(world: World, members: npt.NDArray[np.int32], begin_s: float, end_s: float) -> Schedule:
    """The arrivals of these members from scenario time `begin_s` to `end_s`."""
    arrivals: list[Arrival] = []
    called: dict[int, list[float]] = {}
    for member, t in world.programme.calls():
        called.setdefault(member, []).append(t)
    rates = cache(lambda slice_no: world.visits_per_day(slice_no * calendar.SLICE_S))
    for member in members.tolist():
        arrivals += _of_member(world, member, begin_s, end_s, called.get(member, []), rates)
    arrivals.sort()
    return schedule_of(arrivals)


def schedule_of(arrivals: list[Arrival]) -> Schedule:
    """The schedule of arrivals that are in order of time."""
    columns = list(zip(*(arrival[: len(SCHEMA)] for arrival in arrivals), strict=True)) or [()] * len(SCHEMA)
    return Schedule(
        *(np.array(c, field.type.to_pandas_dtype()) for c, field in zip(columns, SCHEMA, strict=True))
    )


def return_s(world: World, member: int, began: float, ends: float) -> float | None:
    """When a member that came at `began` and goes at `ends` is quickly back (scenario s); None: it is not."""
    key = session.session_key(root_key(world.scenario.seed, Purpose.SESSION), member, began)
    if not session.returns_soon(key, world.scenario.sessions.return_share):
        return None
    return ends + max(TICK, session.return_gap(key))


def rest_of(visit: Arrival, now_s: float, scenario: Scenario) -> Arrival:
    """What is left at scenario time `now_s` of a visit that is under way; its next page is due within one
    think time.

    >>> rest = rest_of(Arrival(10.0, 7, 10.0, 300.0), 100.0, Scenario())
    >>> 100.0 <= rest.t <= 310.0 and rest.t + rest.budget_s == 310.0 and rest.resumed
    True
    """
    ends_s = visit.t + visit.budget_s
    key = session.session_key(root_key(scenario.seed, Purpose.SESSION), visit.member, visit.began)
    t = now_s + float(uniform(fold(key, 40))) * min(scenario.sessions.think, ends_s - now_s)
    return visit._replace(t=t, budget_s=ends_s - t, resumed=True)


def _of_member(
    world: World, member: int, begin_s: float, end_s: float, called: list[float], rates: Rates
) -> Iterator[Arrival]:
    """A member's visits, one after the other: each waits for no platform, only for the one before it.

    `called`: when events call it, scenario s · `rates`: sessions a day of all members in a slice.
    """
    settings, seed = world.scenario.sessions, world.scenario.seed
    key = root_key(seed, Purpose.SESSION)
    since_s = max(0.0, begin_s - LOOK_BACK_S)
    joined, left = float(world.population.joined[member]), float(world.population.left[member])
    there = [t for t in called if since_s <= t < end_s and is_member(joined, left, t)]
    if since_s <= joined < end_s:
        there.append(joined)  # to sign up
    due = sorted([*_drawn(world, member, since_s, end_s, rates), *there], reverse=True)
    away_from = 0.0
    while due:
        began = due.pop()
        if began < away_from:
            continue
        own_key = session.session_key(key, member, began)
        budget_s = session.time_budget(own_key, settings.budget)
        away_from = began + budget_s
        back_s = return_s(world, member, began, away_from)
        if back_s is not None:
            due.append(back_s)
            due.sort(reverse=True)
        if begin_s <= began < end_s:
            yield Arrival(began, member, began, budget_s)
        elif began < begin_s < away_from:
            yield rest_of(Arrival(began, member, began, budget_s), begin_s, world.scenario)


def _drawn(world: World, member: int, begin_s: float, end_s: float, rates: Rates) -> Iterator[float]:
    """When the calendar lets a member come between two scenario times (whole slices)."""
    people = world.population
    key = root_key(world.scenario.seed, Purpose.ARRIVAL)
    offset_h = REGION_OFFSET_H[people.regions[people.region[member]]]
    for slice_no in range(int(begin_s / calendar.SLICE_S), int(end_s / calendar.SLICE_S) + 1):
        rate = float(rates(slice_no)[member])
        mean = calendar.slice_mean(rate, calendar.slice_profile(slice_no, offset_h))
        for number in range(calendar.arrivals(key, member, slice_no, mean)):
            t = calendar.arrival_time(key, member, slice_no, number)
            if is_member(float(people.joined[member]), float(people.left[member]), t):
                yield t
