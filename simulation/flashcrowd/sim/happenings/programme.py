"""The events of a world, worked out: who is called when and for what, and how fervent each topic is."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flashcrowd.core.clock import TICK, hour_of_day
from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.registry import nearest
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim import agenda, behaviour, calendar, notify
from flashcrowd.sim.happenings import HAPPENINGS
from flashcrowd.sim.happenings.kind import Call, Crowd, Kind
from flashcrowd.sim.outage import Downtime, downtimes_of
from flashcrowd.sim.population import Population

UNCHANGED: Final = 1.0


class Programme(NamedTuple):
    """The events of a scenario.

    `tick`, `member`, `t`, `reason`: the visits that they bring about, in order of ticks, equally long; the
    reason is of `agenda` · `topics`, `urges`, `images`, `glances`: of each group of visits, what they are for
    (-1 = nothing), how many of them post about it at once, how many of those posts are AI images, and how
    many items they look at, on one page (-1 = as ever) · `downtimes`: when the platform is down · `actors`:
    the members who are what happens (who broadcast, who attack), each once, in order of the events.
    """

    events: tuple[tuple[Any, Kind], ...]
    tick: npt.NDArray[np.int64]
    member: npt.NDArray[np.int32]
    t: npt.NDArray[np.float64]
    reason: npt.NDArray[np.int64]
    topics: npt.NDArray[np.int64]
    urges: npt.NDArray[np.float64]
    images: npt.NDArray[np.float64]
    glances: npt.NDArray[np.int64]
    downtimes: tuple[Downtime, ...]
    actors: npt.NDArray[np.int64]

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
        for event, kind in self.events:
            topic = kind.topic(event)
            if topic >= 0:
                factors[topic] *= kind.fervour(event, t)
        return factors

    def down_in(self, tick: int) -> Downtime | None:
        """The outage that a tick falls into."""
        return next((down for down in self.downtimes if down.first <= tick < down.end), None)

    def switches_in(self, tick: int) -> Iterator[Any]:
        """The events that change the rules at the beginning of a tick."""
        for event, _ in self.events:
            if event.kind == "switch" and int(event.at / TICK) == tick:
                yield event


def programme_of(scenario: Scenario, people: Population, graph: Any) -> Programme:
    """What the events of a scenario come to in a population with its follow graph.

    Raises:
        ScenarioError: when an event is about a topic or a persona that does not exist.
    """
    events = tuple((event, HAPPENINGS.get(event.kind)) for event in scenario.events)
    crowd = crowd_of(scenario, people, graph)
    groups: list[Call] = []
    for number, (event, kind) in enumerate(events):
        _check(scenario, people, number, event, kind)
        key = fold(root_key(scenario.seed, Purpose.EVENT), number)
        groups += kind.calls(event, key, crowd)
    reason = [np.full(len(call.members), agenda.called(group)) for group, call in enumerate(groups)]
    times = np.concatenate([np.empty(0), *(call.times for call in groups)])
    tick = (times / TICK).astype(np.int64)
    order = np.argsort(tick, kind="stable")
    return Programme(
        events,
        tick[order],
        np.concatenate([np.empty(0, np.int64), *(call.members for call in groups)])[order].astype(np.int32),
        times[order],
        np.concatenate([np.empty(0, np.int64), *reason])[order],
        np.array([call.topic for call in groups], np.int64),
        np.array([call.urge for call in groups], np.float64),
        np.array([call.image for call in groups], np.float64),
        np.array([call.glance for call in groups], np.int64),
        downtimes_of(scenario),
        _actors(groups),
    )


def crowd_of(scenario: Scenario, people: Population, graph: Any) -> Crowd:
    """Who could come because of an event."""
    return Crowd(
        people.size,
        partial(_awake, people),
        partial(_interest, people, scenario.content.topics),
        partial(_accounts, people, graph),
        partial(_followers, graph),
    )


def _actors(groups: list[Call]) -> npt.NDArray[np.int64]:
    """The members who act in some groups of visits, each once, in their order."""
    acting = np.concatenate([np.empty(0, np.int64), *(call.members for call in groups if call.acts)])
    _, first = np.unique(acting, return_index=True)
    return acting[np.sort(first)]


def _check(scenario: Scenario, people: Population, number: int, event: Any, kind: Kind) -> None:
    """Refuse an event about a topic or a persona that does not exist."""
    topics, where = scenario.content.topics, f"{scenario.name}: events.{number}"
    if kind.topic(event) >= topics:
        found = f"{where}.topic is {kind.topic(event)}"
        raise ScenarioError(f"{found}; must be < content.topics ({topics})")
    names = [persona.name for persona in people.personas]
    wanted = getattr(event, "persona", None)
    if wanted is None:
        return
    if wanted not in names:
        hint = f"known: {', '.join(names)}{nearest(wanted, names)}"
        raise ScenarioError(f"{where}.persona is {wanted}, not a known persona; {hint}")
    share = scenario.population.personas.get(wanted, people.personas[names.index(wanted)].share)
    if share == 0.0:
        raise ScenarioError(
            f"{where}.persona is {wanted}; must be one that has members (population.personas.{wanted} > 0)"
        )


def _awake(people: Population, t: float) -> Any:
    """Wakefulness of each member at a time, relative to the busiest hour, as far as its persona comes at all;
    0 for dormant ones."""
    offsets, place = np.unique(people.offset_h, return_inverse=True)
    profile = np.array([calendar.day_profile(hour_of_day(t, offset)) for offset in offsets.tolist()])[place]
    return np.where(people.dormant, 0.0, profile / notify.BUSIEST) * people.keen


def _interest(people: Population, topics: int, topic: int) -> Any:
    """How well a topic fits each member: `behaviour.match` over columns."""
    share = np.full(people.size, 0.1 / topics)
    for column, weight in zip(
        (people.main_topic, people.side_topic, people.own_topic), behaviour.INTERESTS, strict=True
    ):
        share += np.where(column == topic, weight, 0.0)
    return 0.03 + 0.97 * np.minimum(1.0, 2.0 * share)


def _accounts(people: Population, graph: Any, persona: str, t: float) -> Any:
    """The members of a persona at a time, the most followed first, of equals the lower number; where a small
    population has none, its most followed member of all."""
    code = [one.name for one in people.personas].index(persona)
    here = ~(people.joined > t)
    members = np.flatnonzero((people.persona == code) & here)
    if not len(members):
        return np.flatnonzero(here)[np.argmax(graph.followers[here])][None]
    return members[np.argsort(-graph.followers[members], kind="stable")]


def _followers(graph: Any, member: int) -> Any:
    """Who follows a member at the start, each once."""
    places = range(graph.audience_of(member))
    return np.unique(np.array([graph.follower_at(member, place) for place in places], np.int64))
