"""What members write, in their language, with the hashtag of their topic."""

from typing import Any

from flashcrowd.load.adapters.item import Draft, Item
from flashcrowd.load.scene import Scene


def locale_of(scene: Scene, member: int) -> str:
    """A member's Faker locale, e.g. `fr_FR`."""
    people = scene.world.population
    return str(people.languages[people.language[member]])


def draft_of(scene: Scene, member: int, key: Any, topic: int, reply_to: Item | None = None) -> Draft:
    """What a member writes about a topic; the same `key` (the draft's address) makes the same text."""
    locale = locale_of(scene, member)
    return Draft(
        text=scene.texts.of(scene.scenario.seed, int(key), locale, topic),
        key=f"{scene.scenario.seed:x}-{int(key):x}-{int(scene.epoch_s * 1000):x}",
        language=locale.partition("_")[0],
        reply_to=reply_to,
    )
