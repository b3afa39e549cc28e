"""Members who decide as `member.Member` does, by compiled code wherever it is asked often.

A live session would spend more on asking `Member` about every page and item than on sending its requests.
Here one call plans several pages, and one looks over all items of a page, by the same functions. What is left
to `Member` is what happens seldom: a reaction, a post.
"""

from math import inf
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flashcrowd.core.draws import Purpose, fold, uniform
from flashcrowd.sim import agenda, behaviour, notify, session
from flashcrowd.sim.compiled import compiled_key, hot
from flashcrowd.sim.member import ANY, Creation, Member, PagePlan, Reaction, Shown, Visit
from flashcrowd.sim.population import Floats
from flashcrowd.sim.world import World

AHEAD: Final = 8
"""Pages planned in one call."""

ROUNDING: Final = 1.000001
"""How much likelier than it is a post is thought to be, so that compiled and plain arithmetic cannot differ:
`Member` decides in the end."""

LONGEST_PAGE: Final = 62
"""Most items of a page: one bit each; platforms show 40 at most."""

EVERYTHING: Final = (1 << LONGEST_PAGE) - 1
"""Every item of a page, as `QuickMember.notices` says it."""

MIND: Final = np.dtype(
    [
        ("key", "u8"),
        *((name, "f8") for name in ("pace", "posting_mood", "engaging_mood", "posts_per_page")),
        *((name, "f8") for name in ("repost", "like", "reply", "divided")),
        *((name, "i4") for name in ("main_topic", "side_topic", "own_topic")),
        ("reads_notifications", "?"),
    ]
)
"""What compiled code needs to know of a member and of its visit."""

PAGE: Final = np.dtype(
    [
        ("key", "u8"),
        ("fresh", "i4"),
        ("exhausted", "i4"),
        ("items", "i4"),
        ("think_s", "f8"),
        ("topic", "i4"),
        ("may_post", "?"),
    ]
)
"""A page to come: as `PagePlan`; which feed is read while home is `fresh`, and once it is `exhausted`."""

SIGHT: Final = np.dtype(
    [("key", "u8"), ("topic", "i4"), ("appeal", "f8"), ("transfer", "f8"), ("allure", "f8")]
)
"""What is known of an original as soon as it is seen, the same for everybody; `key`: of its draws."""

RULES: Final = np.dtype(
    [
        ("topics", "i4"),
        *((name, "f8") for name in ("think_s", "items_per_page", "discovery_share", "social_proof")),
        *((name, "f8") for name in ("repost", "like", "answer", "report", "unfollow")),
    ]
)
"""The numbers of a scenario that go into it; `answer`: rates of replies and quotes."""


@hot
def _wake(
    mind: Any,
    key: Any,
    u: int,
    t: float,
    pushed: bool,
    degree: int,
    posts_per_page: Any,
    repost: Any,
    like: Any,
    reply: Any,
    main_topic: Any,
    side_topic: Any,
    own_topic: Any,
) -> None:
    """Write down what a member is like, and its visit that begins at scenario time `t`."""
    me, visit = mind[0], session.session_key(key, u, t)
    me.key = visit
    me.pace = session.pace(visit)
    me.posting_mood = notify.visit_mood(session.posting_mood(visit), pushed)
    me.engaging_mood = session.engaging_mood(visit)
    me.reads_notifications = session.reads_notifications(visit)
    me.posts_per_page, me.repost, me.like, me.reply = posts_per_page[u], repost[u], like[u], reply[u]
    me.main_topic, me.side_topic, me.own_topic = main_topic[u], side_topic[u], own_topic[u]
    me.divided = behaviour.divided_attention(degree)


@hot
def _plan(pages: Any, first: int, mind: Any, rules: Any) -> None:
    """Plan the pages of a visit from number `first` on."""
    me, law = mind[0], rules[0]
    chance = ROUNDING * behaviour.post_probability(me.posts_per_page, me.posting_mood)
    for i in range(len(pages)):
        page, number = pages[i], first + i
        key = session.page_key(me.key, number)
        page.key = key
        page.fresh = session.page_read(key, number, False, law.discovery_share, False)
        page.exhausted = session.page_read(key, number, True, law.discovery_share, False)
        page.items = session.items_examined(key, law.items_per_page * me.pace)
        page.think_s = session.think_time(key, law.think_s)
        page.topic = behaviour.topic_of_interest(
            fold(key, 13), me.main_topic, me.side_topic, me.own_topic, law.topics
        )
        page.may_post = behaviour.posts(key, chance)


@hot
def _notice(
    items: int, rows: Any, likes: Any, high: int, low: int, sights: Any, fervour: Any, mind: Any, rules: Any
) -> int:
    """Which items of a page a member might do something about: bit `i` for the one at position `i`.

    The page's key comes in two halves, for numba takes Python's numbers only up to 2**63.
    """
    me, law = mind[0], rules[0]
    key = (np.uint64(high) << np.uint64(32)) | np.uint64(low)
    noticed = 0
    for position in range(items):
        sight = sights[rows[position]]
        draw = uniform(fold(key, sight.key))
        share = behaviour.interest(sight.topic, me.main_topic, me.side_topic, me.own_topic, law.topics)
        attended = behaviour.attention(position, me.divided, behaviour.match(share), me.engaging_mood)
        proof = behaviour.social_proof(law.social_proof, likes[position])
        ceiling = behaviour.reaction_ceiling(
            attended * fervour[sight.topic],
            law.repost * me.repost,
            sight.appeal,
            sight.transfer,
            proof * law.like * me.like + law.answer * me.reply,
            sight.allure,
        )
        if draw < ceiling or behaviour.may_object(draw, law.report, law.unfollow):
            noticed |= 1 << position
    return noticed


class QuickMembers:
    """The members of a world, ready to begin visits."""

    def __init__(self, world: World) -> None:
        scenario, people, willing = world.scenario, world.population, world.propensities
        rates = scenario.reactions
        self.world = world
        self.bounded = not world.decisions.digest  # what holds for our functions need not for the user's
        self.rules = np.array(
            [
                (
                    scenario.content.topics,
                    scenario.sessions.think,
                    scenario.sessions.items_per_page,
                    scenario.platform.discovery_share,
                    rates.social_proof,
                    rates.repost,
                    rates.like,
                    rates.reply + rates.quote,
                    rates.report,
                    rates.unfollow,
                )
            ],
            RULES,
        )
        self.pages = np.zeros(AHEAD, PAGE)
        self.rows = np.zeros(LONGEST_PAGE, np.int64)
        self.likes = np.zeros(LONGEST_PAGE, np.int64)
        self._key = compiled_key(scenario.seed, Purpose.SESSION)
        self._columns = (
            *(willing.posts_per_page, willing.repost, willing.like, willing.reply),
            *(people.main_topic, people.side_topic, people.own_topic),
        )

    def begin(self, number: int, t: float, reason: int = agenda.OWN) -> "QuickMember":
        """A member whose visit begins at scenario time `t`; see `Member.begin`."""
        mind = np.empty(1, MIND)
        degree = self.world.graph.degree_of(number)
        _wake(mind, self._key, number, float(t), reason == agenda.PUSHED, degree, *self._columns)
        return QuickMember(self, number, mind, t, reason)


class QuickMember:
    """One member in one visit."""

    __slots__ = ("_all", "_exact", "_mind", "_pages", "number", "reads_notifications", "visit")

    def __init__(self, members: QuickMembers, number: int, mind: Any, t: float, reason: int) -> None:
        self.number = number
        self._all = members
        self._mind = mind
        self._exact: Member | None = None
        self._pages: Any = []
        key, pace, posting, engaging, *_, self.reads_notifications = mind.tolist()[0]
        self.visit = Visit(key, inf, t, pace, posting, engaging, reason)

    @property
    def exact(self) -> Member:
        """The same member, deciding in plain Python."""
        if self._exact is None:
            self._exact = Member(self._all.world, self.number)
        return self._exact

    def plan_page(self) -> PagePlan:
        """The next page of the visit."""
        visit = self.visit
        if agenda.event_of(visit.reason) >= 0:
            return self.exact.plan_page(visit)
        ahead = visit.page % AHEAD
        if ahead == 0:
            _plan(self._all.pages, visit.page, self._mind, self._all.rules)
            self._pages = self._all.pages.tolist()
        key, fresh, exhausted, items, think_s, topic, may_post = self._pages[ahead]
        read = exhausted if visit.exhausted else fresh
        return PagePlan(
            *(key, read, items, think_s, topic if read == session.SEARCH else ANY),
            may_post=may_post or not self._all.bounded,
        )

    def notices(
        self, plan: PagePlan, sights: npt.NDArray[Any], rows: list[int], liked: list[bool], fervour: Floats
    ) -> int:
        """Which items of a page the member might do something about: bit `i` for the one at position `i`.

        About the others `react` would say `NOTHING`, at fifty times the cost.

        Args:
            sights: rows of `SIGHT`.
            rows: the items' places in it.
            liked: whether somebody likes them.
            fervour: see `Programme.fervour`.
        """
        if not self._all.bounded:
            return EVERYTHING
        everyone, items = self._all, len(rows)
        everyone.rows[:items] = rows
        everyone.likes[:items] = liked
        return _notice(
            *(items, everyone.rows, everyone.likes, plan.key >> 32, plan.key & 0xFFFFFFFF),
            *(sights, fervour, self._mind, everyone.rules),
        )

    def react(self, plan: PagePlan, position: int, shown: Shown) -> Reaction:
        """What the member does about an item at a feed position (0 = top)."""
        return self.exact.react(plan, self.visit, position, shown)

    def create(self, plan: PagePlan) -> Creation | None:
        """What the member posts on a page, if anything."""
        return self.exact.create(plan, self.visit) if plan.may_post else None


def make_ready(world: World) -> None:
    """Have everything compiled before the first member comes: where nothing is cached it takes seconds."""
    quick = QuickMembers(world).begin(0, 0.0)
    quick.notices(quick.plan_page(), np.zeros(1, SIGHT), [0], [False], np.ones(world.scenario.content.topics))
