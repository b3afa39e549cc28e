"""Stages for visits: a small society whose members have accounts, and a platform of the test's own."""

from types import SimpleNamespace

from flashcrowd.core.scenario import Scenario
from flashcrowd.load.adapters.item import Account
from flashcrowd.load.adapters.mastodon import Mastodon
from flashcrowd.load.cast import choose_cast
from flashcrowd.load.line import Line
from flashcrowd.load.recorder import Recorder
from flashcrowd.load.runclock import RunClock
from flashcrowd.load.scene import Scene
from flashcrowd.load.sights import Sights
from flashcrowd.load.vault import Vault
from flashcrowd.sim.world import build_world

LAPSE = 60.0
MEMBERS = 300
TOKEN = b"s3cr3t-t0k3n"


def society(**changes) -> Scenario:
    """A scenario for visits of known length."""
    settings = {"population.members": 400, "load.time_lapse": LAPSE, "load.timeout": 10.0}
    return Scenario().changed(**settings | changes)


def scene_of(scenario, wire):
    """A scene in which nothing is held back; `wire` is the platform."""
    world = build_world(scenario)
    cast = choose_cast(world, MEMBERS)
    recorder = Recorder(0, (0, 1 << 62))
    free = SimpleNamespace(allows=lambda now_ns: True)
    breaker = SimpleNamespace(allows=lambda now_ns: True, note=lambda failed: None, opened=0)
    return Scene(
        scenario=scenario,
        world=world,
        cast=cast,
        adapter=Mastodon(),
        accounts={
            m: Account(m, str(m), f"m{m}", b"Authorization: Bearer %b\r\n" % TOKEN)
            for m in cast.members.tolist()
        },
        sights=Sights(world),
        clock=RunClock(0.0, LAPSE, origin_ns=0),
        recorder=recorder,
        line=Line(Mastodon(), wire, recorder, free, breaker),
        vault=Vault(None),
        epoch_s=1000.0,
    )
