"""What all visits of one process share: society, platform, clock, record, and counts of what happens."""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from time import time
from typing import Final, Protocol

import numpy as np

from flashcrowd.core.clock import TICK
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.adapters.adapter import Adapter
from flashcrowd.load.adapters.item import Account, Item
from flashcrowd.load.cast import Cast
from flashcrowd.load.line import Line
from flashcrowd.load.notices import Notices
from flashcrowd.load.ownership import EVERYONE, Ownership
from flashcrowd.load.packed import Identities
from flashcrowd.load.recorder import Recorder
from flashcrowd.load.runclock import RunClock
from flashcrowd.load.schedule import Arrival
from flashcrowd.load.sights import Sights
from flashcrowd.load.texts import Texts
from flashcrowd.load.vault import Vault
from flashcrowd.load.wire import Answer
from flashcrowd.sim import agenda, outage
from flashcrowd.sim.outage import Downtime
from flashcrowd.sim.population import Floats
from flashcrowd.sim.quick import QuickMembers
from flashcrowd.sim.world import World

Task = Generator[int, None, None]
"""Something that goes on in steps: yields the monotonic time (ns) at which its next step is due."""

UNKNOWN: Final = -1


@dataclass(slots=True)
class Tally:
    """Sessions and members, counted as it happens.

    `offered`: arrivals that were due · `stayed_away`: those of the schedule that were not, because an earlier
    visit had been cut short or slow · `caused`: those of them that notifications brought about ·
    `started`: those whose first request left · `dropped`: those for which nothing left · `finished`: those
    that came to their own end · `online`: visits under way now.
    """

    offered: int = 0
    stayed_away: int = 0
    caused: int = 0
    started: int = 0
    dropped: int = 0
    finished: int = 0
    online: int = 0

    def sessions(self) -> dict[str, int]:
        """The counts for the manifest."""
        names = ("offered", "stayed_away", "caused", "started", "dropped", "finished")
        return {name: getattr(self, name) for name in names}


class Witness(Protocol):
    """Is told what the platform has acknowledged."""

    def made(self, action: str, author: int, post: str, answer: Answer) -> None:
        """A post or reply was made: by whom, its platform id, the answer that told it."""

    def reacted(self, action: str, member: int, root: str) -> None:
        """A member liked, reposted or answered an original."""


@dataclass(slots=True)
class Scene:
    """The stage on which visits take place.

    Args:
        accounts: member -> account.
        vault: remembers credentials that are renewed.
        sampled: members whose exposures are recorded.
        notices: whom a post brings back; None = nobody.
        texts: gives posts their words.
        image_speedup: how much faster images are made here than the scenario says.
        epoch_s: wall-clock time (s since 1970) at the run's beginning.
        ownership: which of the members live in this process.
        witnesses: are told what is written.
    """

    scenario: Scenario
    world: World
    cast: Cast
    adapter: Adapter
    accounts: Mapping[int, Account]
    sights: Sights
    clock: RunClock
    recorder: Recorder
    line: Line
    vault: Vault
    notices: Notices | None = None
    texts: Texts = field(default_factory=Texts)
    image_speedup: float = 1.0
    epoch_s: float = field(default_factory=time)
    ownership: Ownership = EVERYONE
    tally: Tally = field(default_factory=Tally)
    errands: list[tuple[int, Task]] = field(default_factory=list)
    callers: list[Arrival] = field(default_factory=list)
    present: dict[int, int] = field(default_factory=dict)
    """Member -> its latest session under way."""
    renewing: set[int] = field(default_factory=set)
    """Members whose credentials are being renewed."""
    sampled: frozenset[int] = frozenset()
    witnesses: list[Witness] = field(default_factory=list)
    errands_of: Counter[int] = field(default_factory=Counter)
    """Member -> its errands under way."""
    left_at_s: dict[int, float] = field(default_factory=dict)
    skipping: set[int] = field(default_factory=set)
    """Members who do not make their next visit."""
    floors: dict[int, float] = field(default_factory=dict)
    downtimes: tuple[Downtime, ...] = ()
    """When the platform, if it is ours, is down as the scenario has it."""
    minds: QuickMembers = field(init=False)
    """How the members decide."""
    _reasons: dict[tuple[int, float], int] = field(default_factory=dict)
    _unmoved: Floats = field(init=False)
    _identities: Identities = field(init=False)
    _reposted: set[tuple[int, str]] = field(default_factory=set)
    _decided: dict[tuple[int, str], bool] = field(default_factory=dict)
    """Member and account -> whether it follows it, by what it did in this run."""

    def __post_init__(self) -> None:
        self.minds = QuickMembers(self.world)
        self._reasons = self.world.programme.calls()
        self._unmoved = np.ones(self.scenario.content.topics)
        self._identities = Identities(self.accounts.values())

    def reason_of(self, visit: Arrival) -> int:
        """Why a visit begins, as `sim.agenda` says it, as far as an event is the reason."""
        return self._reasons.get((visit.member, visit.began), agenda.OWN)

    def fervour(self, at_ns: int) -> Floats:
        """The factor that events put on reactions in each topic, shape `(topics,)`."""
        if not self.world.programme.events:
            return self._unmoved
        return self.world.programme.fervour(self.clock.scenario_s(at_ns), len(self._unmoved))

    def offence(self, account_id: str) -> float:
        """How readily members report what an account posts; 0 when it is none of ours."""
        member = self.member_of(account_id)
        return float(self.world.propensities.offence[member]) if member != UNKNOWN else 0.0

    def member_of(self, account_id: str) -> int:
        """The member behind an account of the platform; -1 when it is none of ours."""
        return self._identities.member(account_id, UNKNOWN)

    def welcome(self, account: Account) -> None:
        """Remember the account of a member who has just signed up."""
        self.vault.keep_account(account)
        self.know(account)

    def know(self, account: Account) -> None:
        """Know the member behind one more account."""
        self._identities.add(account)

    def age_s(self, item: Item, at_ns: int) -> float:
        """Scenario seconds since an item's original was made."""
        wall_s = self.epoch_s + (at_ns - self.clock.origin_ns) / 1e9
        return max(0.0, wall_s - item.created_s) * self.clock.time_lapse

    def may(self, action: str) -> bool:
        """Whether the platform has such an action, as far as is known."""
        return action not in self.line.unsupported

    def stays_away(self, member: int) -> bool:
        """Whether a member that is due does not come: it has left for good, or makes one visit less."""
        if member in self.skipping:
            self.skipping.discard(member)
            return True
        return member in self.left_at_s

    def has_reposted(self, member: int, root: str) -> bool:
        """Whether a member has passed on an original in this run."""
        return (member, root) in self._reposted

    def note_repost(self, member: int, root: str) -> None:
        """Remember that a member has passed on an original."""
        self._reposted.add((member, root))

    def follows(self, member: int, account_id: str) -> bool:
        """Whether a member follows an account: from the beginning, or by what it did in this run."""
        if (member, account_id) in self._decided:
            return self._decided[member, account_id]
        followee = self.member_of(account_id)
        return followee != UNKNOWN and bool((self.world.graph.followees_of(member) == followee).any())

    def note_follow(self, member: int, account_id: str, follows: bool = True) -> None:
        """Remember that a member follows an account from now on, or does no longer; in the vault, too: so the
        next run makes the follows of its society again."""
        self._decided[member, account_id] = follows
        followee = self.member_of(account_id)
        if followee == UNKNOWN:
            return
        if follows:
            self.vault.keep_follow(member, followee)
        else:
            self.vault.forget("follow", member, followee)

    def note_post(self, author: int, post: int, t: float) -> None:
        """Notify an author's followers of its post (its number in the record), made at scenario time `t`."""
        if self.notices is not None:
            account_id = self.accounts[author].id
            called = self.notices.of_post(author, post, t)
            self.callers += [one for one in called if self._decided.get((one.member, account_id), True)]

    def note_made(self, action: str, author: int, post: str, answer: Answer) -> None:
        """Tell the witnesses of a post or reply that the platform has acknowledged."""
        for witness in self.witnesses:
            witness.made(action, author, post, answer)

    def note_reaction(self, action: str, member: int, root: str) -> None:
        """Tell the witnesses of a reaction that the platform has acknowledged."""
        for witness in self.witnesses:
            witness.reacted(action, member, root)

    def note_visit(self, visit: Arrival) -> None:
        """Plan what follows from a visit that takes place and is not in the schedule: a quick return."""
        back = self.notices.return_after(visit) if self.notices is not None else None
        if back is not None:
            self.callers.append(back)

    def note_end(self, member: int, left: str, due_ns: int, at_ns: int) -> None:
        """Count a visit that has ended; who failed while the platform was down looks in again when it is up.

        Args:
            left: why the visit ended before its time; "" = it did not.
            due_ns, at_ns: when the visit should have begun, and when it ended.
        """
        self.tally.finished += 1
        due_s, ended_s = self.clock.scenario_s(due_ns), self.clock.scenario_s(at_ns)
        for down in self.downtimes:
            met = left == "failed" and due_s < down.up_s and ended_s >= down.first * TICK
            if met and self.notices and outage.comes_back(down.key, member, due_s, down.returning):
                back_s = outage.back_s(down.key, member, due_s, down.up_s, down.delay_s)
                self.callers.append(self.notices.look_in(member, max(back_s, ended_s)))

    def new_callers(self) -> Iterator[Arrival]:
        """Hands over the visits brought about since the last time; members elsewhere are passed on."""
        while self.callers:
            visit = self.callers.pop()
            if self.ownership.owns(visit.member):
                yield visit
            else:
                self.ownership.pass_on(visit)

    def send_errand(self, member: int, begun_ns: int, errand: Task) -> None:
        """Let a member have something done while it reads on or is away."""
        self.errands.append((begun_ns, self._counted(member, errand)))

    def _counted(self, member: int, errand: Task) -> Task:
        self.errands_of[member] += 1
        try:
            yield from errand
        finally:
            self.errands_of[member] -= 1

    def is_busy(self, member: int) -> bool:
        """Whether a visit or an errand of a member is under way."""
        return member in self.present or self.errands_of[member] > 0

    def new_errands(self) -> Iterator[tuple[int, Task]]:
        """Hands over the errands begun since the last time: (due in ns, task)."""
        while self.errands:
            yield self.errands.pop()
