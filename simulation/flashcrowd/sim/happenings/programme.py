"""The events of a world, worked out: who is called when and for what, and how fervent each topic is."""

from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flashcrowd.core.clock import TICK, hour_of_day
from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim import agenda, behaviour, calendar, notify
from flashcrowd.sim.happenings import HAPPENINGS
from flashcrowd.sim.happenings.kind import Kind
from flashcrowd.sim.population import Population

UNCHANGED: Final = 1.0


class Programme(NamedTuple):
    """The events of a scenario.

    `tick`, `member`, `t`, `reason`: the visits that they bring about, in order of ticks, equally long; the
    reason is of `agenda` · `topics`, `urges`: of each event, what its callers come for (-1 = nothing), and
    how many of them post about it at once.
    """

    events: tuple[tuple[Any, Kind], ...]
    tick: npt.NDArray[np.int64]
    member: npt.NDArray[np.int32]
    t: npt.NDArray[np.float64]
    reason: npt.NDArray[np.int64]
    topics: npt.NDArray[np.int64]
    urges: npt.NDArray[np.float64]

    def called_in(self, tick: int) -> slice:
        """The places of the visits that begin in a tick."""
        return slice(*np.searchsorted(self.tick, (tick, tick + 1)))

    def calls(self) -> dict[tuple[int, float], int]:
        """Member and time of each call -> the reason of the visit that it brings about."""
        return {
            (int(u), float(t)): int(reason)
            for u, t, reason in zip(self.member, self.t, self.reason, strict=True)
        }

    def fervour(self, t: float, topics: int) -> npt.NDArray[np.float64]:
        """The factor on reactions in each topic at scenario time `t`, shape `(topics,)`."""
        factors = np.full(topics, UNCHANGED)
        for (event, kind), topic in zip(self.events, self.topics.tolist(), strict=True):
            if topic >= 0:
                factors[topic] *= kind.fervour(event, t)
        return factors


def programme_of(scenario: Scenario, people: Population) -> Programme:
    """What the events of a scenario come to in a population.

    Raises:
        ScenarioError: when an event is about a topic that does not exist.
    """
    events = tuple((event, HAPPENINGS.get(event.kind)) for event in scenario.events)
    topics = scenario.content.topics
    subjects = [kind.subject(event) for event, kind in events]
    for number, (topic, _) in enumerate(subjects):
        if topic >= topics:
            where = f"{scenario.name}: events.{number}.topic"
            raise ScenarioError(f"{where} is {topic}; must be < content.topics ({topics})")
    member, t, reason = [np.empty(0, np.int64)], [np.empty(0)], [np.empty(0, np.int64)]
    for number, (event, kind) in enumerate(events):
        key = fold(root_key(scenario.seed, Purpose.EVENT), number)
        called, times = kind.calls(event, key, _awake(people, event.at), partial(_interest, people, topics))
        member.append(called)
        t.append(times)
        reason.append(np.full(len(called), agenda.called(number)))
    times_s = np.concatenate(t)
    tick = (times_s / TICK).astype(np.int64)
    order = np.argsort(tick, kind="stable")
    return Programme(
        events,
        tick[order],
        np.concatenate(member)[order].astype(np.int32),
        times_s[order],
        np.concatenate(reason)[order],
        np.array([topic for topic, _ in subjects], np.int64),
        np.array([urge for _, urge in subjects], np.float64),
    )


def _awake(people: Population, t: float) -> Any:
    """Wakefulness of each member at a time, relative to the busiest hour; 0 for dormant ones."""
    offsets, place = np.unique(people.offset_h, return_inverse=True)
    profile = np.array([calendar.day_profile(hour_of_day(t, offset)) for offset in offsets.tolist()])[place]
    return np.where(people.dormant, 0.0, profile / notify.BUSIEST)


def _interest(people: Population, topics: int, topic: int) -> Any:
    """How well a topic fits each member: `behaviour.match` over columns."""
    share = np.full(people.size, 0.1 / topics)
    for column, weight in zip(
        (people.main_topic, people.side_topic, people.own_topic), behaviour.INTERESTS, strict=True
    ):
        share += np.where(column == topic, weight, 0.0)
    return 0.03 + 0.97 * np.minimum(1.0, 2.0 * share)
