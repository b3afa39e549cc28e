"""One live run from its scenario to its closed record, whoever drives it: our command, or plain Locust."""

from collections import Counter
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from time import monotonic_ns, time
from typing import Any, Final

import gevent
import numpy as np

from flashcrowd.core.events import ACTIONS, BRACKETS
from flashcrowd.core.memory import keep_memory_together
from flashcrowd.core.runlog import RunWriter
from flashcrowd.core.scenario import Scenario
from flashcrowd.core.wishes import parse_abort
from flashcrowd.load.adapters.opening import open_adapter
from flashcrowd.load.cast import choose_cast
from flashcrowd.load.collector import rare_collections
from flashcrowd.load.counts import counted_between, platform_counts
from flashcrowd.load.cpu_meter import CpuMeter
from flashcrowd.load.crowd import LONGEST_DRAIN_S, Crowd
from flashcrowd.load.distributed.crew import Crew
from flashcrowd.load.distributed.plan import opened_by
from flashcrowd.load.distributed.stage import Handout, Stage
from flashcrowd.load.guard import Ceiling, admit
from flashcrowd.load.hopeless import Watch
from flashcrowd.load.journal import Feed, Journal
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.outages import Outages
from flashcrowd.load.oversight import Oversight
from flashcrowd.load.patient import Patient
from flashcrowd.load.profile import scheduled
from flashcrowd.load.progress import Display
from flashcrowd.load.provision import Provisioned, Provisioner
from flashcrowd.load.recorder import Recorder
from flashcrowd.load.reference_settings import reference_settings
from flashcrowd.load.runclock import NS, RunClock
from flashcrowd.load.scene import Scene
from flashcrowd.load.scenery import Props, make_scene
from flashcrowd.load.schedule import Schedule, replayed
from flashcrowd.load.services import reach_services
from flashcrowd.load.staging import learn
from flashcrowd.load.threads import in_thread
from flashcrowd.load.vault import Vault, vault_path
from flashcrowd.load.wire import Wire
from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.sim.quick import make_ready
from flashcrowd.sim.rankers import RANKERS
from flashcrowd.sim.roster import write_members
from flashcrowd.sim.world import build_world

LEAD_NS: Final = 100_000_000
"""Between getting ready and the run's beginning, so that its first arrivals are not late."""

BRISK_DRAIN_S: Final = 1.0

SCHEDULE: Final = "schedule.parquet"


class Interrupted(BaseException):
    """The user ended the run before it began."""


class LiveRun:
    """A live run; a context manager, so that platform, vault and connections are let go whatever happens.

    Args:
        scenario: what to run.
        out: the run directory.
        target: base URL of the platform; None = start a reference platform for this run.
        owned: hosts that the user says are theirs.
        adapter: name of the adapter.
        display: where progress is shown.
        vault: file of the credentials; None = the usual place for the target.
        replay: a saved schedule to run instead of drawing one.
        crew: the workers on which the members live; None = they live in this process.
        brisk: end soon after the window, as the block of a duel does: what is in flight (images) is cut, and
            the platform is not asked for its counts, for which it would have to end all that first.
    """

    def __init__(
        self,
        scenario: Scenario,
        out: Path,
        target: str | None = None,
        owned: Collection[str] = (),
        adapter: str = "mastodon",
        display: Display | None = None,
        vault: Path | None = None,
        replay: Path | None = None,
        crew: Crew | None = None,
        brisk: bool = False,
    ) -> None:
        self.scenario = scenario
        self.out = out
        self.crowd: Crowd | Crew | None = None
        self.crew = crew
        self.state = "failed"
        self._target = target
        self._owned = owned
        self._adapter_name = adapter
        self._adapter = open_adapter(adapter)
        self._display = display or Display(quiet=True)
        self._vault_path = vault
        self._replay = replay
        self._brisk = brisk
        self._stack = ExitStack()
        self._writer: RunWriter | None = None
        self._details: dict[str, Any] = {}
        self._before: dict[str, int] | None = None
        self._resent_before: Counter[str] = Counter()
        self._stopped = False
        self._preparing: Any = None

    def __enter__(self) -> "LiveRun":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def prepare(self) -> None:
        """Find or start the platform, pass the guard, draw the society, put its cast on the platform.

        Raises:
            FlashcrowdError: when any of it cannot be done; the message says what.
            Interrupted: when `stop` is called meanwhile.
        """
        self._preparing = gevent.getcurrent()
        try:
            self._prepare()
        finally:
            self._preparing = None

    def _prepare(self) -> None:
        keep_memory_together()
        scenario = self.scenario
        RANKERS.get(scenario.platform.ranker)
        self._wire = self._admitted()
        self._services = reach_services(
            scenario, self._adapter, self._wire, self._owned, self._stack, self._display
        )
        self.world = in_thread(lambda: build_world(scenario))
        in_thread(lambda: make_ready(self.world))
        self.cast = in_thread(lambda: choose_cast(self.world, scenario.load.members))
        self.schedule = self._drawn_schedule()
        ceiling = Ceiling(scenario.load.max_rate_per_s)
        patient = Patient(self._wire, self._adapter, ceiling, scenario.seed, self._display.note)
        self._details["platform"] = learn(self._adapter, patient)
        self._writer = RunWriter(self.out, scenario, "live", self._opening())
        self.schedule.save(self.out / SCHEDULE)
        self._vault = self._stack.enter_context(self._opened_vault())
        maker = Provisioner(
            self.world, self.cast, self._adapter, self._wire, self._vault, ceiling, self._display
        )
        done = maker.run()
        self._details["provision"] = done.details()
        self._say_provisioned(done)
        self._before = None if self._brisk else platform_counts(self._wire)
        self._resent_before = self._wire.resent.copy()

    def play(self, feed: Feed, later_s: float = 0.0) -> None:
        """Let the crowd live through warm-up and measured window, and record it; blocks until it is over.

        Args:
            feed: hears of every batch of rows (Locust's statistics).
            later_s: wall seconds until it begins.

        Raises:
            StorageError: when the record cannot be written.
            Exception: a bug of the harness; what was recorded until then is kept.
        """
        with rare_collections():
            self._play(feed, later_s)

    def _play(self, feed: Feed, later_s: float) -> None:
        assert self._writer is not None, "prepare() comes first"
        load = self.scenario.load
        begin_ns = int(load.warm_up * NS)
        end_ns = begin_ns + int(load.duration * NS)
        if self.crew is not None:
            self.crowd = self.crew
            stage: Scene | Stage = self.crew.open(self._handout(), self._record_history)
            oversight = outages = None  # each worker has its own oversight
            self._say_no_outages()
        else:
            stage = scene = self._scene((begin_ns, end_ns), LEAD_NS + int(later_s * NS))
            drain_s = BRISK_DRAIN_S if self._brisk else LONGEST_DRAIN_S
            self.crowd = Crowd(scene, self.schedule, load.connections, drain_s=drain_s)
            oversight = Oversight(scene, self._vault.follows)
            outages = Outages(scene, self._wire) if self._is_ours else None
        self._vault.follows.clear()  # the file has them; by the million they are heavy
        origin_ns = stage.clock.origin_ns
        if self._stopped:
            self.crowd.stop()
        watch = Watch([parse_abort(text) for text in load.abort_on])
        total_s = load.warm_up + load.duration
        journal = Journal(stage, self._writer, feed, self._display, total_s, watch, self.crowd.stop)
        meter = CpuMeter(origin_ns + begin_ns, origin_ns + end_ns)
        beside = [self.crowd.beside(work) for work in (journal.keep, meter.watch)]
        if oversight is not None:
            beside.append(self.crowd.beside(oversight.watch))
        if outages is not None:
            beside.append(self.crowd.beside(outages.watch))
        try:
            self.crowd.run(origin_ns + end_ns)
            self.state = "interrupted" if self._stopped else "finished"
            if outages is not None:
                outages.end()
            if oversight is not None:
                oversight.reread(lambda: self._stopped or bool(watch.reason))
        finally:
            journal.halt(beside)
            if oversight is not None:
                oversight.end()
            self._details |= self._tallied(meter)
            if watch.reason:
                self._details["aborted"] = watch.reason
            self._write_members(stage)
            journal.empty()
            self._display.end_pulse()

    def stop(self) -> None:
        """End the run now, in order: what is in flight may land, the record is closed."""
        self._stopped = True
        if self.crowd is not None:
            self.crowd.stop()
        elif self._preparing is not None:
            self.state = "interrupted"
            gevent.kill(self._preparing, Interrupted)

    def close(self) -> None:
        """Close the record and let go of the platform; again does nothing."""
        try:
            writer, self._writer = self._writer, None
            if writer is not None:
                after = platform_counts(self._wire) if self._before is not None else None
                if self._before is not None and after is not None:
                    self._details["platform_counts"] = counted_between(self._before, after)
                writer.close(self.state, **self._details)
        finally:
            self._display.close()
            self._stack.close()

    def _admitted(self) -> Wire:
        """A client of the target that the guard has let pass."""
        if self._target is None:
            platform = self._stack.enter_context(ReferencePlatform(reference_settings(self.scenario)))
            self._target = platform.url
            self._display.note(f"reference platform: {platform.url}")
            self._is_ours = True
        else:
            self._is_ours = False
        origin = parse_origin(self._target)
        address = admit(origin, self._owned)
        return self._stack.enter_context(Wire(origin, address, timeout_s=self.scenario.load.timeout))

    @property
    def _lasts_s(self) -> float:
        """Scenario seconds of warm-up and measured window."""
        load = self.scenario.load
        return (load.warm_up + load.duration) * load.time_lapse

    def _drawn_schedule(self) -> Schedule:
        load = self.scenario.load
        if self._replay is not None:
            end_s = load.starts_at + self._lasts_s
            return replayed(self._replay, self.cast.members, load.starts_at, end_s)
        return scheduled(self.world, self.cast.members)

    def _opened_vault(self) -> Vault:
        if self._is_ours:
            return Vault(None)  # the platform and all its accounts end with the run
        usual = vault_path(self._wire.origin, self._adapter.name, self.scenario.seed)
        return Vault(self._vault_path or usual)

    def _opening(self) -> dict[str, Any]:
        adapter = self._services.adapter
        requested = (name for name in ACTIONS if name not in BRACKETS and name not in adapter.unsupported)
        return {
            "target": self._wire.origin.url,
            "adapter": self._adapter.name,
            "live_members": len(self.cast.members),
            "time_lapse": self.scenario.load.time_lapse,
            "unsupported": sorted(adapter.unsupported),
            "endpoint_of": {name: adapter.endpoint(name) for name in requested},
        }

    def _say_provisioned(self, done: Provisioned) -> None:
        made = f"{done.accounts_made:,} accounts, {done.follows_made:,} follows, {done.posts_made:,} posts"
        kept = done.accounts_kept + done.follows_kept + done.posts_kept
        there = f" ({kept:,} were there)" if kept else ""
        self._display.note(f"provisioned {made}{there} in {done.seconds:.1f} s")
        absent = sorted(self._services.adapter.unsupported)
        if absent:
            self._display.note(f"left out, for the platform has no such action: {', '.join(absent)}")

    def _say_no_outages(self) -> None:
        if self._is_ours and self.world.programme.downtimes:
            self._display.note("the scenario's outage is left out: it takes a run without worker processes")

    def _scene(self, measured_ns: tuple[int, int], lead_ns: int) -> Scene:
        load = self.scenario.load
        clock = RunClock(load.starts_at, load.time_lapse, monotonic_ns() + lead_ns)
        recorder = Recorder(clock.origin_ns, measured_ns)
        epoch_s = time() + lead_ns / NS
        self._record_history(recorder, clock, epoch_s)
        props = Props(
            self.scenario,
            self.world,
            self.cast,
            self._services.adapter,
            self._services.wire,
            self._vault,
            self._image_speedup,
            self._services.texts,
        )
        return make_scene(props, clock, epoch_s, recorder, Ceiling(load.max_rate_per_s))

    @property
    def _image_speedup(self) -> float:
        """How much faster images are made on this platform than the scenario says."""
        return self.scenario.load.generation_speedup if self._is_ours else 1.0

    def _record_history(self, recorder: Recorder, clock: RunClock, epoch_s: float) -> None:
        """Give the posts of the history their rows: what spreads from them has its root in the record."""
        for identifier, member, made_s in self._vault.posts.values():
            recorder.root(identifier, member, clock.starts_at_s + (made_s - epoch_s) * clock.time_lapse)

    def _handout(self) -> Handout:
        return Handout(
            self.scenario,
            self._wire.origin.url,
            sorted(self._owned),
            opened_by(self._adapter_name, self._adapter),
            self._image_speedup,
            self._vault,
            self.cast,
            self.schedule,
        )

    def _tallied(self, meter: CpuMeter) -> dict[str, Any]:
        assert self.crowd is not None, "play() comes first"
        if isinstance(self.crowd, Crew):
            return self.crowd.details()
        scene = self.crowd.scene
        return {
            "sessions": scene.tally.sessions(),
            "worker_cpu_share": meter.share(),
            "worker_cpu_demand": meter.demand(),
            "worker_in_flight": [self.crowd.in_flight],
            "unsupported": sorted(scene.line.unsupported),
            "breaker_opened": scene.line.breaker_opened,
            "resent": dict(self._wire.resent - self._resent_before),
        }

    def _write_members(self, stage: Scene | Stage) -> None:
        assert self._writer is not None
        people, graph = self.world.population, self.world.graph
        live = np.zeros(people.size, np.bool_)
        live[self.cast.members] = True
        left = people.left.copy()
        for member, at_s in stage.left_at_s.items():
            left[member] = at_s
        counts = graph.followers, graph.degree
        end_s = stage.clock.starts_at_s + self._lasts_s
        write_members(self._writer, self.world, *counts, end_s, live, left)
