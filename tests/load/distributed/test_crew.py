"""The master's roll call on a clock of the test's own: who is lost, how often, where members live meanwhile.

Workers are played by the protocol: they beat, keep to their leases, and take what they are dealt.
"""

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest

from flashcrowd.load.distributed import crew as crew_module
from flashcrowd.load.distributed import hand as hand_module
from flashcrowd.load.distributed import messages
from flashcrowd.load.distributed.crew import Crew
from flashcrowd.load.distributed.dealing import Dealing
from flashcrowd.load.distributed.gathering import Gathering
from flashcrowd.load.distributed.hand import DONE, PLAYING
from flashcrowd.load.distributed.stage import Stage, Tallies
from flashcrowd.load.progress import Display
from flashcrowd.load.runclock import NS, RunClock

MEMBERS = np.arange(40, dtype=np.int32)
LENGTH_S = 60.0
BEATS = round(messages.BEAT_S / messages.CYCLE_S)


class Worker:
    """Plays by the rules, unless it is silent: then it neither hears nor says anything."""

    def __init__(self, number: int, silences: tuple[tuple[float, float], ...] = ()) -> None:
        self.number = number
        self.members: set[int] = set()
        self.inbox: list[tuple[str, dict]] = []
        self._silences = silences
        self._epoch = self._deals = 0
        self._released: list[int] = []
        self._lease_until_s = 0.0
        self._lapsed = False
        self._over = False

    def is_silent(self, now_s: float) -> bool:
        return any(begin_s <= now_s < end_s for begin_s, end_s in self._silences)

    def living(self, now_s: float) -> set[int]:
        """The members that may act on this worker now: also while it is only silent."""
        return self.members if now_s < self._lease_until_s else set()

    def hear(self, now_s: float) -> None:
        plays = self._epoch > 0 or self._deals > 0
        self._lapsed = self._lapsed or (plays and now_s >= self._lease_until_s)
        inbox, self.inbox = self.inbox, []
        for name, data in inbox:
            if name == messages.GRANT:
                self._take_grant(data)
            elif name == messages.DEAL and data["epoch"] == self._epoch:
                self._deals += 1
                self._released += data["ask"]
                self.members = (self.members | set(data["members"])) - set(data["ask"])
            elif name == messages.END:
                self._over = True

    def _take_grant(self, grant: dict) -> None:
        if grant["epoch"] != self._epoch:
            self._epoch, self._deals, self._lapsed = grant["epoch"], 0, False
            self.members = set()
        if not self._lapsed:
            self._lease_until_s = max(self._lease_until_s, grant["sent_ns"] / NS + messages.LEASE_S)

    def beat(self, now_s: float) -> dict:
        released, self._released = self._released, []
        return {
            "state": DONE if self._over else PLAYING,
            "online": 0,
            "counts": {},
            "resumed": 0,
            "cpu_share": None,
            "cpu_demand": None,
            "in_flight": (3, 2000),
            "unsupported": [],
            "breaker_opened": 0,
            "upto_s": now_s,
            "lapsed": self._lapsed,
            "epoch": self._epoch,
            "released": np.array(released, np.int32).tobytes(),
            "released_s": now_s,
            "deals": self._deals,
            "left": {},
            "renewed": [],
            "sent_ns": int(now_s * NS),
            "bug": "",
            "problem": "",
        }


class Play:
    """A master and its workers, a tenth of a second at a time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, workers: list[Worker], held_up_at_s: float = -1.0):
        self.now_ns = 100 * NS
        self.begun_ns = self.now_ns
        self.workers = workers
        self.twice: list[set[int]] = []
        self._listeners: dict[str, object] = {}
        self._held_up_at_s = held_up_at_s
        self._turns = 0
        for module in (crew_module, hand_module):
            monkeypatch.setattr(module, "monotonic_ns", lambda: self.now_ns)
        monkeypatch.setattr(crew_module, "gevent", SimpleNamespace(sleep=self._pass))
        runner = SimpleNamespace(
            custom_messages={},
            register_message=self._listeners.__setitem__,
            get_worker_index=int,
            send_message=lambda name, data, client: workers[int(client)].inbox.append((name, data)),
        )
        self.crew = Crew(runner, len(workers), Display(quiet=True))
        self.crew._dealing = Dealing(MEMBERS)
        clock = RunClock(0.0, 1.0, self.now_ns)
        self.crew.stage = Stage(clock, Gathering(lambda: np.inf), Tallies(self.crew._hands))
        for worker in workers:
            self._say(worker, messages.BEAT)
        for hand in self.crew._hands.values():
            hand.has_begun = True

    @property
    def now_s(self) -> float:
        return self.now_ns / NS

    def lost(self) -> list[int]:
        """Leads the run to its end; how often each worker was lost."""
        self.crew.run(self.begun_ns + int(LENGTH_S * NS))
        return [worker["times_lost"] for worker in self.crew.details()["workers"]]

    def _pass(self, seconds: float) -> None:
        """Let time go by; the workers live meanwhile."""
        self._turns += 1
        self.now_ns += int(seconds * NS)
        run_s = (self.now_ns - self.begun_ns) / NS
        if 0 <= self._held_up_at_s <= run_s:
            self._held_up_at_s = -1.0
            self.now_ns += 30 * NS  # the master alone is held up: what workers say waits to be read
        alive = [worker for worker in self.workers if not worker.is_silent(run_s)]
        for worker in alive:
            worker.hear(self.now_s)
            if self._turns % BEATS == 0:
                self._say(worker, messages.BEAT)
            if worker._over:
                self._say(worker, messages.DONE)
        pairs = combinations([worker.living(self.now_s) for worker in self.workers], 2)
        self.twice += [one & other for one, other in pairs if one & other]

    def _say(self, worker: Worker, name: str) -> None:
        message = SimpleNamespace(node_id=str(worker.number), data=worker.beat(self.now_s))
        self._listeners[name](None, message)


def test_worker_that_stalls_is_lost_once_a_stall_and_gets_its_share_again(monkeypatch):
    """However long it is silent; its members live on the other meanwhile, and never on both."""
    play = Play(monkeypatch, [Worker(0, ((10.0, 16.0), (30.0, 50.0))), Worker(1)])
    assert play.lost() == [2, 0]
    assert play.twice == []
    assert [len(worker.members) for worker in play.workers] == [20, 20]
    assert [worker["state"] for worker in play.crew.details()["workers"]] == ["done", "done"]
    assert play.crew.details()["worker_in_flight"] == [(3, 2000), (3, 2000)]


def test_members_of_a_lost_worker_live_on_the_others_within_ten_seconds(monkeypatch):
    """A worker that is never heard again leaves nobody behind."""
    play = Play(monkeypatch, [Worker(0, ((10.0, 1e9),)), Worker(1), Worker(2)])
    found = []
    passing = play._pass

    def look(seconds: float) -> None:
        passing(seconds)
        living = set().union(*(worker.living(play.now_s) for worker in play.workers[1:]))
        if living == set(MEMBERS.tolist()) and not found:
            found.append((play.now_ns - play.begun_ns) / NS)

    monkeypatch.setattr(crew_module.gevent, "sleep", look)
    assert play.lost() == [1, 0, 0]
    assert 10.0 < found[0] < 20.0
    assert play.twice == []
    assert [worker["state"] for worker in play.crew.details()["workers"]] == ["lost", "done", "done"]


def test_silence_within_the_lease_loses_nobody(monkeypatch):
    """What is shorter than lease and margin is no loss, however often."""
    short_s = messages.LEASE_S - 2 * messages.BEAT_S
    play = Play(monkeypatch, [Worker(0, tuple((t, t + short_s) for t in (8.0, 16.0, 24.0))), Worker(1)])
    assert play.lost() == [0, 0]
    assert play.twice == []


def test_master_that_is_held_up_itself_blames_nobody(monkeypatch):
    """Its workers were heard late because it read late: their silence is counted anew."""
    play = Play(monkeypatch, [Worker(0), Worker(1)], held_up_at_s=20.0)
    lost = play.lost()
    assert play.twice == []
    assert max(lost) <= 1  # their leases have run out meanwhile: they say so themselves, and go on
    assert [len(worker.members) for worker in play.workers] == [20, 20]
