"""Time to visibility: new posts are looked for in the home feed of a follower until they are there.

A sample, looked for beside the load at a bounded rate. Every read is recorded (phase `check`), none counts as
a member's. What is known of a post is an interval: it was not shown to the last read that was sent before
`hidden_ns`, and it was shown to the one answered at `seen_ns`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from time import monotonic_ns
from typing import Final

from gevent.event import Event

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.load.adapters.item import Page, number
from flashcrowd.load.checking import check
from flashcrowd.load.line import Closed
from flashcrowd.load.runclock import NS
from flashcrowd.load.scene import Scene
from flashcrowd.load.wire import Answer

AT_ONCE: Final = 2
MOST_AT_ONCE: Final = 250
READS_EACH: Final = 4.0
"""Posts looked for at a time, at least and at most. Between them a new one is taken up while each can be read
so often a second, or as often as its age asks for where that is less."""

FIRST_GAP_NS: Final = 50_000_000
GAP_SHARE: Final = 0.15
"""A post is looked for at once, then again after so long, and then after this share of its age."""

READS_SMOOTHED: Final = 0.2
"""Weight of the last read in the time that one takes: they follow each other, so slow ones are few."""

PAGE_SIZE: Final = 40
MOST_PAGES: Final = 5
"""How deep a feed is read for a post that newer ones may have pushed down."""

CLOCK_SLACK_S: Final = 2.0
"""How far the platform's clock may be from ours."""


@dataclass(slots=True)
class Sought:
    """A post that is looked for; times in ns (monotonic), -1 = none."""

    post: str
    author: int
    follower: int
    sent_ns: int
    made_ns: int
    hidden_ns: int = -1
    reads: int = 0


class Lookout:
    """Looks for new posts in their followers' feeds; a witness of the scene.

    Args:
        scene: where posts are made.
        followers: author -> live members who follow it on the platform.
        reads_per_s: most reads, > 0.
        limit_s: after so long a post counts as never seen.
    """

    def __init__(
        self, scene: Scene, followers: Mapping[int, Sequence[int]], reads_per_s: float, limit_s: float
    ) -> None:
        self._scene = scene
        self._followers = followers
        self._gap_ns = int(NS / reads_per_s)
        self._reads_each = min(READS_EACH, reads_per_s / AT_ONCE)
        self._read_ns = 0.0
        self._limit_ns = int(limit_s * NS)
        self._key = root_key(scene.scenario.seed, Purpose.SAMPLE)
        self._due: list[tuple[int, int, Sought]] = []
        self._order = count()
        self._free_ns = 0
        self._wake = Event()

    def made(self, action: str, author: int, post: str, answer: Answer) -> None:
        """Look for a new post, unless enough are looked for, or nobody follows its author."""
        if action != "post" or not self._has_room():
            return
        follower = self._follower(author, post)
        if follower is not None:
            self._put(answer.end_ns, Sought(post, author, follower, answer.start_ns, answer.end_ns))
            self._wake.set()

    def reacted(self, action: str, member: int, root: str) -> None:
        """Nothing: reactions are not looked for."""

    def watch(self) -> None:
        """Look for what is due, one read after the other, until the window is over."""
        while True:
            due_ns = max(self._due[0][0], self._free_ns) if self._due else None
            now_ns = monotonic_ns()
            if due_ns is not None and due_ns <= now_ns:
                sought = heappop(self._due)[2]
                try:
                    self._look(sought)
                except Closed:
                    if self._scene.ownership.owns(sought.follower):
                        return
            else:
                self._wake.clear()
                self._wake.wait(None if due_ns is None else (due_ns - now_ns) / NS)

    def end(self) -> None:
        """Give up what is still looked for: the run is over."""
        while self._due:
            self._settle(heappop(self._due)[2])

    def _has_room(self) -> bool:
        """Whether one more can be looked for: old posts are read seldom, so where none comes through new ones
        still are."""
        if not AT_ONCE <= len(self._due) < MOST_AT_ONCE:
            return len(self._due) < AT_ONCE
        now_ns = monotonic_ns()
        wanted = sum(min(self._reads_each, NS / _gap_ns(now_ns - sought.made_ns)) for *_, sought in self._due)
        return (wanted + self._reads_each) * max(self._gap_ns, self._read_ns) <= NS

    def _put(self, due_ns: int, sought: Sought) -> None:
        heappush(self._due, (due_ns, next(self._order), sought))

    def _follower(self, author: int, post: str) -> int | None:
        """The follower in whose feed a post is looked for; one of them, drawn."""
        scene = self._scene
        if author not in scene.accounts:
            return None
        identity = scene.accounts[author].id
        reading = [
            member
            for member in self._followers.get(author, ())
            if scene.follows(member, identity) and scene.ownership.owns(member)
        ]
        return reading[int(fold(self._key, number(post)) % len(reading))] if reading else None

    def _look(self, sought: Sought) -> None:
        begun_ns = monotonic_ns()
        try:
            seen_ns, looked = self._seen(sought)
        except BaseException:  # also when this greenlet is ended in the middle
            self._settle(sought)
            raise
        now_ns = monotonic_ns()
        sought.reads += 1
        if looked and seen_ns < 0:
            sought.hidden_ns = begun_ns
        age_ns = now_ns - sought.made_ns
        if seen_ns >= 0 or age_ns >= self._limit_ns:
            self._settle(sought, seen_ns)
        else:
            self._put(min(now_ns + _gap_ns(age_ns), sought.made_ns + self._limit_ns), sought)

    def _seen(self, sought: Sought) -> tuple[int, bool]:
        """When an answer showed the post (ns, -1 = none did), and whether the feed could be read."""
        scene, cursor = self._scene, ""
        account = scene.accounts[sought.follower]
        for _ in range(MOST_PAGES):
            begun_ns = monotonic_ns()
            self._free_ns = max(self._free_ns, begun_ns) + self._gap_ns
            request = scene.adapter.read("home", account, PAGE_SIZE, cursor)
            reply = check(scene, sought.follower, request, lambda answer: scene.adapter.page("home", answer))
            self._read_ns += READS_SMOOTHED * (monotonic_ns() - begun_ns - self._read_ns)
            if not reply.ok:
                return -1, False
            page: Page = reply.value
            if any(item.root == sought.post for item in page.items):
                return reply.answer.end_ns, True
            cursor = page.cursor
            if not cursor or self._reaches_back(page, sought):
                break
        return -1, True

    def _reaches_back(self, page: Page, sought: Sought) -> bool:
        """Whether a page shows something older than the post, which would stand above it."""
        scene = self._scene
        made_s = scene.epoch_s + (sought.sent_ns - scene.clock.origin_ns) / NS
        return any(item.entered_s < made_s - CLOCK_SLACK_S for item in page.items)

    def _settle(self, sought: Sought, seen_ns: int = -1) -> None:
        """Record what is known, unless the follower has turned away from the author meanwhile."""
        scene = self._scene
        if not scene.follows(sought.follower, scene.accounts[sought.author].id):
            return
        origin_ns = scene.clock.origin_ns
        stamps = (sought.sent_ns, sought.made_ns, sought.hidden_ns, seen_ns, monotonic_ns())
        times = (at_ns - origin_ns if at_ns >= 0 else -1 for at_ns in stamps)
        row = (number(sought.post), sought.author, sought.follower, *times, sought.reads)
        scene.recorder.row("sightings", row)


def _gap_ns(age_ns: int) -> int:
    """How long after a read that did not show it a post of this age is looked for again."""
    return max(FIRST_GAP_NS, int(GAP_SHARE * age_ns))
