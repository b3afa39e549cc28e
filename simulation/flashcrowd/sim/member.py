"""One member's mind: what it reads, how it answers to what it is shown, what it creates. Knows no platform
and no clock.

The readable engine and live sessions let the same `Member` decide; the kernel compiles the same functions.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.sim import agenda, behaviour, content, notify, session
from flashcrowd.sim.world import World

SHOWN: Final = 128
"""Items that a visit remembers as shown; the kernel's columns are as wide."""


@dataclass(slots=True)
class Visit:
    """A visit under way: its key and moods, why it began (see `agenda`), and what it has been shown (ids of
    originals)."""

    key: int
    end: float
    next: float
    pace: float
    posting_mood: float
    engaging_mood: float
    reason: int = agenda.OWN
    page: int = 0
    exhausted: bool = False
    shown: deque[int] = field(default_factory=lambda: deque(maxlen=SHOWN))


ANY: Final = -1
"""No topic in particular."""


class PagePlan(NamedTuple):
    """What a member will do on one page.

    `read`: code of the feed read in `events.ACTIONS` · `items`: how many items it examines · `think_s`:
    scenario seconds that it stays · `topic`: what it searches for, -1 = nothing · `urge`: chance that it
    posts at once, about that if it is anything · `image`: chance that this post is an AI image · `may_post`:
    False = surely it posts nothing, so that nobody need ask.
    """

    key: int
    read: int
    items: int
    think_s: float
    topic: int = ANY
    urge: float = 0.0
    image: float = 0.0
    may_post: bool = True


class Shown(NamedTuple):
    """One item in front of a member.

    `address`: integer that stands for the original, the same wherever it is shown · `age_s`: of the original
    · `second_hand`: seen as a repost · `reposts`, `likes`: of the original so far · `offence`: of its author,
    0 = unknown · `fervour`: factor on reactions.
    """

    address: int
    topic: int
    traits: content.Traits
    age_s: float
    second_hand: bool
    reposts: int
    likes: int = 0
    offence: float = 0.0
    fervour: float = 1.0


class Reaction(NamedTuple):
    """What a member does about an item: `action` is a code of `events.ACTIONS` or `behaviour.NOTHING`."""

    action: int
    follows: bool
    address: int


class Creation(NamedTuple):
    """A post that a member wants to make; `image`: by the generator; `blocked`: the policy will refuse its
    prompt."""

    topic: int
    image: bool
    blocked: bool


class Member:
    """The decisions of one member of a world."""

    __slots__ = (
        "_fits",
        "_item_key",
        "_session_key",
        "ai_share",
        "behaviour",
        "divided",
        "follow",
        "followees",
        "like",
        "number",
        "posts_per_page",
        "programme",
        "reply",
        "repost",
        "scenario",
        "topics",
    )

    def __init__(self, world: World, number: int) -> None:
        self.number = number
        self.scenario = world.scenario
        self.programme = world.programme
        self.behaviour = world.decisions.behaviour
        willing, people = world.propensities, world.population
        self.posts_per_page = float(willing.posts_per_page[number])
        self.repost = float(willing.repost[number])
        self.like = float(willing.like[number])
        self.reply = float(willing.reply[number])
        self.follow = float(willing.follow[number])
        self.ai_share = float(willing.ai_share[number])
        self.topics = (
            int(people.main_topic[number]),
            int(people.side_topic[number]),
            int(people.own_topic[number]),
        )
        self.followees = world.graph.degree_of(number)
        self.divided = self.behaviour.divided_attention(self.followees)
        self._session_key = root_key(world.scenario.seed, Purpose.SESSION)
        self._item_key = root_key(world.scenario.seed, Purpose.ITEM)
        self._fits: dict[int, float] = {}

    def begin(self, t: float, reason: int = agenda.OWN) -> Visit:
        """A visit that begins at scenario time `t`; a shorter one when a notification caused it."""
        key = session.session_key(self._session_key, self.number, t)
        pushed = reason == agenda.PUSHED
        budget_s = notify.visit_budget(self.scenario.sessions.budget, pushed)
        end = t + (agenda.GLANCE_S if self.only_glances(reason) else session.time_budget(key, budget_s))
        posting = notify.visit_mood(session.posting_mood(key), pushed)
        return Visit(key, end, t, session.pace(key), posting, session.engaging_mood(key), reason)

    def only_glances(self, reason: int) -> bool:
        """Whether a visit is over after one page, because of what brings it about."""
        event = agenda.event_of(reason)
        return event >= 0 and int(self.programme.glances[event]) >= 0

    def plan_page(self, visit: Visit) -> PagePlan:
        """The next page of a visit."""
        key = session.page_key(visit.key, visit.page)
        settings, event = self.scenario, agenda.event_of(visit.reason)
        items = session.items_examined(key, settings.sessions.items_per_page * visit.pace)
        first = event >= 0 and visit.page == 0
        subject = int(self.programme.topics[event]) if event >= 0 else ANY
        read = session.page_read(
            key, visit.page, visit.exhausted, settings.platform.discovery_share, subject >= 0
        )
        return PagePlan(
            key,
            read,
            int(self.programme.glances[event]) if self.only_glances(visit.reason) else items,
            session.think_time(key, settings.sessions.think),
            self._sought(key, subject) if read == session.SEARCH else ANY,
            float(self.programme.urges[event]) if first else 0.0,
            float(self.programme.images[event]) if first else 0.0,
        )

    def _sought(self, key: int, subject: int) -> int:
        """The topic of a search: what the member came for, else one of its interests."""
        if subject >= 0:
            return subject
        return behaviour.topic_of_interest(fold(key, 13), *self.topics, topics=self.scenario.content.topics)

    def traits_of(self, address: int) -> content.Traits:
        """The traits of the original that `address` stands for."""
        return content.item_traits(fold(self._item_key, address), self.scenario.content.appeal_sigma)

    def _fit(self, topic: int) -> float:
        """How well items of a topic fit the member."""
        fit = self._fits.get(topic)
        if fit is None:
            share = behaviour.interest(topic, *self.topics, topics=self.scenario.content.topics)
            fit = self._fits[topic] = self.behaviour.match(share)
        return fit

    def react(self, page: PagePlan, visit: Visit, position: int, shown: Shown) -> Reaction:
        """What the member does about an item at a feed position (0 = top)."""
        behaviour = self.behaviour
        fit = self._fit(shown.topic)
        attended = behaviour.attention(position, self.divided, fit, visit.engaging_mood)
        attended *= shown.fervour
        proof = behaviour.social_proof(self.scenario.reactions.social_proof, shown.likes)
        traits, rates = shown.traits, self.scenario.reactions
        fresh = content.freshness(shown.age_s, traits.shelf_life_s, traits.evergreen)
        address = fold(page.key, fold(self._item_key, shown.address))
        action = behaviour.reaction(
            address,
            behaviour.repost_probability(
                rates.repost,
                attended,
                self.repost,
                traits.appeal,
                fresh,
                shown.second_hand,
                traits.transfer,
                shown.reposts,
            ),
            proof * behaviour.like_probability(rates.like, attended, self.like, traits.raw_appeal),
            behaviour.reply_probability(rates.reply, attended, self.reply, traits.raw_appeal),
            behaviour.quote_probability(rates.quote, attended, self.reply, traits.raw_appeal),
        )
        draw = uniform(address)
        if behaviour.reports(draw, rates.report, shown.offence):
            return Reaction(behaviour.REPORT, False, address)
        if not shown.second_hand and behaviour.unfollows(draw, rates.report, rates.unfollow, fit):
            return Reaction(behaviour.UNFOLLOW, False, address)
        follows = action != behaviour.NOTHING and behaviour.follows_author(address, rates.follow, self.follow)
        return Reaction(action, follows, address)

    def create(self, page: PagePlan, visit: Visit) -> Creation | None:
        """What the member posts on a page, if anything."""
        behaviour = self.behaviour
        if page.urge > 0.0 and behaviour.is_urged(page.key, page.urge):
            return self._creation(page.key, page.topic, page.image)
        if not behaviour.posts(page.key, behaviour.post_probability(self.posts_per_page, visit.posting_mood)):
            return None
        return self._creation(page.key, ANY, self.ai_share)

    def _creation(self, key: int, topic: int, ai_share: float) -> Creation:
        """A post about a topic (-1 = one of the member's interests), by the generator or not."""
        if topic < 0:
            topics = self.scenario.content.topics
            topic = behaviour.topic_of_interest(fold(key, 9), *self.topics, topics=topics)
        image = behaviour.wants_image(key, ai_share)
        blocked = image and behaviour.prompt_is_blocked(key, self.scenario.generation.blocked)
        return Creation(topic, image, blocked)
