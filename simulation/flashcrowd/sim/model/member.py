"""One member as one Mesa agent, in plain Python: the readable definition of what a visit is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import mesa

from flashcrowd.core.clock import TICK
from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.sim import agenda, behaviour, discovery, reunion, session
from flashcrowd.sim.items import Intention, Item, plain
from flashcrowd.sim.member import Member, PagePlan, Shown, Visit

if TYPE_CHECKING:
    from flashcrowd.sim.model.social import SocialModel

LAST_INSTANT: Final = TICK - 0.001
"""Actions of a page stay inside its tick."""


class MemberAgent(mesa.Agent):
    """One member on the offline platform.

    Subclass it to try another behaviour on a small world: `SocialModel(…, engine="agents",
    member_class=Mine)`.
    """

    def __init__(self, model: "SocialModel", number: int) -> None:
        super().__init__(model)
        self.number = number
        self.mind = Member(model.world, number)
        self.platform = model.platform
        self.persona = model.world.population.personas[model.world.population.persona[number]].name
        self.visit: Visit | None = None
        self.left: Visit | None = None
        """The visit that ended in this tick."""
        self.floor = 0
        """Items made before the end of the last visit are old."""
        self.decided: dict[int, bool] = {}
        """Author -> whether it has decided to follow it; the platform knows from the next tick on."""

    def begin(self, t: float, reason: int) -> None:
        """Begin a visit at scenario time `t`; `reason`: of `agenda`."""
        self.visit = self.mind.begin(t, reason)

    def live(self, visit: Visit, tick: int) -> Iterator[Intention]:
        """What the member does in a tick of its visit: read pages, react, post, leave when the time is
        spent."""
        if visit.page == 0:
            yield plain(visit.next, self.number, "session_start", visit.key)
            if visit.reason == agenda.JOINING:
                yield plain(visit.next, self.number, "signup", visit.key)
            if session.reads_notifications(visit.key):
                yield plain(visit.next, self.number, "notifications", visit.key)
            yield from self.find_again(visit)
        while visit.next < (tick + 1) * TICK:
            if visit.next >= visit.end:
                yield plain(visit.next, self.number, "session_end", visit.key)
                self.floor = self.platform.visible
                self.visit, self.left = None, visit
                return
            page = self.mind.plan_page(visit)
            yield from self.read(visit, page, tick * TICK + LAST_INSTANT)
            visit.page += 1
            visit.next = min(visit.next + page.think_s, visit.end)

    def find_again(self, visit: Visit) -> Iterator[Intention]:
        """Look for one of those whom the member followed elsewhere, and follow it if it is here."""
        ties, finds = self.model.world.ties, self.model.scenario.migration.finds
        missed = () if ties is None else ties.missed.followees_of(self.number)
        if not len(missed) or not reunion.looks_for_somebody(visit.key, finds):
            return
        found = int(missed[reunion.whom(visit.key, len(missed))])
        if self.model.is_there(found) and not self.follows(found):
            self.decided[found] = True
            yield plain(visit.next, self.number, "profile", visit.key, found)
            yield plain(visit.next, self.number, "follow", visit.key, found)

    def read(self, visit: Visit, page: PagePlan, last: float) -> Iterator[Intention]:
        """Read one page, react to what it shows, and perhaps post."""
        t = visit.next
        yield plain(t, self.number, page.read, page.key)
        if page.read == session.HOME:
            items = self.platform.home(self.number, t, self.floor, visit.shown, page.items, page.key)
            visit.exhausted = len(items) < page.items
        else:
            sought = discovery.TRENDING if page.read == session.TRENDS else page.topic
            items = self.platform.discover(page.key, self.number, t, visit.shown, page.items, sought)
        for position, item in enumerate(items):
            at = min(t + page.think_s * (position + 1) / (len(items) + 1), last)
            visit.shown.append(item.root)
            self.model.note_exposure(at, self.number, item, position, page.read)
            yield from self.react(at, page, visit, item, position)
        yield from self.create(min(t + page.think_s, last), page, visit)

    def react(self, t: float, page: PagePlan, visit: Visit, item: Item, position: int) -> Iterator[Intention]:
        """What the member does about one item that it is shown."""
        root = self.platform.items[item.root]
        second_hand = item is not root
        shown = Shown(
            root.address,
            root.topic,
            root.drawn_traits,
            t - root.t,
            second_hand,
            root.reposts,
            root.likes,
            self.platform.offence(root),
            float(self.platform.fervour[root.topic]) * root.zeal,
        )
        reaction = self.mind.react(page, visit, position, shown)
        if reaction.action == behaviour.NOTHING:
            return
        if reaction.action == behaviour.REPOST and self.platform.has_reposted(self.number, root.number):
            return
        if reaction.action == behaviour.UNFOLLOW:
            if self.follows(root.author):
                self.decided[root.author] = False
                yield plain(t, self.number, "unfollow", reaction.address, root.author)
            return
        if reaction.action == behaviour.REPLY:
            yield self.about(t, ACTION_CODE["thread"], reaction.address, item, root, position)
        yield self.about(t, reaction.action, reaction.address, item, root, position)
        if reaction.follows and not self.follows(root.author):
            self.decided[root.author] = True
            yield plain(t, self.number, "profile", reaction.address, root.author)
            yield plain(t, self.number, "follow", reaction.address, root.author)

    def follows(self, author: int) -> bool:
        """Whether it follows an author, or has decided to."""
        return self.decided.get(author, self.platform.follows(self.number, author))

    def create(self, t: float, page: PagePlan, visit: Visit) -> Iterator[Intention]:
        """Post, or ask for an AI image to post."""
        creation = self.mind.create(page, visit)
        if creation is not None:
            yield Intention(
                t,
                self.number,
                ACTION_CODE["generate" if creation.image else "post"],
                page.key,
                author=self.number,
                topic=creation.topic,
                ai=creation.image,
                outcome=OUTCOME_CODE["blocked" if creation.blocked else "ok"],
            )

    def about(self, t: float, action: int, address: int, item: Item, root: Item, position: int) -> Intention:
        """An action on an item."""
        return Intention(
            t,
            self.number,
            action,
            address,
            post=root.number,
            root=root.number,
            cause=item.seq,
            author=root.author,
            position=position,
            topic=root.topic,
            ai=root.ai,
        )
