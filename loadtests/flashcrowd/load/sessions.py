"""One visit of a member: pages are read, items examined, reactions sent, until its time is spent.

A visit is a small machine that workers step: it yields when its next step is due. What it does is decided
by the society's functions; what it is shown, how late, and with which errors, is the platform's part.

Felt time: the visit's budget is spent by thinking (scenario seconds) and by waiting (wall seconds, as felt).
"""

from collections.abc import Generator
from typing import Any, Final

from flashcrowd.core.draws import fold
from flashcrowd.core.events import ACTIONS
from flashcrowd.load import feedback
from flashcrowd.load.adapters.item import Draft, Item, Page, number
from flashcrowd.load.calling import call
from flashcrowd.load.errands import image_errand
from flashcrowd.load.line import Reply
from flashcrowd.load.recorder import PLAIN, Deed
from flashcrowd.load.request import Request
from flashcrowd.load.scene import Scene, Task
from flashcrowd.load.schedule import Visit
from flashcrowd.load.writing import draft_of
from flashcrowd.sim import behaviour, session

Step = Generator[int, None, int]
"""A part of a visit: yields when its next step is due (ns), returns when the part that follows it is due."""

HOME: Final = "home"
TRENDS: Final = "trends"


class Session:
    """A visit under way.

    Args:
        scene: what all visits share.
        number_: of the session in this process's record.
        visit: what the calendar says of it.
        due_ns: when it should begin (monotonic).
    """

    __slots__ = (
        "account",
        "begun",
        "budget_s",
        "cursor",
        "due_ns",
        "exhausted",
        "failures",
        "is_new",
        "key",
        "left",
        "member",
        "number",
        "page",
        "place",
        "scene",
        "shown",
        "spent_s",
    )

    def __init__(self, scene: Scene, number_: int, visit: Visit, due_ns: int) -> None:
        self.scene = scene
        self.number = number_
        self.member = visit.member
        self.place = scene.minds.place[visit.member]
        self.account = scene.accounts[visit.member]
        self.key = session.session_key(scene.session_key, visit.member, visit.began)
        self.is_new = visit.began == visit.t
        self.budget_s = visit.budget_s
        self.due_ns = due_ns
        self.spent_s = 0.0
        self.page = 0
        self.exhausted = False
        self.failures = 0
        self.begun = False
        self.left = ""
        self.cursor = ""
        self.shown: set[str] = set()

    def live(self) -> Task:
        """The visit from its arrival to its end; it counts as dropped when nothing of it has left."""
        tally = self.scene.tally
        tally.online += 1
        try:
            yield from self._live(self.due_ns)
        finally:
            tally.online -= 1
            tally.dropped += not self.begun

    def _live(self, due_ns: int) -> Task:
        scene = self.scene
        self._record("session_start", due_ns)
        if self.is_new and session.reads_notifications(self.key) and scene.may("notifications"):
            request = scene.adapter.read("notifications", self.account, scene.scenario.platform.page_size)
            reply = yield from self._call(request, due_ns, self.key)
            self._record("notifications", reply.answer.end_ns, reply)
            due_ns = reply.answer.end_ns
        while not self.left:
            due_ns = yield from self._read_page(due_ns)
            if self.spent_s >= self.budget_s:
                break
            yield due_ns
        self._end(due_ns)

    def _end(self, at_ns: int) -> None:
        scene = self.scene
        self._record("session_end", at_ns, outcome=self.left or "ok")
        scene.floors[self.member] = scene.epoch_s + (at_ns - scene.clock.origin_ns) / 1e9
        scene.tally.finished += 1
        if self.left and scene.scenario.feedback.leaving and feedback.never_returns(self.key):
            scene.left_at_s[self.member] = scene.clock.scenario_s(at_ns)

    def _read_page(self, due_ns: int) -> Step:
        """Read one page, react to what it shows, perhaps post; when the next page is due."""
        scene, settings = self.scene, self.scene.scenario
        key = session.page_key(self.key, self.page)
        think_s = session.think_time(key, settings.sessions.think)
        wanted = session.items_examined(key, settings.sessions.items_per_page * session.pace(self.key))
        feed = self._feed(key)
        self.page += 1
        patience_s = self._patience_s(key)
        reply = yield from self._call(self._request(feed), due_ns, key, patience_s, feed)
        self._record(feed, reply.answer.end_ns, reply)
        items = self._unseen(feed, reply.value, wanted) if reply.ok else []
        latency_s = max(0, reply.answer.end_ns - due_ns) / 1e9
        now_ns = yield from self._examine_all(key, items, think_s, reply.answer.end_ns)
        if reply.ok:
            now_ns = yield from self._create(key, now_ns)
        extra_s = feedback.extra_think_s(latency_s) if settings.feedback.pace else 0.0
        self.spent_s += think_s + extra_s
        return now_ns + scene.clock.wall_ns(extra_s)

    def _feed(self, key: Any) -> str:
        settings = self.scene.scenario.platform
        code = session.page_read(key, self.page, self.exhausted, settings.discovery_share)
        return TRENDS if ACTIONS[code] == TRENDS and self.scene.may(TRENDS) else HOME

    def _patience_s(self, key: Any) -> float | None:
        """How long the member waits for a feed; None: as long as the client."""
        settings = self.scene.scenario
        if not settings.feedback.abandonment:
            return None
        patience_s = feedback.feed_patience_s(key)
        return patience_s if patience_s < settings.load.timeout else None

    def _request(self, feed: str) -> Request:
        cursor = self.cursor if feed == HOME else ""
        return self.scene.adapter.read(feed, self.account, self.scene.scenario.platform.page_size, cursor)

    def _unseen(self, feed: str, page: Page, wanted: int) -> list[Item]:
        """The first `wanted` items that are new to the member, and where its next home page begins."""
        found: list[Item] = []
        floor = self.scene.floors.get(self.member, 0.0) if feed == HOME else 0.0
        passed = None
        for item in page.items:
            if len(found) == wanted:
                break
            passed = item
            if item.entered_s >= floor and item.root not in self.shown and item.author != self.account.id:
                found.append(item)
                self.shown.add(item.root)
        if feed == HOME:
            self.exhausted = len(found) < wanted
            more = passed is not None and not self.exhausted
            self.cursor = self.scene.adapter.after(passed) if more and passed is not None else ""
        return found

    def _examine_all(self, key: Any, items: list[Item], think_s: float, now_ns: int) -> Step:
        """Look at each item for a while; send what the member does about it."""
        dwell_ns = self.scene.clock.wall_ns(think_s / (len(items) + 1))
        mood = session.engaging_mood(self.key) if items else 0.0
        for position, item in enumerate(items):
            now_ns += dwell_ns
            age_s = self.scene.age_s(item, now_ns)
            done = self.scene.minds.reaction(self.place, key, item, position, age_s, mood)
            if done != behaviour.NOTHING:
                now_ns = yield from self._react(key, item, position, ACTIONS[done], now_ns)
        return now_ns + dwell_ns

    def _react(self, key: Any, item: Item, position: int, action: str, now_ns: int) -> Step:
        """Like, repost or reply, and perhaps follow the author."""
        scene, adapter = self.scene, self.scene.adapter
        if not scene.may(action) or (action == "repost" and scene.has_reposted(self.member, item.root)):
            return now_ns
        yield now_ns
        deed = self._deed(item, position)
        if action == "reply":
            now_ns = yield from self._look("thread", item.root, now_ns, key, deed)
            draft = draft_of(scene, self.member, fold(key, deed.root), deed.topic, item.root)
            request = adapter.write("reply", self.account, draft)
        else:
            request = adapter.act(action, self.account, item)
        makes = action != "like"
        reply = yield from self._call(request, now_ns, key, None, action if makes else "")
        now_ns = reply.answer.end_ns
        if action == "reply":
            deed = deed._replace(post=number(reply.value) if reply.ok else -1)
        seq = self._record(action, now_ns, reply, deed)
        if reply.ok and makes and reply.value != item.root:
            scene.recorder.made(reply.value, seq)
        if action == "repost" and reply.ok:
            scene.note_repost(self.member, item.root)
        return (yield from self._maybe_follow(key, item, now_ns))

    def _maybe_follow(self, key: Any, item: Item, now_ns: int) -> Step:
        scene = self.scene
        wants = scene.minds.follows_author(self.place, key, item)
        if not wants or scene.follows(self.member, item.author) or not scene.may("follow"):
            return now_ns
        deed = Deed(author=scene.member_of(item.author))
        now_ns = yield from self._look("profile", item.author, now_ns, key, deed)
        request = scene.adapter.act("follow", self.account, item)
        reply = yield from self._call(request, now_ns, key)
        self._record("follow", reply.answer.end_ns, reply, deed)
        if reply.ok:
            scene.note_follow(self.member, item.author)
        return reply.answer.end_ns

    def _look(self, action: str, about: str, now_ns: int, key: Any, deed: Deed) -> Step:
        """Open a thread or a profile."""
        scene = self.scene
        if not scene.may(action):
            return now_ns
        size = scene.scenario.platform.page_size
        request = scene.adapter.read(action, self.account, size, about=about)
        reply = yield from self._call(request, now_ns, key, None, action)
        self._record(action, reply.answer.end_ns, reply, deed)
        return reply.answer.end_ns

    def _create(self, key: Any, now_ns: int) -> Step:
        """Post, or ask for an AI image to post, at the end of a page."""
        scene, minds = self.scene, self.scene.minds
        if not minds.posts(self.place, key, session.posting_mood(self.key)):
            return now_ns
        topic = minds.topic_to_post(self.place, key)
        draft = draft_of(scene, self.member, key, topic)
        if minds.wants_image(self.place, key) and scene.may("generate"):
            scene.errands.append(
                (now_ns, image_errand(scene, self.number, self.account, key, draft, topic, now_ns))
            )
            return now_ns
        yield now_ns
        return (yield from self._post(key, draft, topic, now_ns))

    def _post(self, key: Any, draft: Draft, topic: int, now_ns: int) -> Step:
        scene = self.scene
        request = scene.adapter.write("post", self.account, draft)
        reply = yield from self._call(request, now_ns, key, None, "post")
        post = number(reply.value) if reply.ok else -1
        deed = Deed(post=post, root=post, author=self.member, topic=topic)
        seq = self._record("post", reply.answer.end_ns, reply, deed)
        if reply.ok:
            scene.recorder.made(reply.value, seq)
        return reply.answer.end_ns

    def _call(
        self, request: Request, due_ns: int, key: Any, patience_s: float | None = None, read: str = ""
    ) -> Generator[int, None, Reply]:
        """Send a request of the visit; the wait is felt, and failures are counted.

        Args:
            read: the action as which the answer is read; "" = not at all.
        """
        scene = self.scene
        reply = yield from call(
            scene, self.number, self.member, request, due_ns, key, patience_s, self._reader(read)
        )
        self.spent_s += max(0, reply.answer.end_ns - due_ns) / 1e9
        if not self.begun and reply.outcome != "dropped":
            self.begun = True
            scene.tally.started += 1
        if reply.ok:
            self.failures = 0
        elif reply.outcome == "abandoned":
            self.left = "abandoned"
        elif reply.outcome != "unsupported":
            self.failures += 1
            if scene.scenario.feedback.leaving and feedback.ends_visit(self.failures):
                self.left = "failed"
        return reply

    def _reader(self, action: str) -> Any:
        adapter = self.scene.adapter
        if not action:
            return None
        if action in ("post", "reply", "repost"):
            return lambda answer: adapter.made(action, answer)
        return lambda answer: adapter.page(action, answer)

    def _deed(self, item: Item, position: int) -> Deed:
        scene = self.scene
        sight = scene.minds.sight(item)
        return Deed(
            post=number(item.id),
            root=sight.number,
            cause=scene.recorder.cause(item.id),
            author=scene.member_of(item.author),
            position=position,
            topic=sight.topic,
            ai=item.has_image,
        )

    def _record(
        self, action: str, at_ns: int, reply: Reply | None = None, deed: Deed = PLAIN, outcome: str = "ok"
    ) -> int:
        scene = self.scene
        t = scene.clock.scenario_s(at_ns)
        if reply is None:
            return scene.recorder.action(t, self.member, action, deed, -1, outcome)
        return scene.recorder.action(t, self.member, action, deed, reply.request, reply.outcome)
