"""Our engine on a stage, for the benchmarks: real visits, real requests, record and Locust's statistics."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

os.environ.setdefault("LOCUST_SKIP_MONKEY_PATCH", "1")

import gevent
import numpy as np
from locust.env import Environment

from flashcrowd.core.runlog import RunWriter
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.adapters.item import Account, Login
from flashcrowd.load.adapters.mastodon import Mastodon
from flashcrowd.load.bridge import Bridge
from flashcrowd.load.cast import choose_cast
from flashcrowd.load.collector import rare_collections
from flashcrowd.load.crowd import Crowd
from flashcrowd.load.guard import Ceiling
from flashcrowd.load.journal import Journal
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.progress import Display
from flashcrowd.load.recorder import Recorder
from flashcrowd.load.runclock import NS, RunClock
from flashcrowd.load.scene import Scene
from flashcrowd.load.scenery import Props, make_scene
from flashcrowd.load.schedule import Schedule
from flashcrowd.load.texts import Texts
from flashcrowd.load.vault import Vault
from flashcrowd.load.wire import Wire
from flashcrowd.sim.quick import make_ready
from flashcrowd.sim.world import World, build_world

LAPSE = 600.0
PAGES = 11.0
"""Requests of a visit, about."""

WARM_UP_S = 1.0
"""What is done once (connections, first uses) is done by then."""


def scene_of(world: World, wire: Wire, end_ns: int, members: int = 1000) -> Scene:
    """A stage on which every member of the cast has an account."""
    cast = choose_cast(world, members)
    clock = RunClock(70_000.0, LAPSE)
    recorder = Recorder(clock.origin_ns, (0, end_ns))
    vault = Vault(None)
    for member in cast.members.tolist():
        token = f"{member:032x}0123456789a"
        vault.keep_login(member, Login(f"m{member}_name", f"{member:022}"))
        vault.keep_account(
            Account(member, str(member), f"m{member}_name", f"Authorization: Bearer {token}\r\n".encode())
        )
        vault.keep_introduced(member)
    props = Props(world.scenario, world, cast, Mastodon(), wire, vault, 1.0, Texts())
    # Items of the pages were made before the run; a member that came before would find nothing new.
    return make_scene(props, clock, 0.0, recorder, Ceiling(1e6))


def pages(scene: Scene, rate_per_s: float, seconds: float) -> Schedule:
    """Evenly spaced visits of many pages, so many that about `rate_per_s` requests come of them."""
    return _visits(scene, rate_per_s / PAGES, seconds, scene.scenario.sessions.budget)


def single_pages(scene: Scene, rate_per_s: float, seconds: float) -> Schedule:
    """Evenly spaced visits of one page each: exactly `rate_per_s` requests are due a second."""
    return _visits(scene, rate_per_s, seconds, 0.0, under_way_s=1.0)


def _visits(
    scene: Scene, per_s: float, seconds: float, budget_s: float, under_way_s: float = 0.0
) -> Schedule:
    n = round(per_s * seconds)
    t = scene.clock.starts_at_s + np.arange(n) / per_s * LAPSE
    members = np.resize(scene.cast.members, n).astype(np.int32)
    return Schedule(t, members, t - under_way_s, np.full(n, budget_s), np.full(n, under_way_s > 0))


@dataclass(frozen=True)
class Measured:
    """One run: the rows of its requests (all columns), CPU seconds after the warm-up, what was due then."""

    rows: dict[str, Any]
    cpu_s: float
    scheduled: int
    response_p99_ms: float
    service_p99_ms: float

    @property
    def sent(self) -> Any:
        """Which requests left."""
        return self.rows["start_ns"] >= 0


def measure(
    port: int,
    seconds: float,
    schedule: Callable[[Scene, float, float], Schedule],
    rate_per_s: float,
    workers: int,
    changes: dict[str, Any],
) -> Measured:
    """Let members live on the server at a port for so long, all in: decisions, record, statistics."""
    settings = {"population.members": 2000, "load.time_lapse": LAPSE, "feedback.leaving": False}
    world = build_world(Scenario().changed(**settings | changes))
    make_ready(world)
    batches: list[dict[str, Any]] = []
    statistics = Bridge(Environment())

    def hear(collected: Any, source: Any) -> None:
        statistics.hear(collected, source)
        if "requests" in collected:
            batches.append(collected["requests"])

    with tempfile.TemporaryDirectory() as folder, Wire(origin_of(port), "127.0.0.1") as wire:
        scene = scene_of(world, wire, int(seconds * NS))
        arrivals = schedule(scene, rate_per_s, seconds)
        crowd = Crowd(scene, arrivals, workers)
        writer = RunWriter(Path(folder) / "run", world.scenario, "live", {})
        journal = Journal(scene, writer, hear, Display(quiet=True), seconds)
        spent: list[float] = []
        keeper = gevent.spawn(journal.keep)
        gevent.spawn_later(WARM_UP_S, lambda: spent.append(process_time()))
        with rare_collections():
            crowd.run(scene.clock.origin_ns + int(seconds * NS))
        gevent.kill(keeper)
        journal.empty()
        spent.append(process_time())
        writer.close("finished")
    rows = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    p99 = [histogram.percentile_us(0.99) / 1000 for histogram in (journal.response, journal.service)]
    return Measured(rows, spent[1] - spent[0], len(arrivals), *p99)


def origin_of(port: int) -> Any:
    """The server on a port of this machine."""
    return parse_origin(f"http://127.0.0.1:{port}")
