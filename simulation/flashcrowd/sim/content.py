"""What an item is like: topic, and how it spreads. Traits are drawn from the item's key, so nothing has to be
stored.

Every item has an appeal (how willingly it is passed on at first sight), a shelf life (how fast that wears
off), an evergreen floor (what is left for ever) and a transferability (how well it survives leaving the
author's own audience). Appeal is divided by the expected freshness at typical exposure ages, so that
perishable and evergreen items have equal expected yield; else evergreen items would own every large cascade.
"""

import math
from typing import Any, Final, NamedTuple

from flashcrowd.core.clock import MINUTE
from flashcrowd.core.draws import fold, normal

SHELF_LIFE_S: Final = 5.2 * MINUTE
SHELF_LIFE_SIGMA: Final = 1.8
EVERGREEN: Final = 0.0045
EVERGREEN_SIGMA: Final = 1.5
TRANSFER_SIGMA: Final = 0.85

TOPIC_WORDS: Final = (
    *("portraits", "landscapes", "anime", "photography", "fashion", "architecture", "animals", "food"),
    *("scifi", "fantasy", "politics", "crypto", "memes", "music", "sports", "gaming", "science", "travel"),
    *("comics", "abstract"),
)
"""Hashtags of the first topics; topic k beyond them is `topic<k>`."""


def topic_word(topic: int) -> str:
    """The hashtag of a topic.

    >>> topic_word(0), topic_word(23)
    ('portraits', 'topic23')
    """
    return TOPIC_WORDS[topic] if topic < len(TOPIC_WORDS) else f"topic{topic}"


def freshness(age_s: float, shelf_life_s: float, evergreen: float) -> float:
    """What is left of an item's appeal at an age: phi + (1 - phi) (1 + age / T)^-1.5, in (0, 1].

    >>> freshness(0.0, 300.0, 0.02)
    1.0
    """
    x = 1.0 + age_s / shelf_life_s
    return evergreen + (1.0 - evergreen) / (x * math.sqrt(x))


def shelf_life(item_key: Any) -> float:
    """Seconds after which an item's first appeal has lost two thirds; log-normal, median 5.2 minutes."""
    return SHELF_LIFE_S * math.exp(SHELF_LIFE_SIGMA * normal(fold(item_key, 1)))


def evergreen(item_key: Any) -> float:
    """The share of an item's appeal that never wears off; log-normal with median 0.0045, at most 1."""
    return min(1.0, EVERGREEN * math.exp(EVERGREEN_SIGMA * normal(fold(item_key, 2))))


def transferability(item_key: Any) -> float:
    """How well an item spreads outside the author's own audience; log-normal with mean 1."""
    return math.exp(TRANSFER_SIGMA * normal(fold(item_key, 3)) - 0.5 * TRANSFER_SIGMA * TRANSFER_SIGMA)


def expected_freshness(shelf_life_s: float, evergreen_share: float) -> float:
    """Mean freshness over typical exposure ages (weights measured on feeds of simulated members)."""
    return (
        0.05 * freshness(150.0, shelf_life_s, evergreen_share)
        + 0.15 * freshness(900.0, shelf_life_s, evergreen_share)
        + 0.08 * freshness(2700.0, shelf_life_s, evergreen_share)
        + 0.48 * freshness(10800.0, shelf_life_s, evergreen_share)
        + 0.20 * freshness(42000.0, shelf_life_s, evergreen_share)
        + 0.04 * freshness(144000.0, shelf_life_s, evergreen_share)
    )


def raw_appeal(item_key: Any, sigma: float) -> float:
    """An item's appeal before normalisation; log-normal with median 1 and spread `sigma` of its logarithm."""
    return math.exp(sigma * normal(fold(item_key, 4)))


class Traits(NamedTuple):
    """How an item spreads.

    `raw_appeal` moves likes and replies; `appeal`, normalised by the expected freshness, moves reposts.
    """

    raw_appeal: float
    appeal: float
    shelf_life_s: float
    evergreen: float
    transfer: float


def item_traits(item_key: Any, sigma: float) -> Traits:
    """The traits of the item with that key, `fold(root_key(seed, Purpose.ITEM), post id)`.

    >>> item_traits(12345, 1.5).appeal > 0
    True
    """
    raw = raw_appeal(item_key, sigma)
    life = shelf_life(item_key)
    floor = evergreen(item_key)
    return Traits(raw, raw / expected_freshness(life, floor), life, floor, transferability(item_key))
