"""One visit of a member: pages are read, items examined, reactions sent, until its time is spent.

A visit is a small machine that workers step: it yields when its next step is due. What it does is decided
by the society's functions; what it is shown, how late, and with which errors, is the platform's part.

Felt time: the visit's budget is spent by thinking (scenario seconds) and by waiting (wall seconds, as felt).
"""

from collections.abc import Generator
from dataclasses import replace
from typing import Any, Final

from flashcrowd.core.draws import fold
from flashcrowd.core.errors import PlatformError
from flashcrowd.core.events import ACTIONS
from flashcrowd.load import feedback
from flashcrowd.load.adapters.item import Account, Draft, Item, number
from flashcrowd.load.calling import call
from flashcrowd.load.errands import image_errand
from flashcrowd.load.joining import join
from flashcrowd.load.line import Reply
from flashcrowd.load.recorder import PLAIN, Deed
from flashcrowd.load.request import Request
from flashcrowd.load.scene import Scene, Task
from flashcrowd.load.schedule import Arrival
from flashcrowd.load.scroll import HOME, Scroll
from flashcrowd.load.writing import draft_of
from flashcrowd.sim import behaviour
from flashcrowd.sim.content import topic_word
from flashcrowd.sim.member import PagePlan, Reaction, Shown
from flashcrowd.sim.population import Floats

STRANGER: Final = Account(-1, "", "", b"")
"""Stands for the account of a member who has none yet."""

Step = Generator[int, None, int]
"""A part of a visit: yields when its next step is due (ns), returns when the part that follows it is due."""

TRENDS: Final = "trends"
SEARCH: Final = "search"


class Session:
    """A visit under way.

    Args:
        scene: what all visits share.
        number_: of the session in this process's record.
        arrival: what the schedule says of it.
        due_ns: when it should begin (monotonic).
    """

    __slots__ = (
        "account",
        "begun",
        "budget_s",
        "caused",
        "due_ns",
        "failures",
        "left",
        "member",
        "mind",
        "number",
        "resumed",
        "scene",
        "scroll",
        "spent_s",
        "visit",
        "waited_s",
    )

    def __init__(self, scene: Scene, number_: int, arrival: Arrival, due_ns: int) -> None:
        self.scene = scene
        self.number = number_
        self.member = arrival.member
        self.account = scene.accounts.get(arrival.member, STRANGER)
        self.mind = scene.minds.begin(arrival.member, arrival.began, scene.reason_of(arrival))
        self.visit = self.mind.visit
        self.scroll = Scroll(scene.adapter, scene.floors.get(arrival.member, 0.0))
        self.resumed = arrival.resumed
        self.caused = arrival.caused
        self.budget_s = arrival.budget_s
        self.due_ns = due_ns
        self.spent_s = 0.0
        self.waited_s = 0.0
        self.failures = 0
        self.begun = False
        self.left = ""

    def live(self) -> Task:
        """The visit from its arrival to its end; it counts as dropped when nothing of it has left."""
        tally = self.scene.tally
        tally.online += 1
        try:
            yield from self._live(self.due_ns)
        finally:
            if self._is_latest:
                self.scene.present.pop(self.member, None)
            tally.online -= 1
            tally.dropped += not self.begun

    @property
    def _is_latest(self) -> bool:
        """Whether the member has not begun another visit meanwhile."""
        return self.scene.present.get(self.member, self.number) == self.number

    def _live(self, due_ns: int) -> Task:
        scene, key = self.scene, self.visit.key
        self._record("session_start", due_ns)
        if self.account is STRANGER:
            due_ns = yield from self._join(due_ns)
        if not (self.resumed or self.left) and self.mind.reads_notifications and scene.may("notifications"):
            request = scene.adapter.read("notifications", self.account, scene.scenario.platform.page_size)
            reply = yield from self._call(request, due_ns, key)
            self._record("notifications", reply.answer.end_ns, reply)
            due_ns = reply.answer.end_ns
            seen = scene.adapter.seen(self.account)
            if reply.ok and seen is not None:
                due_ns = (yield from self._call(seen, due_ns, fold(key, 41))).answer.end_ns
        while not self.left:
            due_ns = yield from self._read_page(due_ns)
            if self.spent_s >= self.budget_s or (self.caused and not self._is_latest):
                break  # a visit of the member's own accord takes the place of one that was caused
            yield due_ns
        self._end(due_ns)

    def _join(self, due_ns: int) -> Step:
        """Sign up; who cannot ends the visit, and tries again when it next comes."""
        account, due_ns = yield from join(self.scene, self.member, self._call, due_ns, self.visit.key)
        self.account = account or STRANGER
        self.left = "" if account else "failed"
        return due_ns

    def _end(self, at_ns: int) -> None:
        scene = self.scene
        self._record("session_end", at_ns, outcome=self.left or "ok")
        scene.floors[self.member] = scene.epoch_s + (at_ns - scene.clock.origin_ns) / 1e9
        key, settings = self.visit.key, scene.scenario.feedback
        scene.note_end(self.member, self.left, self.due_ns, at_ns)
        if self.left and feedback.never_returns(key, settings):
            scene.left_at_s[self.member] = scene.clock.scenario_s(at_ns)
        elif feedback.skips_next(key, self.waited_s / max(self.visit.page, 1), settings):
            scene.skipping.add(self.member)

    def _read_page(self, due_ns: int) -> Step:
        """Read one page, react to what it shows, perhaps post; when the next page is due."""
        scene = self.scene
        plan = self.mind.plan_page()
        self.visit.page += 1
        feed, words = self._feed(plan)
        patience_s = feedback.patience_within_s(
            scene.scenario.load.timeout, plan.key, scene.scenario.feedback
        )
        reply = yield from self._call(self._request(feed, words), due_ns, plan.key, patience_s, feed)
        self._record(feed, reply.answer.end_ns, reply)
        items = self.scroll.unseen(feed, reply.value, plan.items, self.account.id) if reply.ok else []
        self.visit.exhausted = self.scroll.exhausted
        latency_s = max(0, reply.answer.end_ns - due_ns) / 1e9
        now_ns = reply.answer.end_ns
        if items:
            now_ns = yield from self._examine_all(plan, feed, items, now_ns)
        else:
            now_ns += scene.clock.wall_ns(plan.think_s)
        if reply.ok and plan.may_post:
            now_ns = yield from self._create(plan, now_ns)
        extra_s = feedback.extra_think_s(latency_s, scene.scenario.feedback)
        self.spent_s += plan.think_s + extra_s
        self.waited_s += latency_s
        return now_ns + scene.clock.wall_ns(extra_s)

    def _feed(self, plan: PagePlan) -> tuple[str, str]:
        """Which feed a page shows, and the words of a search; without trends members search to discover."""
        scene, feed = self.scene, ACTIONS[plan.read]
        if feed == TRENDS and scene.may(TRENDS):
            return TRENDS, ""
        if feed == HOME or not scene.may(SEARCH):
            return HOME, ""
        topic, topics = plan.topic, scene.scenario.content.topics
        if topic < 0:
            topic = behaviour.topic_of_interest(fold(plan.key, 13), *self.mind.exact.topics, topics=topics)
        return SEARCH, topic_word(topic)

    def _request(self, feed: str, words: str) -> Request:
        cursor, size = self.scroll.cursor if feed == HOME else "", self.scene.scenario.platform.page_size
        return self.scene.adapter.read(feed, self.account, size, cursor, words)

    def _examine_all(self, plan: PagePlan, feed: str, items: list[Item], now_ns: int) -> Step:
        """Look at each item for a while; send what the member does about it."""
        scene = self.scene
        dwell_ns = scene.clock.wall_ns(plan.think_s / (len(items) + 1))
        fervour = scene.fervour(now_ns)
        rows, liked = [scene.sights.row(item) for item in items], [item.likes > 0 for item in items]
        noticed = self.mind.notices(plan, scene.sights.table, rows, liked, fervour)
        is_sampled = self.member in scene.sampled
        for position, item in enumerate(items):
            now_ns += dwell_ns
            if is_sampled:
                t, address = scene.clock.scenario_s(now_ns), number(item.root)
                scene.recorder.exposure(t, self.member, number(item.id), address, position, feed)
            if noticed >> position & 1:
                now_ns = yield from self._consider(plan, item, position, fervour, now_ns)
        return now_ns + dwell_ns

    def _consider(self, plan: PagePlan, item: Item, position: int, fervour: Floats, now_ns: int) -> Step:
        """Do something about an item, or nothing."""
        scene = self.scene
        sight = scene.sights.of(item)
        shown = Shown(
            sight.address,
            sight.topic,
            sight.traits,
            scene.age_s(item, now_ns),
            bool(item.reposted_by),
            item.reposts,
            item.likes,
            scene.offence(item.author),
            float(fervour[sight.topic]),
        )
        reaction = self.mind.react(plan, position, shown)
        if reaction.action == behaviour.UNFOLLOW:
            return (yield from self._unfollow(reaction.address, item, now_ns))
        if reaction.action != behaviour.NOTHING:
            return (yield from self._react(reaction, item, position, now_ns))
        return now_ns

    def _react(self, reaction: Reaction, item: Item, position: int, now_ns: int) -> Step:
        """Like, repost, reply, quote or report, and perhaps follow the author."""
        scene, key, action = self.scene, reaction.address, ACTIONS[reaction.action]
        if not scene.may(action) or (action == "repost" and scene.has_reposted(self.member, item.root)):
            return now_ns
        yield now_ns
        deed = self._deed(item, position)
        if action == "reply":
            now_ns = yield from self._look("thread", item.root, now_ns, key, deed)
            draft = draft_of(scene, self.member, key, deed.topic, item)
            request = scene.adapter.write("reply", self.account, draft)
        elif action == "quote":
            draft = replace(draft_of(scene, self.member, key, deed.topic), quotes=item)
            request = scene.adapter.write("quote", self.account, draft)
        else:
            request = scene.adapter.act(action, self.account, item)
        makes = action not in ("like", "report")
        reply = yield from self._call(request, now_ns, key, None, action if makes else "")
        now_ns = reply.answer.end_ns
        if action in ("reply", "quote"):
            made = number(reply.value) if reply.ok else -1
            deed = deed._replace(post=made, root=made if action == "quote" else deed.root)
        seq = self._record(action, now_ns, reply, deed)
        if reply.ok and makes and reply.value not in ("", item.root):
            scene.recorder.made(reply.value, seq)
        if action == "repost" and reply.ok:
            scene.note_repost(self.member, item.root)
        if action == "reply" and reply.ok:
            scene.note_made("reply", self.member, reply.value, reply.answer)
        if reply.ok and action not in ("quote", "report"):
            scene.note_reaction(action, self.member, item.root)
        return (yield from self._follow(key, item, now_ns)) if reaction.follows else now_ns

    def _follow(self, key: Any, item: Item, now_ns: int) -> Step:
        """Open the author's profile and follow it."""
        scene = self.scene
        if scene.follows(self.member, item.author) or not scene.may("follow"):
            return now_ns
        deed = Deed(author=scene.member_of(item.author))
        now_ns = yield from self._look("profile", item.author, now_ns, key, deed)
        request = scene.adapter.act("follow", self.account, item)
        reply = yield from self._call(request, now_ns, key)
        self._record("follow", reply.answer.end_ns, reply, deed)
        if reply.ok:
            scene.note_follow(self.member, item.author)
        return reply.answer.end_ns

    def _unfollow(self, key: Any, item: Item, now_ns: int) -> Step:
        """Stop following an item's author."""
        scene = self.scene
        if not scene.follows(self.member, item.author) or not scene.may("unfollow"):
            return now_ns
        try:
            request = scene.adapter.act("unfollow", self.account, item)
        except PlatformError:  # the feed was made before the follow: the platform showed none to undo
            return now_ns
        yield now_ns
        reply = yield from self._call(request, now_ns, key)
        now_ns = reply.answer.end_ns
        self._record("unfollow", now_ns, reply, Deed(author=scene.member_of(item.author)))
        if reply.ok:
            scene.note_follow(self.member, item.author, follows=False)
        return now_ns

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

    def _create(self, plan: PagePlan, now_ns: int) -> Step:
        """Post, or ask for an AI image to post, at the end of a page."""
        scene = self.scene
        creation = self.mind.create(plan)
        if creation is None:
            return now_ns
        draft = draft_of(scene, self.member, plan.key, creation.topic)
        if creation.image and scene.may("generate"):
            errand = image_errand(scene, self.number, self.account, plan.key, draft, creation.topic, now_ns)
            scene.send_errand(self.member, now_ns, errand)
            return now_ns
        yield now_ns
        return (yield from self._post(plan.key, draft, creation.topic, now_ns))

    def _post(self, key: Any, draft: Draft, topic: int, now_ns: int) -> Step:
        scene = self.scene
        request = scene.adapter.write("post", self.account, draft)
        reply = yield from self._call(request, now_ns, key, None, "post")
        post = number(reply.value) if reply.ok else -1
        deed = Deed(post=post, root=post, author=self.member, topic=topic)
        seq = self._record("post", reply.answer.end_ns, reply, deed)
        if reply.ok:
            scene.recorder.made(reply.value, seq)
            scene.note_post(self.member, post, scene.clock.scenario_s(reply.answer.end_ns))
            scene.note_made("post", self.member, reply.value, reply.answer)
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
        elif reply.outcome not in ("unsupported", "gone"):
            self.failures += 1
            if feedback.ends_visit(self.failures, scene.scenario.feedback):
                self.left = "failed"
        return reply

    def _reader(self, action: str) -> Any:
        adapter = self.scene.adapter
        if not action:
            return None
        if action in ("post", "reply", "repost", "quote"):
            return lambda answer: adapter.made(action, answer)
        return lambda answer: adapter.page(action, answer)

    def _deed(self, item: Item, position: int) -> Deed:
        scene = self.scene
        sight = scene.sights.of(item)
        return Deed(
            post=number(item.id),
            root=sight.address,
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
