"""The live members' decisions: the society's own functions, applied to what a platform has shown.

Nothing is decided here that is not decided the same way offline; an item's topic and traits come from its
tags and its id, so that no register of items is needed.
"""

from array import array
from typing import Any, Final, NamedTuple

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.load.adapters.item import Item, number
from flashcrowd.load.cast import Cast
from flashcrowd.sim import behaviour, content
from flashcrowd.sim.world import World

REMEMBERED: Final = 50_000
"""Items whose traits are kept; beyond it all are forgotten and drawn again."""


class Sight(NamedTuple):
    """What an item means to any member: its number in the record, address, topic, and how it spreads."""

    number: int
    address: Any
    topic: int
    traits: content.Traits


class Minds:
    """Propensities and interests of the live members, by their place in the cast.

    Args:
        world: the society.
        cast: its live members.
    """

    def __init__(self, world: World, cast: Cast) -> None:
        people, willing, members = world.population, world.propensities, cast.members
        scenario = world.scenario
        self.place = {member: place for place, member in enumerate(members.tolist())}
        self._topics = scenario.content.topics
        self._appeal_sigma = scenario.content.appeal_sigma
        self._item_key = root_key(scenario.seed, Purpose.ITEM)
        self._topic_by_word = {content.topic_word(topic): topic for topic in range(self._topics)}
        self._seen: dict[str, Sight] = {}
        self._posts_per_page, self._repost, self._like, self._reply, self._follow, self._ai_share = (
            array("d", getattr(willing, name)[members].tolist())
            for name in ("posts_per_page", "repost", "like", "reply", "follow", "ai_share")
        )
        self._main, self._side, self._own = (
            array("i", getattr(people, name)[members].tolist())
            for name in ("main_topic", "side_topic", "own_topic")
        )
        self.followees = array("i", [0]) * len(members)
        for follower in cast.follower.tolist():
            self.followees[self.place[follower]] += 1

    def sight(self, item: Item) -> Sight:
        """Number, topic and traits of an item's original."""
        known = self._seen.get(item.root)
        if known is not None:
            return known
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        identity = number(item.root)
        address = fold(self._item_key, identity)
        traits = content.item_traits(address, self._appeal_sigma)
        seen = Sight(identity, address, self._topic(item, address), traits)
        self._seen[item.root] = seen
        return seen

    def reaction(self, place: int, key: Any, item: Item, position: int, age_s: float, mood: float) -> int:
        """What a member does with an exposure: `behaviour.REPOST`, `LIKE`, `REPLY` or `NOTHING`.

        Args:
            place: the member's, in the cast.
            key: the page's.
            position: place among the items examined, 0 = first.
            age_s: scenario seconds since the original was made.
            mood: the session's readiness to react.
        """
        _, address, topic, traits = self.sight(item)
        main, side, own = self._main[place], self._side[place], self._own[place]
        fit = behaviour.match(behaviour.interest(topic, main, side, own, self._topics))
        attended = behaviour.attention(position, self.followees[place], fit, mood)
        fresh = content.freshness(age_s, traits.shelf_life_s, traits.evergreen)
        repost = behaviour.repost_probability(
            attended,
            self._repost[place],
            traits.appeal,
            fresh,
            bool(item.reposted_by),
            traits.transfer,
            item.reposts,
        )
        like = behaviour.like_probability(attended, self._like[place], traits.raw_appeal)
        reply = behaviour.reply_probability(attended, self._reply[place], traits.raw_appeal)
        return behaviour.reaction(fold(key, address), repost, like, reply)

    def follows_author(self, place: int, key: Any, item: Item) -> bool:
        """Whether a member that has reacted to an item also follows its author; `key` is the page's."""
        return behaviour.follows_author(fold(key, self.sight(item).address), self._follow[place])

    def posts(self, place: int, key: Any, mood: float) -> bool:
        """Whether a member posts at the end of a page; `key` is the page's, `mood` its readiness to post."""
        return behaviour.posts(key, behaviour.post_probability(self._posts_per_page[place], mood))

    def wants_image(self, place: int, key: Any) -> bool:
        """Whether the post begins with an AI image request; `key` is the page's."""
        return behaviour.wants_image(key, self._ai_share[place])

    def topic_to_post(self, place: int, key: Any) -> int:
        """What a member's post is about; `key` is the page's."""
        main, side, own = self._main[place], self._side[place], self._own[place]
        return behaviour.topic_of_interest(fold(key, 9), main, side, own, self._topics)

    def _topic(self, item: Item, address: Any) -> int:
        """The first tag that is a topic; an item without one is about anything."""
        for tag in item.tags:
            if tag in self._topic_by_word:
                return self._topic_by_word[tag]
        return int(fold(address, 9) % self._topics)
