"""CPU time of one request of ours, all in: visits, parsing, decisions, record, Locust's statistics.

Run as a program: `cost_of_ours.py PORT REQUESTS`; prints one JSON object.
"""

import gc
import json
import os
import sys
import tempfile
from pathlib import Path
from time import process_time
from typing import Any

os.environ.setdefault("LOCUST_SKIP_MONKEY_PATCH", "1")

import gevent
import numpy as np
from locust.env import Environment

from flashcrowd.core.runlog import RunWriter
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.adapters.item import Account
from flashcrowd.load.adapters.mastodon import Mastodon
from flashcrowd.load.bridge import Bridge
from flashcrowd.load.cast import choose_cast
from flashcrowd.load.crowd import Crowd
from flashcrowd.load.guard import Breaker, Ceiling
from flashcrowd.load.journal import Journal
from flashcrowd.load.line import Line
from flashcrowd.load.notices import Notices
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.progress import Display
from flashcrowd.load.recorder import Recorder
from flashcrowd.load.runclock import NS, RunClock
from flashcrowd.load.scene import Scene
from flashcrowd.load.schedule import Schedule
from flashcrowd.load.sights import Sights
from flashcrowd.load.vault import Vault
from flashcrowd.load.wire import Wire
from flashcrowd.sim.world import World, build_world

RATE_PER_S = 600.0
LAPSE = 600.0
PAGES = 6.5
"""Requests of a visit, about."""


def scene_of(world: World, wire: Wire, end_ns: int) -> Scene:
    """A stage on which every member of the cast has an account."""
    cast = choose_cast(world, 1000)
    clock = RunClock(70_000.0, LAPSE)
    recorder = Recorder(clock.origin_ns, (0, end_ns))
    auth = b"Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n"
    accounts = {m: Account(m, str(m), f"m{m}", auth) for m in cast.members.tolist()}
    return Scene(
        scenario=world.scenario,
        world=world,
        cast=cast,
        adapter=Mastodon(),
        accounts=accounts,
        sights=Sights(world),
        clock=clock,
        recorder=recorder,
        line=Line(Mastodon(), wire, recorder, Ceiling(1e6), Breaker()),
        vault=Vault(None),
        notices=Notices(world, accounts),
    )


def visits(scene: Scene, per_s: float, seconds: float) -> Schedule:
    """Evenly spaced visits of the whole cast in turn."""
    n = int(per_s * seconds)
    t = scene.clock.starts_at_s + np.linspace(0.0, seconds * LAPSE, n)
    members = np.resize(scene.cast.members, n).astype(np.int32)
    return Schedule(t, members, t, np.full(n, scene.scenario.sessions.budget))


def cost(port: int, requests: int) -> dict[str, Any]:
    """CPU µs a request, and how many there were."""
    settings = {"population.members": 2000, "load.time_lapse": LAPSE, "feedback.leaving": False}
    world = build_world(Scenario().changed(**settings))
    seconds = requests / RATE_PER_S
    with tempfile.TemporaryDirectory() as folder, Wire(_origin(port), "127.0.0.1") as wire:
        scene = scene_of(world, wire, int(seconds * NS))
        # Items of the pages were made before the run; a member that came before would find nothing new.
        scene.epoch_s = 0.0
        crowd = Crowd(scene, visits(scene, RATE_PER_S / PAGES, seconds), workers=64)
        writer = RunWriter(Path(folder) / "run", world.scenario, "live", {})
        journal = Journal(scene, writer, Bridge(Environment()).hear, Display(quiet=True), seconds)
        keeper = gevent.spawn(journal.keep)
        gc.collect()
        gc.freeze()
        before_s = process_time()
        crowd.run(scene.clock.origin_ns + int(seconds * NS))
        gevent.kill(keeper)
        journal.empty()
        spent_s = process_time() - before_s
        writer.close("finished")
    assert journal.errors < 0.01 * journal.sent
    return {"cpu_us": spent_s / journal.sent * 1e6, "requests": journal.sent, "late": journal.late}


def _origin(port: int) -> Any:
    return parse_origin(f"http://127.0.0.1:{port}")


if __name__ == "__main__":
    print(json.dumps(cost(int(sys.argv[1]), int(sys.argv[2]))))
