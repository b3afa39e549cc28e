"""What an item means to members: topic and traits, from its tags and id; no register is needed."""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.load.adapters.item import Item, number
from flashcrowd.sim import behaviour, content
from flashcrowd.sim.quick import SIGHT
from flashcrowd.sim.world import World

REMEMBERED: Final = 50_000
"""Originals that are remembered; the oldest gives way to the next, and is drawn again when it is seen."""


class Sight(NamedTuple):
    """What an original is like; `address`: the integer that stands for it."""

    address: int
    topic: int
    traits: content.Traits


class Sights:
    """Draws what originals are like, the same for every member and in every run of a seed.

    Args:
        world: the society.
        remembered: how many originals are.

    Attributes:
        table: rows of `quick.SIGHT`, of those that are remembered.
    """

    def __init__(self, world: World, remembered: int = REMEMBERED) -> None:
        settings = world.scenario.content
        self.table: npt.NDArray[Any] = np.zeros(remembered, SIGHT)
        self._topics = settings.topics
        self._appeal_sigma = settings.appeal_sigma
        self._key = root_key(world.scenario.seed, Purpose.ITEM)
        self._topic_by_word = {content.topic_word(topic): topic for topic in range(self._topics)}
        self._rows: dict[str, int] = {}
        self._roots: list[str] = []
        self._next = 0

    def of(self, item: Item) -> Sight:
        """What an item's original is like."""
        address = number(item.root)
        traits = content.item_traits(fold(self._key, address), self._appeal_sigma)
        return Sight(address, self._topic(item, address), traits)

    def row(self, item: Item) -> int:
        """Where an item's original stands in the table."""
        row = self._rows.get(item.root)
        return self._remember(item) if row is None else row

    def _remember(self, item: Item) -> int:
        row, sight = self._next, self.of(item)
        self._next = (row + 1) % len(self.table)
        if row < len(self._roots):
            del self._rows[self._roots[row]]
            self._roots[row] = item.root
        else:
            self._roots.append(item.root)
        self._rows[item.root] = row
        traits = sight.traits
        allure = behaviour.allure(traits.raw_appeal)
        self.table[row] = (
            *(fold(self._key, sight.address), sight.topic),
            *(traits.appeal, traits.transfer, allure),
        )
        return row

    def _topic(self, item: Item, address: int) -> int:
        """The first tag that is a topic; an original without one is about anything."""
        for tag in item.tags:
            if tag in self._topic_by_word:
                return self._topic_by_word[tag]
        return int(fold(self._key, fold(address, 1)) % self._topics)
