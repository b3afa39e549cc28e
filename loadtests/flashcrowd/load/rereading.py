"""Correctness: after the run a sample of what members wrote is read again. Is it there, are its counts right?

Read from the authors' profiles, as other members see them. Counts catch up late on real platforms: what is
missing or short is read again, for some seconds, before it counts as lost or wrong.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic_ns
from typing import Final

import gevent
from gevent.pool import Pool

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.core.events import ACTION_CODE
from flashcrowd.load.adapters.item import Item, Page, number
from flashcrowd.load.checking import check
from flashcrowd.load.line import Closed
from flashcrowd.load.runclock import NS
from flashcrowd.load.scene import Scene
from flashcrowd.load.wire import Answer

AT_ONCE: Final = 4
PAGE_SIZE: Final = 40
MOST_PAGES: Final = 5
"""How deep a profile is read; an author who has posted more since is left out."""

PATIENCE_S: Final = 10.0
FIRST_GAP_S: Final = 0.25
"""What is not there or short is read again after gaps that double, for at most so long."""

CLOCK_SLACK_S: Final = 2.0


@dataclass(slots=True)
class Kept:
    """A post or reply of the sample, with the reactions that the platform has acknowledged."""

    post: str
    action: str
    author: int
    made_ns: int
    likes: set[int] = field(default_factory=set)
    reposts: set[int] = field(default_factory=set)
    replies: int = 0

    def is_right(self, shown: Item | None) -> bool:
        """Whether it is there, with at least what our members did; others may have done more."""
        return (
            shown is not None
            and shown.likes >= len(self.likes)
            and shown.reposts >= len(self.reposts)
            and shown.replies >= self.replies
        )


class Rereader:
    """Keeps a uniform sample of what is written, and reads it again; a witness of the scene.

    Args:
        scene: where it is written.
        size: of the sample.
        patience_s: how long what is missing or short is read again; at most `PATIENCE_S`.
    """

    def __init__(self, scene: Scene, size: int, patience_s: float = PATIENCE_S) -> None:
        self._scene = scene
        self._size = size
        self._patience_ns = int(min(patience_s, PATIENCE_S) * NS)
        self._seen = 0
        self._sample: list[Kept] = []
        self._of: dict[str, Kept] = {}
        self._key = fold(root_key(scene.scenario.seed, Purpose.SAMPLE), 2)
        self._readers: list[int] = []

    def made(self, action: str, author: int, post: str, answer: Answer) -> None:
        """Take a post or reply into the sample by chance: Algorithm R (Vitter, ACM TOMS 1985).

        One that is in it already was written again, as after a lost answer, and the platform knew it.
        """
        if post in self._of:
            return
        kept = Kept(post, action, author, answer.end_ns)
        self._seen += 1
        if len(self._sample) < self._size:
            self._sample.append(kept)
        else:
            place = int(fold(self._key, self._seen) % self._seen)
            if place >= self._size:
                return
            del self._of[self._sample[place].post]
            self._sample[place] = kept
        self._of[post] = kept

    def reacted(self, action: str, member: int, root: str) -> None:
        """Count a reaction to something in the sample; a member likes and reposts a thing once."""
        kept = self._of.get(root)
        if kept is None:
            return
        if action == "like":
            kept.likes.add(member)
        elif action == "repost":
            kept.reposts.add(member)
        elif action == "reply":
            kept.replies += 1

    def reread(self, stopped: Callable[[], bool]) -> None:
        """Read the sample again and record what was found.

        Args:
            stopped: whether the user does not want to wait any longer.
        """
        self._readers = list(filter(self._scene.ownership.owns, self._scene.accounts))
        left, gap_s = list(self._of.values()) if self._readers else [], FIRST_GAP_S
        deadline_ns = monotonic_ns() + self._patience_ns
        while left and not stopped():
            is_last = monotonic_ns() + int(gap_s * NS) >= deadline_ns
            by_author: defaultdict[int, list[Kept]] = defaultdict(list)
            for kept in left:
                by_author[kept.author].append(kept)
            readings = Pool(AT_ONCE).imap_unordered(self._read, by_author.values())
            found = {post: item for reading in readings for post, item in reading.items()}
            left = [kept for kept in left if not self._settled(kept, found, is_last)]
            if is_last:
                return
            if left:
                gevent.sleep(gap_s)
                gap_s *= 2

    def _settled(self, kept: Kept, found: dict[str, Item | None], is_last: bool) -> bool:
        """Whether a post's row is written: it is right, or there is no more time; unread ones have none."""
        if kept.post not in found:
            return False
        shown = found[kept.post]
        if not (is_last or kept.is_right(shown)):
            return False
        origin_ns = self._scene.clock.origin_ns
        counts = (-1, -1, -1) if shown is None else (shown.likes, shown.reposts, shown.replies)
        row = (
            number(kept.post),
            kept.author,
            ACTION_CODE[kept.action],
            kept.made_ns - origin_ns,
            monotonic_ns() - origin_ns,
            shown is not None,
            len(kept.likes),
            len(kept.reposts),
            kept.replies,
            *counts,
        )
        self._scene.recorder.row("rereads", row)
        return True

    def _read(self, wanted: list[Kept]) -> dict[str, Item | None]:
        """What an author's profile shows of its posts: None for what is missing; nothing when unknown."""
        scene, cursor = self._scene, ""
        reader, author = self._reader(wanted[0].author), scene.accounts[wanted[0].author]
        missing = {kept.post for kept in wanted}
        oldest_s = scene.epoch_s + (min(kept.made_ns for kept in wanted) - scene.clock.origin_ns) / NS
        found: dict[str, Item | None] = {}
        for _ in range(MOST_PAGES):
            account = scene.accounts[reader]
            request = scene.adapter.read("profile", account, PAGE_SIZE, cursor, about=author.id)
            try:
                reply = check(scene, reader, request, self._page, chained=True)
            except Closed:
                return found
            if not reply.ok:
                return found
            page: Page = reply.value
            for item in page.items:
                if item.root in missing:
                    missing.discard(item.root)
                    found[item.root] = item
            cursor = page.cursor
            is_past = any(0 < item.entered_s < oldest_s - CLOCK_SLACK_S for item in page.items)
            if not cursor or not missing or is_past:
                return found | dict.fromkeys(missing)
        return found

    def _page(self, answer: Answer) -> Page:
        return self._scene.adapter.page("profile", answer)

    def _reader(self, author: int) -> int:
        """Some other member that lives here; the author, when there is none."""
        members, owns = self._readers, self._scene.ownership.owns
        first = int(fold(self._key, author) % len(members))
        around = (members[(first + step) % len(members)] for step in range(len(members)))
        return next((member for member in around if member != author and owns(member)), author)
