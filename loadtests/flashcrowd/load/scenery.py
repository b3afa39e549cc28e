"""Builds the scene of one process: the same whether it plays a whole run or a part of one."""

from typing import Any, NamedTuple

from flashcrowd.core.draws import Purpose
from flashcrowd.core.scenario import Scenario
from flashcrowd.core.wishes import parse_profile
from flashcrowd.load.adapters.adapter import Adapter
from flashcrowd.load.cast import Cast, CastAccounts
from flashcrowd.load.guard import Breaker, Ceiling
from flashcrowd.load.line import Line
from flashcrowd.load.notices import Notices
from flashcrowd.load.ownership import EVERYONE, Ownership
from flashcrowd.load.recorder import Recorder
from flashcrowd.load.runclock import RunClock
from flashcrowd.load.scene import Scene
from flashcrowd.load.sights import Sights
from flashcrowd.load.texts import Texts
from flashcrowd.load.vault import Vault
from flashcrowd.sim.population import uniforms
from flashcrowd.sim.world import World


class Props(NamedTuple):
    """What a scene is made of, before its clock runs.

    `vault`: the accounts · `image_speedup`: how much faster images are made than the scenario says ·
    `wire`: the platform's client, or one that leads to services too · `texts`: the words of posts.
    """

    scenario: Scenario
    world: World
    cast: Cast
    adapter: Adapter
    wire: Any
    vault: Vault
    image_speedup: float
    texts: Texts


def make_scene(
    props: Props,
    clock: RunClock,
    epoch_s: float,
    recorder: Recorder,
    ceiling: Ceiling,
    ownership: Ownership = EVERYONE,
) -> Scene:
    """The scene of a run that begins at the clock's origin.

    Args:
        epoch_s: wall-clock time (s since 1970) at that moment.
    """
    scenario, world = props.scenario, props.world
    props.texts.prepare(scenario.population.languages)
    accounts = CastAccounts(props.cast, props.vault.accounts)
    return Scene(
        scenario=scenario,
        world=world,
        cast=props.cast,
        adapter=props.adapter,
        accounts=accounts,
        sights=Sights(world),
        clock=clock,
        recorder=recorder,
        line=Line(props.adapter, props.wire, recorder, ceiling, Breaker(), ownership),
        vault=props.vault,
        texts=props.texts,
        notices=None if parse_profile(scenario.load.profile) else Notices(world, accounts),
        image_speedup=props.image_speedup,
        epoch_s=epoch_s,
        ownership=ownership,
        sampled=_sampled(props),
    )


def _sampled(props: Props) -> frozenset[int]:
    """Members whose exposures are recorded: the same ones as offline."""
    scenario, members = props.scenario, props.cast.members
    drawn = uniforms(scenario.seed, Purpose.SAMPLE, props.world.population.size)[members]
    return frozenset(members[drawn < scenario.record.exposures].tolist())
