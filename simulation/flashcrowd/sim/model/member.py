"""One member as one Mesa agent, in plain Python: the readable definition of what a visit is."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import mesa

from flashcrowd.core.clock import TICK
from flashcrowd.core.draws import fold
from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.sim import behaviour, content, session
from flashcrowd.sim.platform import Intention, Item, plain

if TYPE_CHECKING:
    from flashcrowd.sim.model.social import SocialModel

SHOWN = 128
"""Items that a visit remembers as shown."""

LAST_INSTANT = TICK - 0.001
"""Actions of a page stay inside its tick."""


@dataclass(slots=True)
class Visit:
    """A visit under way."""

    key: int
    end: float
    next: float
    pace: float
    posting_mood: float
    engaging_mood: float
    page: int = 0
    exhausted: bool = False
    shown: deque[int] = field(default_factory=lambda: deque(maxlen=SHOWN))


class MemberAgent(mesa.Agent):
    """One member. Subclass it to try another behaviour on a small world: `SocialModel(…, member_class=Mine)`."""

    def __init__(self, model: "SocialModel", member: int) -> None:
        super().__init__(model)
        world = model.world
        self.member = member
        self.platform = model.platform
        self.scenario = world.scenario
        self.persona = world.population.personas[world.population.persona[member]].name
        willing = world.propensities
        self.posts_per_page = float(willing.posts_per_page[member])
        self.repost, self.like, self.reply = (float(x[member]) for x in (willing.repost, willing.like, willing.reply))
        self.follow, self.ai_share = float(willing.follow[member]), float(willing.ai_share[member])
        people = world.population
        self.topics = tuple(int(x[member]) for x in (people.main_topic, people.side_topic, people.own_topic))
        self.followees = len(world.graph.followees_of(member))
        self.visit: Visit | None = None
        self.left: tuple[int, float] | None = None
        """Key and end of the visit that ended in this tick."""
        self.floor = 0

    def begin(self, key: int, t: float) -> None:
        """Begin a visit at scenario time `t`."""
        own = session.session_key(key, self.member, t)
        budget = session.time_budget(own, self.scenario.sessions.budget)
        moods = session.posting_mood(own), session.engaging_mood(own)
        self.visit = Visit(own, t + budget, t, session.pace(own), *moods)

    def step_visit(self, tick: int) -> Iterator[Intention]:
        """What the member does in a tick: read pages, react, post, leave when the time budget is spent."""
        visit = self.visit
        assert visit is not None
        if visit.page == 0:
            yield plain(visit.next, self.member, "session_start", visit.key)
            if session.reads_notifications(visit.key):
                yield plain(visit.next, self.member, "notifications", visit.key)
        while visit.next < (tick + 1) * TICK:
            if visit.next >= visit.end:
                yield plain(visit.next, self.member, "session_end", visit.key)
                self.floor = self.platform.visible
                self.visit, self.left = None, (visit.key, visit.end)
                return
            key = session.page_key(visit.key, visit.page)
            think = session.think_time(key, self.scenario.sessions.think)
            yield from self.read_page(visit, key, think, tick * TICK + LAST_INSTANT)
            visit.page += 1
            visit.next = min(visit.next + think, visit.end)

    def read_page(self, visit: Visit, key: int, think: float, last: float) -> Iterator[Intention]:
        """Read one page, react to what it shows, and perhaps post."""
        settings, t = self.scenario, visit.next
        read = session.page_read(key, visit.page, visit.exhausted, settings.platform.discovery_share)
        yield plain(t, self.member, read, key)
        wanted = session.items_examined(key, settings.sessions.items_per_page * visit.pace)
        if read == session.HOME:
            items = self.platform.home(self.member, t, self.floor, visit.shown, wanted)
            visit.exhausted = len(items) < wanted
        else:
            items = self.platform.discover(key, self.member, t, visit.shown, wanted)
        for position, item in enumerate(items):
            at = min(t + think * (position + 1) / (len(items) + 1), last)
            visit.shown.append(item.root)
            self.model.note_exposure(at, self.member, item, position, read)
            yield from self.react(at, key, item, position, visit.engaging_mood)
        yield from self.create(min(t + think, last), key, visit.posting_mood)

    def react(self, t: float, key: int, item: Item, position: int, mood: float) -> Iterator[Intention]:
        """What the member does with one item that it is shown."""
        root = self.platform.items[item.root]
        traits = root.traits
        assert traits is not None
        share = behaviour.interest(root.topic, *self.topics, self.scenario.content.topics)
        attended = behaviour.attention(position, self.followees, behaviour.match(share), mood)
        fresh = content.freshness(t - root.t, traits.shelf_life_s, traits.evergreen)
        second_hand = item is not root
        address = fold(key, fold(self.platform.item_key, root.number))
        done = behaviour.reaction(
            address,
            behaviour.repost_probability(
                attended, self.repost, traits.appeal, fresh, second_hand, traits.transfer, root.reposts
            ),
            behaviour.like_probability(attended, self.like, traits.raw_appeal),
            behaviour.reply_probability(attended, self.reply, traits.raw_appeal),
        )
        if done == behaviour.NOTHING:
            return
        if done == behaviour.REPOST and self.platform.has_reposted(self.member, root.number):
            return
        if done == behaviour.REPLY:
            yield self.about(t, ACTION_CODE["thread"], address, item, root, position)
        yield self.about(t, done, address, item, root, position)
        if behaviour.follows_author(address, self.follow) and not self.platform.follows(self.member, root.author):
            yield plain(t, self.member, "profile", address, root.author)
            yield plain(t, self.member, "follow", address, root.author)

    def create(self, t: float, key: int, mood: float) -> Iterator[Intention]:
        """Post, or ask for an AI image to post."""
        if not behaviour.posts(key, behaviour.post_probability(self.posts_per_page, mood)):
            return
        topic = behaviour.topic_of_interest(fold(key, 9), *self.topics, self.scenario.content.topics)
        wish = Intention(t, self.member, ACTION_CODE["post"], key, author=self.member, topic=topic)
        if behaviour.wants_image(key, self.ai_share):
            wish.action, wish.ai = ACTION_CODE["generate"], True
            if behaviour.prompt_is_blocked(key, self.scenario.generation.blocked):
                wish.outcome = OUTCOME_CODE["blocked"]
        yield wish

    def about(self, t: float, action: int, address: int, item: Item, root: Item, position: int) -> Intention:
        """An action on an item."""
        return Intention(
            t, self.member, action, address, root.number, root.number, item.seq, root.author, position, root.topic, root.ai
        )
