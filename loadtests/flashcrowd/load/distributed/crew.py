"""The workers of a run as the master leads them; stands where a crowd of one process stands."""

from collections import Counter
from collections.abc import Callable
from time import monotonic_ns, time
from typing import Any, Final

import gevent
import numpy as np

from flashcrowd.core.errors import FlashcrowdError
from flashcrowd.load.adapters.item import Account
from flashcrowd.load.crowd import LONGEST_DRAIN_S
from flashcrowd.load.distributed import messages
from flashcrowd.load.distributed.courier import Parcel
from flashcrowd.load.distributed.dealing import NOBODY, Dealing
from flashcrowd.load.distributed.gathering import Gathering
from flashcrowd.load.distributed.hand import DONE, READY, Hand, sessions_of
from flashcrowd.load.distributed.packing import slices
from flashcrowd.load.distributed.plan import plan_of
from flashcrowd.load.distributed.stage import Handout, Stage, Tallies
from flashcrowd.load.distributed.watch import Watch
from flashcrowd.load.progress import Display
from flashcrowd.load.recorder import Recorder
from flashcrowd.load.runclock import NS, RunClock
from flashcrowd.load.schedule import Arrival
from flashcrowd.load.vault import Vault

LEAD_NS: Final = 1_000_000_000
"""Between the word to begin and the beginning, so that every worker has its members by then."""

GATHER_NS: Final = 2_000_000_000
"""How long after the beginning the first deal waits for all workers that were ready."""

END_SLACK_S: Final = 10.0
"""Beyond their drain, how long workers may take to bring their last rows."""

ALONE_S: Final = 15.0
"""A run without any worker ends after so long."""

HOLD_S: Final = 2.0
"""How long rows wait for others before them while no worker says up to when it has told all."""

MASTER: Final = -1
"""Stands where a worker's number stands, for rows that the master records."""


class Crew:
    """Leads workers through a run.

    Args:
        runner: Locust's master.
        least: workers without which the run does not begin.
        display: where their coming and going is told.
        check: raises when it is known that no further worker will come.
    """

    def __init__(
        self, runner: Any, least: int, display: Display, check: Callable[[], None] = lambda: None
    ) -> None:
        self.failure: Exception | None = None
        self.stage: Stage | None = None
        self._runner = runner
        self.least = least
        self._display = display
        self._check = check
        self._hands: dict[str, Hand] = {}
        self._dealing = Dealing(np.empty(0, np.int32))
        self._plan: list[bytes] = []
        self._begin: dict[str, Any] | None = None
        self._waiting: list[Arrival] = []
        self._vault = Vault(None)
        self._renewed: dict[int, dict[str, Any]] = {}
        self._stopped = self._ending = self._over = False
        self._rate_per_s = 0.0
        self._players = self._first_deal_ns = 0
        self._alone_since_ns: int | None = None
        for name, listener in (
            (messages.BEAT, self._heard),
            (messages.ROWS, self._take_rows),
            (messages.VISITS, self._take_visits),
            (messages.DONE, self._ended),
        ):
            runner.custom_messages.pop(name, None)  # of the run before
            runner.register_message(name, self._guarded(listener))

    def open(self, handout: Handout, history: Callable[[Recorder, RunClock, float], None]) -> Stage:
        """Give the plan to the workers, wait until enough are ready, and set the time of the beginning.

        Args:
            history: records what was there before the run.

        Raises:
            FlashcrowdError: when a worker cannot play, or too few can come.
        """
        load = handout.scenario.load
        members = handout.cast.members
        self._plan = slices(plan_of(*handout[:6], members.tolist(), self.least, handout.schedule))
        self._dealing = Dealing(members)
        self._vault = handout.vault
        self._rate_per_s = load.max_rate_per_s
        self._wait_for_workers()
        clock = RunClock(load.starts_at, load.time_lapse, monotonic_ns() + LEAD_NS)
        epoch_s = time() + LEAD_NS / NS
        record = Gathering(lambda: self._settled_s(clock))
        self.stage = Stage(clock, record, Tallies(self._hands))
        recorder = Recorder(clock.origin_ns, (0, 0), MASTER, alone=False)
        history(recorder, clock, epoch_s)
        for table, columns in recorder.take().items():
            record.add(MASTER, table, columns)
        self._first_deal_ns = clock.origin_ns + GATHER_NS
        self._begin = {"origin_ns": clock.origin_ns, "epoch_s": epoch_s}
        return self.stage

    def run(self, end_ns: int) -> None:
        """Lead the workers until the monotonic time `end_ns`, or until `stop`; then let them end.

        Raises:
            Exception: a bug of a worker, or of the master.
            FlashcrowdError: when no worker is left.
        """
        try:
            self._lead_until(end_ns)
        finally:
            self._end()
        if self.failure is not None:
            raise self.failure

    def stop(self) -> None:
        """End the run now; `run` then comes to its end."""
        self._stopped = True

    def beside(self, work: Callable[[], None]) -> Any:
        """Start work beside the run; what it dies of ends the run, and `run` raises it."""

        def guarded() -> None:
            try:
                work()
            except Exception as error:
                self._fail(error)

        return gevent.spawn(guarded)

    def details(self) -> dict[str, Any]:
        """What the manifest says of the workers."""
        hands = sorted(self._hands.values(), key=lambda hand: hand.number)
        return {
            "sessions": sessions_of(hands),
            "workers": [hand.details() for hand in hands],
            "worker_cpu_share": [hand.cpu_share for hand in hands],
            "worker_cpu_demand": [hand.cpu_demand for hand in hands],
            "worker_in_flight": [hand.in_flight for hand in hands if hand.in_flight],
            "unsupported": sorted({action for hand in hands for action in hand.unsupported}),
            "breaker_opened": sum(hand.breaker_opened for hand in hands),
            "resent": dict(sum((Counter(hand.resent) for hand in hands), Counter[str]())),
        }

    def _guarded(self, listener: Callable[[Hand, dict[str, Any]], None]) -> Callable[..., None]:
        """A listener for Locust, which would log and forget what it raises."""

        def listen(environment: Any, msg: Any) -> None:
            try:
                listener(self._hand(msg.node_id), msg.data)
            except Exception as error:
                self._fail(error)

        return listen

    def _fail(self, error: Exception) -> None:
        if self.failure is None:
            self.failure = error
        self.stop()

    def _hand(self, client: str) -> Hand:
        if client not in self._hands:
            self._hands[client] = Hand(client, self._runner.get_worker_index(client))
        return self._hands[client]

    def _send(self, hand: Hand, name: str, data: dict[str, Any]) -> None:
        self._runner.send_message(name, data, hand.client)

    # What workers say

    def _heard(self, hand: Hand, beat: dict[str, Any]) -> None:
        hand.note(beat)
        if beat["lapsed"] and beat["epoch"] == hand.epoch:
            self._give_up(hand, "was not answered in time")
        elif beat["epoch"] == hand.epoch:
            released = np.frombuffer(beat["released"], np.int32)
            self._dealing.release(hand.number, released, beat["released_s"])
            if hand.deals != beat["deals"] and hand.heard_ns - hand.dealt_ns > messages.LEASE_S * NS:
                self._give_up(hand, "has not got its members")
        if self.stage is not None:
            self.stage.left_at_s.update(beat["left"])
        for renewed in beat["renewed"]:
            self._renewed[renewed["member"]] = renewed
            self._vault.keep_account(Account(**renewed))
        self._grant(hand, beat)
        self._provide(hand)

    def _grant(self, hand: Hand, beat: dict[str, Any]) -> None:
        grant = {
            "sent_ns": beat["sent_ns"],
            "master_ns": monotonic_ns(),
            "epoch": hand.epoch,
            "confirmed": hand.counter.next_serial,
            "over": hand.state == DONE,
        }
        self._send(hand, messages.GRANT, grant)

    def _provide(self, hand: Hand) -> None:
        """Give a worker what it has not got yet: the plan, and then the beginning."""
        if self._plan and not hand.has_plan and not self._ending:
            hand.has_plan = True
            for place, piece in enumerate(self._plan):
                self._send(hand, messages.PLAN, {"place": place, "of": len(self._plan), "data": piece})
        if self._begin is not None and hand.state == READY and not hand.has_begun:
            hand.has_begun = True
            self._send(hand, messages.BEGIN, self._begin)

    def _take_rows(self, hand: Hand, parcel: dict[str, Any]) -> None:
        rows = hand.counter.take(Parcel(**parcel))
        if rows is not None and self.stage is not None:
            self.stage.recorder.add(hand.number, parcel["table"], rows)

    def _take_visits(self, hand: Hand, data: dict[str, Any]) -> None:
        self._waiting += [Arrival(*visit) for visit in data["visits"]]

    def _ended(self, hand: Hand, data: dict[str, Any]) -> None:
        hand.note(data)
        hand.state = DONE
        if self._dealing.leave(hand.number, hand.upto_s, True) and not self._ending:
            self._display.note(f"worker {hand.number} has left")
        if data["bug"]:
            self._fail(RuntimeError(f"worker {hand.number}: {data['bug']}"))
        elif data["problem"]:
            problem = FlashcrowdError(f"worker {hand.number}: {data['problem']}")
            if self._begin is None:
                self._fail(problem)
            else:
                self._display.note(str(problem))
        self._grant(hand, data)

    # What the master does

    def _wait_for_workers(self) -> None:
        told = -1
        while (ready := self._ready()) < self.least:
            if self.failure is not None:
                raise self.failure
            self._check()
            if ready != told:
                told = ready
                self._display.note(f"waiting for workers: {ready} of {self.least} ready")
            for hand in list(self._hands.values()):
                self._provide(hand)
            gevent.sleep(messages.CYCLE_S)

    def _ready(self) -> int:
        limit_ns = monotonic_ns() - int(messages.PATIENCE_S * NS)
        return sum(hand.state == READY and hand.heard_ns > limit_ns for hand in self._hands.values())

    def _lead_until(self, end_ns: int) -> None:
        watch = Watch(monotonic_ns(), messages.CYCLE_S)
        while not self._stopped and monotonic_ns() < end_ns:
            now_ns = monotonic_ns()
            if watch.was_held_up(now_ns):
                self._forgive(now_ns)
            self._call_roll(now_ns)
            self._deal()
            self._forward()
            gevent.sleep(messages.CYCLE_S)

    def _forgive(self, now_ns: int) -> None:
        """Count every worker's silence anew: what they sent may still wait to be read here."""
        for hand in self._hands.values():
            hand.heard_ns = now_ns

    def _call_roll(self, now_ns: int) -> None:
        """Give up who was silent for too long, and the run when nobody is left."""
        limit_ns = now_ns - int((messages.LEASE_S + messages.MARGIN_S) * NS)
        for hand in self._hands.values():
            if hand.plays and hand.heard_ns < limit_ns:
                self._give_up(hand, "is not heard any more")
                hand.lost = True
        if any(hand.plays for hand in self._hands.values()):
            self._alone_since_ns = None
        elif self._alone_since_ns is None:
            self._alone_since_ns = now_ns
        elif now_ns - self._alone_since_ns > ALONE_S * NS:
            self._fail(FlashcrowdError("no worker is left to play the run"))

    def _give_up(self, hand: Hand, why: str) -> None:
        """End a worker's epoch: its members are nobody's until they are dealt anew."""
        hand.epoch += 1
        hand.losses += 1
        hand.deals = 0
        had = self._dealing.leave(hand.number, hand.upto_s, True)
        self._display.note(f"worker {hand.number} {why}: its {had:,} members go to the others")

    def _deal(self) -> None:
        """Give members that are nobody's to who has too few, and ask for some of those that others have."""
        by_number = {hand.number: hand for hand in self._hands.values() if hand.plays}
        if len(by_number) < self.least and not self._players and monotonic_ns() < self._first_deal_ns:
            return  # else the first to come would get everybody, and have to let most of them go again
        for number in by_number:
            self._dealing.join(number)
        changed = len(by_number) != self._players
        self._players = len(by_number)
        gains = dict(self._dealing.gains())
        asks = dict(self._dealing.asks())
        for number, hand in by_number.items():
            gain, asked = gains.get(number), asks.get(number)
            if changed or gain is not None or asked is not None:
                self._send_deal(hand, gain, asked)

    def _send_deal(self, hand: Hand, gain: Any, asked: Any) -> None:
        assert self.stage is not None, "open() comes first"
        left = self.stage.left_at_s
        members = gain.members.tolist() if gain is not None else []
        deal = {
            "epoch": hand.epoch,
            "members": members,
            "since_s": gain.since_s.tolist() if gain is not None else [],
            "resume": gain.resume.tolist() if gain is not None else [],
            "ask": asked.tolist() if asked is not None else [],
            "left": {member: left[member] for member in members if member in left},
            "renewed": [self._renewed[member] for member in members if member in self._renewed],
            "rate_per_s": self._rate_per_s / max(1, self._players),
        }
        hand.deals += 1
        hand.dealt_ns = monotonic_ns()
        self._send(hand, messages.DEAL, deal)

    def _forward(self) -> None:
        """Hand visits to where their members live; those of nobody's members wait."""
        by_number = {hand.number: hand for hand in self._hands.values() if hand.plays}
        visits, self._waiting = self._waiting, []
        parts: dict[int, list[Arrival]] = {}
        for visit in visits:
            number = self._dealing.owner(visit.member)
            if number in by_number:
                parts.setdefault(number, []).append(visit)
            elif number == NOBODY:
                self._waiting.append(visit)
        for number, part in parts.items():
            self._send(by_number[number], messages.VISITS, {"visits": part})

    def _settled_s(self, clock: RunClock) -> float:
        """The scenario time up to which the rows of all workers are here."""
        if self._over:
            return np.inf
        held_s = clock.scenario_s(monotonic_ns() - int(HOLD_S * NS))
        return min((hand.upto_s for hand in self._hands.values() if hand.plays), default=held_s)

    def _end(self) -> None:
        """Let every worker end, and wait until their rows are here."""
        self._ending = True
        for hand in self._hands.values():
            if hand.state != DONE:
                self._send(hand, messages.END, {"hurry": self._stopped})
        deadline_ns = monotonic_ns() + int((LONGEST_DRAIN_S + END_SLACK_S) * NS)
        while monotonic_ns() < deadline_ns and any(map(self._is_awaited, self._hands.values())):
            gevent.sleep(messages.CYCLE_S)
        for hand in self._hands.values():
            hand.lost = hand.lost or (hand.has_begun and hand.state != DONE)
        self._over = True

    def _is_awaited(self, hand: Hand) -> bool:
        """Whether rows of a worker may still come."""
        silent_s = (monotonic_ns() - hand.heard_ns) / NS
        heard = not hand.lost and silent_s < messages.LEASE_S + messages.MARGIN_S
        return hand.has_begun and hand.state != DONE and heard
