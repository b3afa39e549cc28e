"""The face under which a member signs up on a target."""

from dataclasses import replace
from typing import Final

from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.load.avatar import avatar
from flashcrowd.sim import profiles
from flashcrowd.sim.world import World

LONGEST_NAME: Final = 30


def face_of(world: World, member: int, salt: str) -> profiles.Profile:
    """The member's face; its name carries the vault's salt, so that names of two vaults do not clash."""
    people = world.population
    face = profiles.profile(world.scenario.seed, member, people.languages[people.language[member]])
    ending = f"_{member}_{salt}"
    name = face.username.removesuffix(f"_{member}")[: LONGEST_NAME - len(ending)]
    return replace(face, username=name + ending)


def avatar_of(world: World, member: int) -> bytes:
    """The member's avatar, b"" for one that never chose any."""
    seed, share = world.scenario.seed, world.scenario.load.avatars
    has_one = float(uniform(fold(root_key(seed, Purpose.SAMPLE), fold(member, 3)))) < share
    return avatar(seed, member) if has_one else b""
