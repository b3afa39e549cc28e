"""The part of a run that one worker plays: it lets its share of the members live, for as long as it may."""

import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from time import monotonic_ns
from typing import Any, Final

import gevent
import numpy as np
from gevent.event import Event
from locust import runners

from flashcrowd.core.errors import FlashcrowdError
from flashcrowd.core.memory import keep_memory_together
from flashcrowd.load.adapters.item import Account
from flashcrowd.load.cast import choose_cast
from flashcrowd.load.collector import rare_collections
from flashcrowd.load.cpu_meter import CpuMeter
from flashcrowd.load.crowd import Crowd
from flashcrowd.load.distributed import messages
from flashcrowd.load.distributed.courier import Courier
from flashcrowd.load.distributed.guests import Guests
from flashcrowd.load.distributed.hand import COUNTS, DONE, PLAYING, READY, WAITING
from flashcrowd.load.distributed.ledger import Ledger
from flashcrowd.load.distributed.plan import Plan, read_plan
from flashcrowd.load.distributed.share import Share
from flashcrowd.load.distributed.watch import Watch
from flashcrowd.load.guard import Ceiling, admit
from flashcrowd.load.journal import Feed, Journal
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.oversight import Oversight
from flashcrowd.load.progress import Display
from flashcrowd.load.recorder import Recorder
from flashcrowd.load.runclock import NS, RunClock
from flashcrowd.load.scene import Scene
from flashcrowd.load.scenery import Props, make_scene
from flashcrowd.load.schedule import Arrival, rest_of
from flashcrowd.load.services import reach_services
from flashcrowd.load.threads import in_thread
from flashcrowd.load.wire import Wire
from flashcrowd.sim.quick import make_ready
from flashcrowd.sim.world import build_world

JOURNAL_S: Final = 0.5
POLL_S: Final = 0.05
CONFIRM_S: Final = 10.0
"""How long an ended worker waits until the master has all its rows."""


class Part:
    """Plays one worker's part of a run.

    Args:
        runner: Locust's worker, connected.
        out: where this worker keeps its copy of its rows: worker number -> folder.
        display: where it says what it does.
        feed: hears of every batch of rows.
    """

    def __init__(self, runner: Any, out: Callable[[int], Path], display: Display, feed: Feed) -> None:
        self._runner = runner
        self._out = out
        self._display = display
        self._feed = feed
        self._state = WAITING
        self._share = Share()
        self._courier = Courier(lambda data: runner.send_message(messages.ROWS, data))
        self._crowd: Crowd | None = None
        self._scene: Scene | None = None
        self._meter: CpuMeter | None = None
        self._guests: Guests | None = None
        self._ceiling: Ceiling | None = None
        self._pieces: dict[int, bytes] = {}
        self._planned, self._begun, self._over = Event(), Event(), Event()
        self._plan_size = 0
        self._begin: dict[str, Any] = {}
        self._epoch = self._deals = self._resumed = 0
        self._lapsed = False
        self._released: list[int] = []
        self._released_s = 0.0
        self._told_left: set[int] = set()
        self._renewals: list[Account] = []
        self._upto_s: float | None = None
        self._heard_ns = monotonic_ns()
        self._watch = Watch(self._heard_ns, messages.BEAT_S)
        runners.MASTER_HEARTBEAT_TIMEOUT = sys.maxsize  # Locust's own watch goes on while this is suspended
        self._best_rtt_ns = 1 << 62
        self._ahead_ns = 0
        self._stopped = self._hurried = self._orphaned = False
        for name, listener in (
            (messages.PLAN, self._take_plan),
            (messages.BEGIN, self._take_begin),
            (messages.DEAL, self._take_deal),
            (messages.GRANT, self._take_grant),
            (messages.VISITS, self._take_visits),
            (messages.END, lambda end: self.stop(end["hurry"])),
        ):
            runner.custom_messages.pop(name, None)  # of the run before
            runner.register_message(name, self._guarded(listener))

    def run(self) -> None:
        """Wait for the plan, play, and bring all rows to the master.

        Raises:
            FlashcrowdError: when it cannot be played, or the master is gone; rows are kept then.
            Exception: a bug of the harness.
        """
        beats = gevent.spawn(self._beat_always)
        bug = problem = ""
        try:
            with ExitStack() as stack:
                self._play(stack)
        except FlashcrowdError as error:
            problem = str(error)
            raise
        except Exception as error:
            bug = f"{type(error).__name__}: {error}"
            raise
        finally:
            self._finish(bug, problem)
            beats.kill()
            self._clear_copy()
        if self._orphaned:
            raise FlashcrowdError(self._farewell())

    def stop(self, hurry: bool = True) -> None:
        """End this worker's part now, in order; without `hurry` what was written is read again first."""
        self._stopped = True
        self._hurried |= hurry
        if self._crowd is not None:
            self._crowd.stop()

    # From waiting to the end

    def _play(self, stack: ExitStack) -> None:
        keep_memory_together()
        if not self._wait(self._planned):
            return
        plan = read_plan(b"".join(self._pieces[place] for place in range(self._plan_size)))
        self._pieces.clear()
        props = self._props(plan, stack)
        self._guests = Guests(plan.schedule(), self._share)
        with rare_collections():
            self._state = READY
            if self._wait(self._begun):
                self._perform(props)

    def _wait(self, event: Event) -> bool:
        """Whether the event came, before this worker was told to stop or lost its master."""
        while not self._stopped and not event.wait(POLL_S):
            continue
        return not self._stopped

    def _props(self, plan: Plan, stack: ExitStack) -> Props:
        """Everything of the scene but its clock; the guard holds on each worker."""
        scenario = plan.resolved()
        origin = parse_origin(plan.target)
        wire = stack.enter_context(Wire(origin, admit(origin, plan.owned), timeout_s=scenario.load.timeout))
        world = in_thread(lambda: build_world(scenario))
        in_thread(lambda: make_ready(world))
        cast = in_thread(lambda: choose_cast(world, scenario.load.members))
        services = reach_services(
            scenario, plan.adapter.again(), wire, plan.owned, stack, Display(quiet=True)
        )
        vault = plan.vault(self._renewals.append)
        return Props(
            scenario, world, cast, services.adapter, services.wire, vault, plan.image_speedup, services.texts
        )

    def _perform(self, props: Props) -> None:
        load, number = props.scenario.load, self._runner.worker_index
        origin_ns = self._begin["origin_ns"] - self._ahead_ns
        begin_ns = int(load.warm_up * NS)
        end_ns = begin_ns + int(load.duration * NS)
        clock = RunClock(load.starts_at, load.time_lapse, origin_ns)
        recorder = Recorder(origin_ns, (begin_ns, end_ns), number, alone=False)
        self._ceiling = Ceiling(load.max_rate_per_s)
        self._scene = scene = make_scene(
            props, clock, self._begin["epoch_s"], recorder, self._ceiling, self._share
        )
        assert self._guests is not None, "the plan comes first"
        crowd = self._crowd = Crowd(scene, self._guests, load.connections)
        self._ledger = ledger = Ledger(self._out(number), props.scenario, {"worker": number}, self._courier)
        journal = Journal(scene, ledger, self._feed, Display(quiet=True), load.warm_up + load.duration)
        self._meter = meter = CpuMeter(origin_ns + begin_ns, origin_ns + end_ns)
        oversight = Oversight(
            scene, zip(*(column.tolist() for column in props.cast.follows(props.cast.settled)), strict=True)
        )
        beside = [crowd.beside(work) for work in (lambda: self._keep(journal), meter.watch, oversight.watch)]
        self._state = PLAYING
        state = "failed"
        try:
            crowd.run(origin_ns + end_ns)
            state = "interrupted" if self._orphaned else "finished"
            oversight.reread(lambda: self._hurried)
        finally:
            journal.halt(beside)
            oversight.end()
            journal.empty()
            ledger.close(state, {"sessions": scene.tally.sessions()})

    def _keep(self, journal: Journal) -> None:
        """Hand on rows again and again, and note up to when they are handed on."""
        assert self._scene is not None, "the scene is set"
        clock = self._scene.clock
        while True:
            gevent.sleep(JOURNAL_S)
            upto_s = clock.scenario_s(monotonic_ns())
            journal.empty()
            if not self._lapsed:
                self._upto_s = upto_s

    def _finish(self, bug: str, problem: str) -> None:
        """Tell the master that this part is over, until it has all rows."""
        if self._orphaned:
            return
        self._state = DONE
        limit_ns = monotonic_ns() + int(CONFIRM_S * NS)
        while not (self._over.is_set() and self._courier.is_empty) and monotonic_ns() < limit_ns:
            self._courier.deliver()
            self._runner.send_message(messages.DONE, self._beat() | {"bug": bug, "problem": problem})
            self._over.wait(messages.BEAT_S)
            bug = problem = ""
        self._orphaned = not (self._over.is_set() and self._courier.is_empty)

    def _clear_copy(self) -> None:
        """Remove the copy of the rows once the master has them."""
        if not self._orphaned and self._crowd is not None:
            shutil.rmtree(self._ledger.path, ignore_errors=True)

    def _farewell(self) -> str:
        kept = f"; what this worker recorded is in {self._ledger.path}" if self._crowd is not None else ""
        return f"the master does not answer any more{kept}"

    # Beats, and what the master says

    def _beat_always(self) -> None:
        while self._state != DONE:
            self._look_at_the_clock()
            self._let_go()
            visits = self._share.taken_visits()
            if visits:
                self._runner.send_message(messages.VISITS, {"visits": visits})
            self._courier.deliver()
            self._runner.send_message(messages.BEAT, self._beat())
            gevent.sleep(messages.BEAT_S)

    def _look_at_the_clock(self) -> None:
        """Own nobody any more when the lease has run out; end when the master is gone."""
        now_ns = monotonic_ns()
        if self._watch.was_held_up(now_ns):
            self._heard_ns = now_ns  # what the master said meanwhile still waits to be read
        if now_ns >= self._share.lease_until_ns and len(self._share):
            self._lapse()
        limit_s = messages.MASTER_LOST_S if self._state == PLAYING else messages.PATIENCE_S
        if now_ns - self._heard_ns > limit_s * NS and not self._orphaned:
            self._orphaned = True
            self.stop()

    def _lapse(self) -> None:
        self._share.drop_all()
        self._lapsed = True
        self._released.clear()
        if self._scene is not None and self._upto_s is not None:
            self._upto_s = min(self._upto_s, self._scene.clock.scenario_s(self._share.lease_until_ns))

    def _let_go(self) -> None:
        """Release the members that were asked for and are in no visit."""
        scene = self._scene
        if scene is None or not self._share.leaving:
            return
        free = [member for member in self._share.leaving if not scene.is_busy(member)]
        self._share.drop(free)
        self._released += free
        self._released_s = scene.clock.scenario_s(monotonic_ns())

    def _beat(self) -> dict[str, Any]:
        scene = self._scene
        released, self._released = self._released, []
        renewals, self._renewals[:] = list(self._renewals), []
        left = {} if scene is None else scene.left_at_s
        new = {member: left[member] for member in left.keys() - self._told_left}
        self._told_left |= new.keys()
        return {
            "state": self._state,
            "sent_ns": monotonic_ns(),
            "epoch": self._epoch,
            "lapsed": self._lapsed,
            "deals": self._deals,
            "upto_s": self._upto_s,
            "released": np.array(released, np.int32).tobytes(),
            "released_s": self._released_s,
            "left": new,
            "renewed": [asdict(account) for account in renewals],
            "online": 0 if scene is None else scene.tally.online,
            "counts": {} if scene is None else {name: getattr(scene.tally, name) for name in COUNTS},
            "resumed": self._resumed,
            "cpu_share": None if self._meter is None else self._meter.share(),
            "cpu_demand": None if self._meter is None else self._meter.demand(),
            "in_flight": None if self._crowd is None else self._crowd.in_flight,
            "unsupported": [] if scene is None else sorted(scene.line.unsupported),
            "breaker_opened": 0 if scene is None else scene.line.breaker_opened,
            "resent": {} if scene is None else scene.line.resent,
        }

    def _guarded(self, listener: Callable[[dict[str, Any]], None]) -> Callable[..., None]:
        """A listener for Locust, which would log and forget what it raises."""

        def listen(environment: Any, msg: Any) -> None:
            self._heard_ns = monotonic_ns()
            try:
                listener(msg.data)
            except Exception as error:
                if self._crowd is None:
                    raise
                self._crowd.failure = self._crowd.failure or error
                self._crowd.stop()

        return listen

    def _take_plan(self, piece: dict[str, Any]) -> None:
        self._pieces[piece["place"]] = piece["data"]
        self._plan_size = piece["of"]
        if len(self._pieces) == piece["of"]:
            self._planned.set()

    def _take_begin(self, begin: dict[str, Any]) -> None:
        self._begin = begin
        self._begun.set()

    def _take_grant(self, grant: dict[str, Any]) -> None:
        now_ns, sent_ns = monotonic_ns(), grant["sent_ns"]
        if now_ns - sent_ns < self._best_rtt_ns:
            self._best_rtt_ns = now_ns - sent_ns
            self._ahead_ns = grant["master_ns"] - (now_ns + sent_ns) // 2
        self._courier.confirm(grant["confirmed"])
        if grant["over"]:
            self._over.set()
        if grant["epoch"] != self._epoch:
            self._share.drop_all()
            self._epoch, self._deals, self._lapsed = grant["epoch"], 0, False
        until_ns = sent_ns + int(messages.LEASE_S * NS)
        if now_ns < until_ns and not self._lapsed:
            self._share.lease_until_ns = max(self._share.lease_until_ns, until_ns)

    def _take_visits(self, data: dict[str, Any]) -> None:
        if self._crowd is not None:
            for visit in data["visits"]:
                self._crowd.bring(Arrival(*visit))

    def _take_deal(self, deal: dict[str, Any]) -> None:
        if deal["epoch"] != self._epoch or self._crowd is None or self._ceiling is None:
            return
        self._deals += 1
        self._ceiling.limit(deal["rate_per_s"])
        self._share.leaving |= {member for member in deal["ask"] if self._share.owns(member)}
        assert self._scene is not None, "the scene is set before the crowd"
        self._scene.left_at_s |= deal["left"]
        self._told_left |= deal["left"].keys()
        for renewed in deal["renewed"]:
            self._take_renewed(Account(**renewed))
        if deal["members"]:
            self._crowd.reschedule(lambda now_ns: self._gain(deal, now_ns))

    def _take_renewed(self, account: Account) -> None:
        """Go on with credentials that were renewed elsewhere, or know who has signed up there."""
        assert self._scene is not None, "the scene is set"
        if account.member not in self._scene.accounts:
            self._scene.vault.accounts[account.member] = account
            self._scene.know(account)
            return
        own = self._scene.accounts[account.member]
        own.auth, own.refresh, own.expires_s = account.auth, account.refresh, account.expires_s
        self._scene.vault.accounts[account.member] = own

    def _gain(self, deal: dict[str, Any], now_ns: int) -> None:
        """Own members from now on: who should have come meanwhile comes late, visits cut elsewhere go on."""
        scene, guests, crowd = self._scene, self._guests, self._crowd
        assert scene is not None, "the scene is set"
        assert guests is not None, "the plan comes first"
        assert crowd is not None, "there is a crowd"
        now_s = scene.clock.scenario_s(now_ns)
        members = deal["members"]
        terms = dict(zip(members, zip(deal["since_s"], deal["resume"], strict=True), strict=True))
        self._share.gain(members, scene.tally.offered)
        guests.go_on_after(now_s)
        for arrival in guests.until(now_s, members):
            since_s, resume = terms[arrival.member]
            if arrival.t > since_s:
                crowd.bring(arrival)
            elif resume and arrival.t + arrival.budget_s > now_s:
                self._resumed += 1
                crowd.bring(rest_of(arrival, now_s, scene.scenario))
