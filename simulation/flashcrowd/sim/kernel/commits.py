"""Commits: the rows of a tick applied in order. The only place that writes what members read."""

from typing import Any, Final

from flashcrowd.core import clock
from flashcrowd.core.clock import TICK
from flashcrowd.core.draws import fold
from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.sim import agenda, behaviour, content, discovery, generation, harm, notify
from flashcrowd.sim.compiled import hot, inner
from flashcrowd.sim.follows import audience, follower_at
from flashcrowd.sim.kernel.candidates import NONE_KEPT
from flashcrowd.sim.kernel.columns import N_CHANGES, N_ITEMS, N_ROWS, SEQ, WHEEL_USED
from flashcrowd.sim.kernel.marks import is_refused
from flashcrowd.sim.kernel.ties import LEFT, change
from flashcrowd.sim.kernel.wheel import push

POST: Final = ACTION_CODE["post"]
GENERATE: Final = ACTION_CODE["generate"]
FOLLOW: Final = ACTION_CODE["follow"]
OK: Final = OUTCOME_CODE["ok"]
ABANDONED: Final = OUTCOME_CODE["abandoned"]
BLOCKED: Final = OUTCOME_CODE["blocked"]


@inner
def make_item(s: Any, place: int, root: int) -> int:
    """Give the post, repost or reply in row `place` its number; `root` is -1 for an original."""
    row = s.rows[place]
    number = s.count[N_ITEMS]
    s.count[N_ITEMS] += 1
    item, link = s.items[number], s.links[number]
    link.root = number if root < 0 else root
    link.previous = -1
    item.author = row.member
    item.t = row.t
    item.seq = s.count[SEQ] + place
    item.topic = row.topic
    item.ai = row.ai
    item.likes = 0
    item.reposts = 0
    item.replies = 0
    row.post = number
    row.root = link.root
    return int(number)


@inner
def settle_original(s: Any, number: int) -> None:
    """Draw how an original spreads, and count the use of its topic."""
    item = s.items[number]
    address = harm.address(number, item.author, item.t, s.rules.by_author)
    key = fold(s.item_key, address)
    traits = content.item_traits(key, s.rules.appeal_sigma)
    appeal = traits.appeal
    if s.rules.marked:
        mark = s.marks[number]
        mark.address = address
        mark.reach = 1.0
        mark.zeal = 1.0
        mark.harmful = False
        if s.rules.governed:
            chance = harm.chance_of_harm(s.harm_share[item.author], item.ai, s.rules.harm_images)
            mark.harmful = harm.does_harm(key, chance)
        if mark.harmful:
            appeal *= s.rules.harm_appeal
    item.raw_appeal = traits.raw_appeal
    item.allure = behaviour.allure(traits.raw_appeal)
    item.appeal = appeal
    item.shelf_life_s = traits.shelf_life_s
    item.evergreen = traits.evergreen
    item.transfer = traits.transfer
    s.recent[item.topic] += 1.0
    s.usual[item.topic] += 1.0


@inner
def link_item(s: Any, number: int, u: int) -> None:
    """Put an item at the head of its author's chain, where feeds find it."""
    s.links[number].previous = s.newest[u]
    s.newest[u] = number
    s.lately[u >> 3] |= 1 << (u & 7)


@inner
def enter_pool(s: Any, root: int, u: int) -> None:
    """Put an original into the discovery pool of the cell of the member who passed it on."""
    cell, topic = u // discovery.CELL, s.items[root].topic
    s.ring[cell, topic, s.entered[cell, topic] % discovery.POOL] = root
    s.entered[cell, topic] += 1


@inner
def change_tie(s: Any, u: int, target: int) -> None:
    """Add a follow, or an unfollow (`target` = ~author), to the member's chain."""
    number = s.count[N_CHANGES]
    s.count[N_CHANGES] += 1
    link = s.changes[number]
    link.source = u
    link.target = target
    link.previous = s.members[u].changed
    s.members[u].changed = number
    if s.members[u].slot >= 0:
        s.visits[s.members[u].slot].kept_n = NONE_KEPT  # the candidates are others now


@inner
def queue_image(s: Any, place: int) -> None:
    """Put an image request into the queue, or let the member give up when the announced wait is too long."""
    row, rules = s.rows[place], s.rules
    begin = generation.begin_of_work(s.free_at, row.t)
    announced = begin - row.t + rules.generation_median_s
    if announced > behaviour.generation_patience(row.address, rules.patience_s):
        row.outcome = ABANDONED
        return
    work = behaviour.generation_time(
        row.address, rules.generation_median_s, rules.generation_sigma, rules.generation_cap_s
    )
    generation.occupy(s.free_at, begin + work)
    # What is ready inside the tick is posted at its end.
    ready = max(begin + work, (agenda.tick_of(row.t) + 1) * TICK)
    push(s, row.member, agenda.PUBLISH, ready, row.topic)


@inner
def push_to_followers(s: Any, number: int, u: int, t: float, pushes: int, key: Any) -> None:
    """Bring back the followers that a post's notifications wake; dormant ones do not come."""
    many = audience(s.graph, u)
    for i in range(pushes):
        one = fold(key, i)
        follower = follower_at(s.graph, u, notify.follower_pushed(one, many))
        at = max(t + notify.push_delay(one), (agenda.tick_of(t) + 1) * TICK)
        hour = clock.hour_of_day(at, s.members[follower].offset_h)
        called = follower != u and notify.comes(one, hour, s.members[follower].keen)
        if called and change(s, follower, u) != LEFT:
            push(s, follower, agenda.BEGIN, at, agenda.PUSHED)


@hot
def commit(s: Any, first: int) -> int:
    """Apply the rows of a tick in order, from row `first` on; the row at which room ran out, or the end."""
    for place in range(first, s.count[N_ROWS]):
        row = s.rows[place]
        action, u, root = row.action, row.member, row.root
        if (action == POST or action == behaviour.REPOST or action == behaviour.QUOTE) and is_refused(
            s, u, row.t
        ):
            row.outcome = BLOCKED
        elif action == POST:
            key = fold(s.notify_key, harm.address(s.count[N_ITEMS], u, row.t, s.rules.by_author))
            pushes = notify.pushes(key, audience(s.graph, u), s.rules.push_share)
            if s.count[WHEEL_USED] + pushes > len(s.wheel):
                return place
            number = make_item(s, place, -1)
            settle_original(s, number)
            link_item(s, number, u)
            push_to_followers(s, number, u, row.t, pushes, key)
        elif action == behaviour.REPOST:
            link_item(s, make_item(s, place, root), u)
            s.items[root].reposts += 1
            enter_pool(s, root, u)
        elif action == behaviour.QUOTE:
            number = make_item(s, place, -1)
            settle_original(s, number)
            link_item(s, number, u)
        elif action == behaviour.REPLY:
            make_item(s, place, root)
            s.items[root].replies += 1
        elif action == behaviour.LIKE:
            s.items[root].likes += 1
            if discovery.like_enters(row.address):
                enter_pool(s, root, u)
        elif action == FOLLOW:
            change_tie(s, u, row.author)
        elif action == behaviour.UNFOLLOW:
            change_tie(s, u, ~row.author)
        elif action == GENERATE and row.outcome == OK:
            if s.count[WHEEL_USED] == len(s.wheel):
                return place
            queue_image(s, place)
    return int(s.count[N_ROWS])
