"""The face of a member: a name, a handle and a line about itself, by Faker, in the member's language."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flashcrowd.core.draws import Purpose, fold, root_key


@dataclass(frozen=True, slots=True)
class Profile:
    """What others see of a member. `username` is unique in a run: ASCII letters, digits and `_`, at most
    30."""

    username: str
    display_name: str
    bio: str
    locale: str


def profile(seed: int, member: int, locale: str) -> Profile:
    """The profile of a member; the same for the same address.

    Args:
        locale: a Faker locale such as `fr_FR`.
    """
    faker = _faker(locale)
    faker.seed_instance(int(fold(root_key(seed, Purpose.TEXT), member)))
    handle = "".join(c for c in faker.user_name() if c.isascii() and (c.isalnum() or c == "_"))
    return Profile(
        username=f"{handle[:18] or 'member'}_{member}",
        display_name=faker.name(),
        bio=faker.sentence(nb_words=8),
        locale=locale,
    )


def text(seed: int, address: int, locale: str) -> str:
    """One or two sentences that a member might post; the same for the same address."""
    faker = _faker(locale)
    faker.seed_instance(int(fold(fold(root_key(seed, Purpose.TEXT), 1), address)))
    return str(faker.text(max_nb_chars=180)).replace("\n", " ")


@lru_cache(maxsize=32)
def _faker(locale: str) -> Any:
    from faker import Faker

    return Faker(locale)
