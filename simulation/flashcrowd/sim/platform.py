"""The offline platform in plain Python: items, feeds, discovery, the image queue. The readable definition.

It serves what was made before the current tick, and applies what members intend when the tick is over.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from flashcrowd.core.clock import TICK
from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.core.events import ACTIONS, OUTCOME_CODE
from flashcrowd.core.scenario import Scenario
from flashcrowd.core.timeline import Switch
from flashcrowd.core.trends import Uses, trending
from flashcrowd.sim import behaviour, content, discovery, generation, harm
from flashcrowd.sim.agenda import BEGIN, PUBLISH, PUSHED, tick_of
from flashcrowd.sim.items import Entry, Intention, Item
from flashcrowd.sim.moderation import desk_of, posts_of
from flashcrowd.sim.population import harm_shares
from flashcrowd.sim.rankers import RANKERS, out_of_network
from flashcrowd.sim.switching import switched
from flashcrowd.sim.waking import woken
from flashcrowd.sim.world import World

CANDIDATES: Final = 40
"""Newest unseen items that a home feed orders."""

SPREADING: Final = ("post", "repost", "quote")
"""What a limited account may do only now and then."""


class OfflinePlatform:
    """Items and feeds of one world.

    Attributes:
        items: every post, repost and reply, in order of making.
        visible: how many of them were made before the current tick.
        made_by: member -> numbers of its posts and reposts, oldest first.
        followed: member -> whom it has followed during the run.
        unfollowed: member -> whom it has unfollowed of those it followed before.
        rows: rows of `actions` made so far.
        fervour: factor on reactions in each topic in the current tick.
        uses: of the topics as hashtags of originals.
        trending: topics that trend in the current tick.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.rules = world.scenario
        self.score = RANKERS.get(world.scenario.platform.ranker)
        self._wanted_strangers = strangers_of(world.scenario)
        self.item_key = root_key(world.scenario.seed, Purpose.ITEM)
        self._notify_key = root_key(world.scenario.seed, Purpose.NOTIFY)
        self.items: list[Item] = []
        self.visible = 0
        self.rows = 0
        self.fervour = world.programme.fervour(0.0, world.scenario.content.topics)
        self.uses = Uses(world.scenario.content.topics)
        self.trending: list[int] = []
        self.made_by: dict[int, list[int]] = {}
        self.followed: dict[int, set[int]] = {}
        self.unfollowed: dict[int, set[int]] = {}
        self._pools: dict[tuple[int, int], list[int]] = {}
        self._free_at = [0.0] * world.scenario.generation.slots_for(world.population.size)
        self.desk = desk_of(world.scenario)
        self._harm_shares = harm_shares(world.population, world.scenario)
        self._limited: set[int] = set()
        self._posted: list[Item] = []
        self._reported: list[tuple[Item, float]] = []

    def home(
        self, member: int, t: float, floor: int, shown: Iterable[int], wanted: int, key: int = 0
    ) -> list[Item]:
        """The best `wanted` of the newest unseen items by those whom the member follows, one copy of each
        original, and of what the ranker takes from strangers. `key` is the page's."""
        newest: dict[int, Item] = {}
        for item in sorted(self._unseen(member, floor, set(shown)), key=lambda item: -item.number):
            newest.setdefault(item.root, item)
        found = list(newest.values())[:CANDIDATES]
        strangers = self._strangers(key, member, t, shown, found) if wanted else []
        feed = found[: CANDIDATES - len(strangers)]
        found = [item for item in feed if not self._is_withheld(key, item)] + strangers
        luck = fold(key, 14)
        return sorted(found, key=lambda item: (-self._score(member, t, item, luck), -item.number))[:wanted]

    def _strangers(
        self, key: int, member: int, t: float, shown: Iterable[int], feed: list[Item]
    ) -> list[Item]:
        """Originals from discovery that are not in the feed."""
        if not self._wanted_strangers:
            return []
        there = {item.root for item in feed}
        found = self.discover(key, member, t, shown, self._wanted_strangers)
        return [item for item in found if item.number not in there]

    def discover(
        self,
        key: int,
        member: int,
        t: float,
        shown: Iterable[int],
        wanted: int,
        topic: int = discovery.INTERESTING,
    ) -> list[Item]:
        """Originals from the discovery pools that the member has not been shown in this visit.

        Of one topic, or of those that `discovery.INTERESTING` or `TRENDING` stands for.
        """
        found: list[Item] = []
        for i in range(wanted * discovery.TRIES):
            item = self._pool_entry(fold(fold(key, 10), i), member, t, topic)
            if item is None or item.author == member or item.number in shown or item in found:
                continue
            if self._is_withheld(key, item):
                continue
            found.append(item)
            if len(found) == wanted:
                break
        return found

    def follows(self, member: int, author: int) -> bool:
        """Whether the member follows the author."""
        return author in self.followed.get(member, ()) or (
            self._followed_before(member, author) and author not in self.unfollowed.get(member, ())
        )

    def _followed_before(self, member: int, author: int) -> bool:
        followees = self.world.graph.followees_of(member)
        at = int(np.searchsorted(followees, author))
        return at < len(followees) and int(followees[at]) == author

    def has_reposted(self, member: int, root: int) -> bool:
        """Whether the member has made or passed on the original before this tick."""
        return any(self.items[number].root == root for number in self.made_by.get(member, []))

    def apply(self, intention: Intention) -> list[Entry]:
        """Carry out an intention; what will be due because of it."""
        seq, self.rows = self.rows, self.rows + 1
        if ACTIONS[intention.action] in SPREADING and self._is_refused(intention):
            intention.outcome = OUTCOME_CODE["blocked"]
            return []
        handler = getattr(self, f"_apply_{ACTIONS[intention.action]}", None)
        return (handler(intention, seq) or []) if handler else []

    def open_tick(self, t: float) -> None:
        """Let a tick begin at scenario time `t`, and what has been decided by then hold."""
        for event in self.world.programme.switches_in(tick_of(t)):
            self._switch(event, t)
        for change in self.desk.rule(t) if self.desk else ():
            item = self.items[change.post]
            item.reach, item.zeal = change.reach, change.zeal
            (self._limited.add if change.limited else self._limited.discard)(change.author)
        if tick_of(t) % discovery.TICKS_A_TREND == 0:
            self.trending = trending(self.uses.recent, self.uses.usual, discovery.TRENDS)
            self.uses.fade(discovery.TICKS_A_TREND * TICK)
        if self.world.programme.events:
            self.fervour = self.world.programme.fervour(t, self.world.scenario.content.topics)

    def _switch(self, event: Switch, t: float) -> None:
        """Let the rules hold that the operator switches to."""
        self.rules = switched(self.rules, event)
        self.score = RANKERS.get(self.rules.platform.ranker)
        self._wanted_strangers = strangers_of(self.rules)
        if self.desk is not None:
            self.desk.switch(self.rules.moderation, t)

    def close_tick(self) -> None:
        """Make what was made in the tick visible; bring it, and what was reported, before the desk."""
        self.visible = len(self.items)
        if self.desk is not None:
            if self._posted:
                self.desk.take(posts_of(self._posted))
            if self._reported:
                items, times = zip(*self._reported, strict=True)
                self.desk.take_reports(posts_of(items), np.array(times))
        self._posted, self._reported = [], []

    def _unseen(self, member: int, floor: int, shown: set[int]) -> Iterator[Item]:
        before = set(self.world.graph.followees_of(member).tolist())
        for followee in (before - self.unfollowed.get(member, set())) | self.followed.get(member, set()):
            for number in reversed(self.made_by.get(followee, [])):
                if number < floor:
                    break
                item = self.items[number]
                if item.root not in shown and self.items[item.root].author != member:
                    yield item

    def _score(self, member: int, t: float, item: Item, luck_key: int) -> float:
        root, people = self.items[item.root], self.world.population
        share = behaviour.interest(
            root.topic,
            people.main_topic[member],
            people.side_topic[member],
            people.own_topic[member],
            self.world.scenario.content.topics,
        )
        return float(
            self.score(
                t - item.t,
                root.likes,
                root.reposts,
                root.replies,
                share,
                uniform(fold(luck_key, root.address)),
            )
        )

    def _pool_entry(self, look: int, member: int, t: float, topic: int) -> Item | None:
        people, topics = self.world.population, self.world.scenario.content.topics
        cell = discovery.cell_visited(look, member, discovery.cells(people.size))
        trend = discovery.trend_visited(look) if topic == discovery.TRENDING else -1
        if 0 <= trend < len(self.trending):
            topic = self.trending[trend]
        if topic < 0:
            topic = behaviour.topic_of_interest(
                look, people.main_topic[member], people.side_topic[member], people.own_topic[member], topics
            )
        pool = self._pools.get((cell, int(topic)), [])
        if not pool:
            return None
        item = self.items[pool[-1 - discovery.entry_visited(look, min(len(pool), discovery.POOL))]]
        return item if discovery.takes_entry(look, t - item.t) else None

    def _make(self, wish: Intention, seq: int, root: int | None = None) -> Item:
        number = len(self.items)
        item = Item(number, number if root is None else root, wish.member, wish.t, seq, wish.topic, wish.ai)
        self.items.append(item)
        wish.post = number
        return item

    def _make_original(self, wish: Intention, seq: int) -> Item:
        item = self._make(wish, seq)
        wish.root = item.number
        self._draw_traits(item)
        self.made_by.setdefault(wish.member, []).append(item.number)
        self.uses.recent[item.topic] += 1.0
        self.uses.usual[item.topic] += 1.0
        return item

    def _draw_traits(self, item: Item) -> None:
        rules, share = self.world.scenario, float(self._harm_shares[item.author])
        by_author = rules.content.draws == "author"
        item.address = harm.address(item.number, item.author, item.t, by_author)
        key = fold(self.item_key, item.address)
        item.harmful = harm.does_harm(key, harm.chance_of_harm(share, item.ai, rules.harm.images))
        drawn = content.item_traits(key, rules.content.appeal_sigma)
        if item.harmful:
            drawn = drawn._replace(appeal=drawn.appeal * rules.harm.appeal)
        item.traits = content.Traits(*(float(np.float32(value)) for value in drawn))
        self._posted.append(item)

    def _is_withheld(self, key: int, item: Item) -> bool:
        root = self.items[item.root]
        return harm.is_withheld(key, root.address, root.reach)

    def _is_refused(self, wish: Intention) -> bool:
        """Whether a member may not post now, because its account is limited."""
        made = self.made_by.get(wish.member, [])
        if wish.member not in self._limited or not made:
            return False
        gap_s = self.rules.moderation.limit_gap
        return not harm.may_go_on(self.items[made[-1]].t, wish.t, gap_s)

    def offence(self, root: Item) -> float:
        """How readily an original is reported."""
        offence = float(self.world.propensities.offence[root.author])
        return offence * self.world.scenario.harm.offence if root.harmful else offence

    def _apply_report(self, wish: Intention, seq: int) -> None:
        self._reported.append((self.items[wish.root], wish.t))

    def _apply_post(self, wish: Intention, seq: int) -> list[Entry]:
        return list(self._pushes(self._make_original(wish, seq)))

    def _apply_quote(self, wish: Intention, seq: int) -> None:
        self._make_original(wish, seq)

    def _apply_repost(self, wish: Intention, seq: int) -> None:
        item = self._make(wish, seq, wish.root)
        self.made_by.setdefault(wish.member, []).append(item.number)
        self.items[wish.root].reposts += 1
        self._enter_pool(wish.root, wish.member)

    def _apply_reply(self, wish: Intention, seq: int) -> None:
        self._make(wish, seq, wish.root)
        self.items[wish.root].replies += 1

    def _apply_like(self, wish: Intention, seq: int) -> None:
        self.items[wish.root].likes += 1
        if discovery.like_enters(wish.address):
            self._enter_pool(wish.root, wish.member)

    def _apply_follow(self, wish: Intention, seq: int) -> None:
        if self._followed_before(wish.member, wish.author):
            self.unfollowed[wish.member].discard(wish.author)
        else:
            self.followed.setdefault(wish.member, set()).add(wish.author)

    def _apply_unfollow(self, wish: Intention, seq: int) -> None:
        if self._followed_before(wish.member, wish.author):
            self.unfollowed.setdefault(wish.member, set()).add(wish.author)
        else:
            self.followed[wish.member].discard(wish.author)

    def _apply_generate(self, wish: Intention, seq: int) -> list[Entry]:
        """Queue the image, or let the member give up when the announced wait is too long."""
        if wish.outcome != OUTCOME_CODE["ok"]:
            return []
        images = self.world.scenario.generation
        begin = generation.begin_of_work(self._free_at, wish.t)
        if begin - wish.t + images.median > behaviour.generation_patience(wish.address, images.patience):
            wish.outcome = OUTCOME_CODE["abandoned"]
            return []
        work = behaviour.generation_time(wish.address, images.median, images.sigma, images.cap)
        generation.occupy(self._free_at, begin + work)
        ready = max(begin + work, (tick_of(wish.t) + 1) * TICK)
        return [Entry(wish.member, PUBLISH, ready, wish.topic)]

    def _pushes(self, item: Item) -> Iterator[Entry]:
        """The visits of followers that a post's notifications cause."""
        for follower, at in woken(self.world, fold(self._notify_key, item.address), item.author, item.t):
            if item.author not in self.unfollowed.get(follower, ()):
                yield Entry(follower, BEGIN, at, PUSHED)

    def _enter_pool(self, root: int, member: int) -> None:
        self._pools.setdefault((member // discovery.CELL, self.items[root].topic), []).append(root)


def strangers_of(scenario: Scenario) -> int:
    """Candidates of a home page that are from strangers."""
    share = out_of_network(scenario.platform.ranker, scenario.platform.out_of_network)
    return int(share * CANDIDATES)
