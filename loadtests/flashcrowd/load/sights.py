"""What an item means to members: topic and traits, from its tags and id; no register is needed."""

from typing import Final

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.load.adapters.item import Item, number
from flashcrowd.sim import behaviour, content
from flashcrowd.sim.member import Glimpse
from flashcrowd.sim.world import World

REMEMBERED: Final = 50_000
"""Originals whose traits are kept; beyond it all are forgotten and drawn again."""


class Sights:
    """Draws what originals are like, the same for every member and in every run of a seed.

    Args:
        world: the society.
    """

    def __init__(self, world: World) -> None:
        settings = world.scenario.content
        self._topics = settings.topics
        self._appeal_sigma = settings.appeal_sigma
        self._key = root_key(world.scenario.seed, Purpose.ITEM)
        self._topic_by_word = {content.topic_word(topic): topic for topic in range(self._topics)}
        self._known: dict[str, Glimpse] = {}

    def of(self, item: Item) -> Glimpse:
        """What an item's original is like."""
        known = self._known.get(item.root)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            address = number(item.root)
            key = fold(self._key, address)
            traits = content.item_traits(key, self._appeal_sigma)
            allure = behaviour.allure(traits.raw_appeal)
            known = Glimpse(address, self._topic(item, address), traits, key, allure)
            self._known[item.root] = known
        return known

    def _topic(self, item: Item, address: int) -> int:
        """The first tag that is a topic; an original without one is about anything."""
        for tag in item.tags:
            if tag in self._topic_by_word:
                return self._topic_by_word[tag]
        return int(fold(self._key, fold(address, 1)) % self._topics)
