"""The compiled engine: one tick of the whole society over columns.

A tick has three parts. `gather` takes what is due off the wheel and off the calendar, in `agenda.due_order`. `visit`
lets each member read and decide: it sees only what was made before the tick, writes nothing that others read, and
puts down its intentions as rows. `commit` applies the rows in order: items get their places in their authors'
chains, counts rise, images are queued, returns are put on the wheel.

Feeds are pulled: computed when a member looks, from the chains of recent items of those it follows. No inbox is kept.
"""

from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from flashcrowd.core.clock import TICK
from flashcrowd.core.draws import fold
from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.sim import agenda, behaviour, calendar, compiled, content, discovery, generation, session
from flashcrowd.sim.columns import (
    HORIZON,
    N_EXPOSURES,
    N_FOLLOWS,
    N_FREE_VISITS,
    N_ITEMS,
    N_ROWS,
    SEQ,
    VIEWS,
    WHEEL_FREE,
    WHEEL_USED,
)
from flashcrowd.sim.member import SHOWN
from flashcrowd.sim.rankers import RANKERS

compiled.prepare()

CANDIDATES: Final = 40
"""Newest unseen items that a home feed orders."""

ROOM: Final = 8 * session.MOST_ITEMS
"""Free rows asked for before a page: more than the beginning of a visit and two pages can make."""

POST: Final = ACTION_CODE["post"]
GENERATE: Final = ACTION_CODE["generate"]
FOLLOW: Final = ACTION_CODE["follow"]
THREAD: Final = ACTION_CODE["thread"]
PROFILE: Final = ACTION_CODE["profile"]
NOTIFICATIONS: Final = ACTION_CODE["notifications"]
SESSION_START: Final = ACTION_CODE["session_start"]
SESSION_END: Final = ACTION_CODE["session_end"]
OK: Final = OUTCOME_CODE["ok"]
BLOCKED: Final = OUTCOME_CODE["blocked"]
ABANDONED: Final = OUTCOME_CODE["abandoned"]
LAST_INSTANT: Final = TICK - 0.001
"""Actions of a page stay inside its tick."""


class Keys(NamedTuple):
    """Root keys of the purposes that compiled code draws for."""

    arrival: Any
    session: Any
    item: Any


class Rules(NamedTuple):
    """The numbers of a scenario that the kernel needs; times in scenario seconds."""

    topics: int
    budget_s: float
    think_s: float
    items_per_page: float
    discovery_share: float
    return_share: float
    appeal_sigma: float
    blocked: float
    generation_median_s: float
    generation_sigma: float
    generation_cap_s: float
    patience_s: float


@njit(cache=True)  # type: ignore[untyped-decorator]
def draw_slice(key: Any, slice_no: int, rate: Any, region: Any, profile: Any) -> Any:
    """Members and times of the sessions that begin in a half-hour slice, ordered by tick, then by member."""
    last = int(calendar.SLICE_S / TICK) - 1
    per_tick = np.zeros(last + 2, np.int64)
    begin = slice_no * calendar.SLICE_S
    for u in range(len(rate)):
        mean = calendar.slice_mean(rate[u], profile[region[u]])
        for number in range(calendar.arrivals(key, u, slice_no, mean)):
            t = calendar.arrival_time(key, u, slice_no, number)
            per_tick[min(agenda.tick_of(t - begin), last) + 1] += 1
    first = np.cumsum(per_tick)
    member = np.empty(first[-1], np.int32)
    times = np.empty(first[-1])
    fill = first.copy()
    for u in range(len(rate)):
        mean = calendar.slice_mean(rate[u], profile[region[u]])
        for number in range(calendar.arrivals(key, u, slice_no, mean)):
            t = calendar.arrival_time(key, u, slice_no, number)
            tick = min(agenda.tick_of(t - begin), last)
            at = fill[tick]
            fill[tick] += 1
            member[at] = u
            times[at] = t
    return first, member, times


@njit(cache=True)  # type: ignore[untyped-decorator]
def push(wheel: Any, count: Any, member: int, kind: int, t: float, arg: int) -> None:
    """Put an entry on the wheel; there must be room."""
    at = count[WHEEL_FREE]
    if at >= 0:
        count[WHEEL_FREE] = wheel.next[at]
    else:
        at = count[WHEEL_USED]
        count[WHEEL_USED] += 1
    wheel.member[at] = member
    wheel.kind[at] = kind
    wheel.t[at] = t
    wheel.arg[at] = arg
    bucket = agenda.tick_of(t) % HORIZON
    wheel.next[at] = wheel.head[bucket]
    wheel.head[bucket] = at


@njit(cache=True)  # type: ignore[untyped-decorator]
def gather(tick: int, wheel: Any, count: Any, arriving: Any, arriving_t: Any) -> Any:
    """Everything due in a tick, in order: four arrays (member, kind, t, arg)."""
    most = len(arriving)
    at = wheel.head[tick % HORIZON]
    while at >= 0:
        most += 1
        at = wheel.next[at]
    member = np.empty(most, np.int32)
    kind = np.empty(most, np.int8)
    t = np.empty(most)
    arg = np.empty(most, np.int64)
    n = len(arriving)
    for i in range(n):
        member[i], kind[i], t[i], arg[i] = arriving[i], agenda.BEGIN, arriving_t[i], -1
    at = wheel.head[tick % HORIZON]
    wheel.head[tick % HORIZON] = -1
    while at >= 0:
        after = wheel.next[at]
        if agenda.tick_of(wheel.t[at]) == tick:
            member[n], kind[n], t[n], arg[n] = wheel.member[at], wheel.kind[at], wheel.t[at], wheel.arg[at]
            n += 1
            wheel.next[at] = count[WHEEL_FREE]
            count[WHEEL_FREE] = at
        else:
            wheel.next[at] = wheel.head[tick % HORIZON]
            wheel.head[tick % HORIZON] = at
        at = after
    order_key = np.empty(n, np.int64)
    for i in range(n):
        order_key[i] = agenda.due_order(member[i], kind[i], t[i])
    order = np.argsort(order_key, kind="mergesort")
    return member[order], kind[order], t[order], arg[order]


@njit(cache=True)  # type: ignore[untyped-decorator]
def admit(due: Any, members: Any, visits: Any, count: Any, key: Any, rules: Any) -> None:
    """Give every visit that begins a row; a member who is already there does not come twice."""
    for i in range(len(due.member)):
        if due.kind[i] != agenda.BEGIN:
            continue
        u = due.member[i]
        if members.slot[u] >= 0:
            due.arg[i] = -1
            continue
        count[N_FREE_VISITS] -= 1
        slot = visits.free[count[N_FREE_VISITS]]
        members.slot[u] = slot
        due.arg[i] = slot
        own_key = session.session_key(key, u, due.t[i])
        visits.member[slot] = u
        visits.key[slot] = own_key
        visits.begin[slot] = due.t[i]
        visits.end[slot] = due.t[i] + session.time_budget(own_key, rules.budget_s)
        visits.next[slot] = due.t[i]
        visits.page[slot] = 0
        visits.pace[slot] = session.pace(own_key)
        visits.posting_mood[slot] = session.posting_mood(own_key)
        visits.engaging_mood[slot] = session.engaging_mood(own_key)
        visits.exhausted[slot] = False
        visits.shown_n[slot] = 0


@njit(cache=True)  # type: ignore[untyped-decorator]
def put(
    rows: Any, count: Any, t: float, member: int, action: int, post: int, root: int, cause: int, author: int,
    position: int, topic: int, ai: bool, outcome: int, address: Any,
) -> None:  # fmt: skip
    """Add a row; there must be room."""
    n = count[N_ROWS]
    rows.t[n] = t
    rows.member[n] = member
    rows.action[n] = action
    rows.post[n] = post
    rows.root[n] = root
    rows.cause[n] = cause
    rows.author[n] = author
    rows.position[n] = position
    rows.topic[n] = topic
    rows.ai[n] = ai
    rows.outcome[n] = outcome
    rows.address[n] = address
    count[N_ROWS] = n + 1


@njit(cache=True)  # type: ignore[untyped-decorator]
def put_plain(rows: Any, count: Any, t: float, member: int, action: int, author: int, address: Any) -> None:
    """Add a row that concerns no item."""
    put(rows, count, t, member, action, -1, -1, -1, author, -1, -1, False, OK, address)


@njit(cache=True)  # type: ignore[untyped-decorator]
def has_room(rows: Any, exposures: Any, count: Any) -> bool:
    """Whether the next page fits."""
    return len(rows.t) - count[N_ROWS] >= ROOM and len(exposures.t) - count[N_EXPOSURES] >= ROOM


@njit(cache=True)  # type: ignore[untyped-decorator]
def was_shown(root: int, shown: Any, shown_n: int) -> bool:
    """Whether the visit has shown the original already."""
    for i in range(min(shown_n, SHOWN)):  # noqa: SIM110  (a loop compiles to less than any())
        if shown[i] == root:
            return True
    return False


@njit(cache=True)  # type: ignore[untyped-decorator]
def take_chain(
    newest: int, u: int, floor: int, visible: int, items: Any, shown: Any, shown_n: int, found: Any, found_root: Any, n: int
) -> int:
    """Merge one author's unseen items into the newest `CANDIDATES`, one copy (the newest) of each original."""
    at = newest
    while at >= visible:
        at = items.previous[at]
    while at >= floor:
        if n == CANDIDATES and at < found[n - 1]:
            break
        root = items.root[at]
        if items.author[root] != u and not was_shown(root, shown, shown_n):
            n = _insert(at, root, found, found_root, n)
        at = items.previous[at]
    return n


@njit(cache=True)  # type: ignore[untyped-decorator]
def _insert(item: int, root: int, found: Any, found_root: Any, n: int) -> int:
    for i in range(n):
        if found_root[i] == root:
            if found[i] >= item:
                return n
            while i > 0 and found[i - 1] < item:
                found[i], found_root[i] = found[i - 1], found_root[i - 1]
                i -= 1
            found[i], found_root[i] = item, root
            return n
    if n < CANDIDATES:
        n += 1
    i = n - 1
    while i > 0 and found[i - 1] < item:
        found[i], found_root[i] = found[i - 1], found_root[i - 1]
        i -= 1
    found[i], found_root[i] = item, root
    return n


@njit(cache=True)  # type: ignore[untyped-decorator]
def candidates(
    u: int, visible: int, members: Any, follows: Any, items: Any, shown: Any, shown_n: int, found: Any, found_root: Any
) -> int:
    """The newest unseen items of those whom a member follows, newest first; how many there are."""
    floor = members.floor[u]
    n = 0
    for i in range(members.start[u], members.start[u + 1]):
        at = members.newest[members.followees[i]]
        if at >= floor:
            n = take_chain(at, u, floor, visible, items, shown, shown_n, found, found_root, n)
    link = members.added[u]
    while link >= 0:
        at = members.newest[follows.target[link]]
        if at >= floor:
            n = take_chain(at, u, floor, visible, items, shown, shown_n, found, found_root, n)
        link = follows.previous[link]
    return n


@njit(cache=True)  # type: ignore[untyped-decorator]
def discovered(
    key: Any, u: int, t: float, wanted: int, members: Any, items: Any, pools: Any, rules: Any, shown: Any, shown_n: int,
    found: Any,
) -> int:  # fmt: skip
    """Originals that a discovery page shows, in `found`; how many there are."""
    n = 0
    cells, topics, size = pools.ring.shape
    for i in range(wanted * discovery.TRIES):
        look = fold(fold(key, 10), i)
        cell = discovery.cell_visited(look, u, cells)
        topic = behaviour.topic_of_interest(
            look, members.main_topic[u], members.side_topic[u], members.own_topic[u], topics
        )
        entered = pools.entered[cell, topic]
        if entered == 0:
            continue
        back = discovery.entry_visited(look, min(entered, size))
        root = pools.ring[cell, topic, (entered - 1 - back) % size]
        if items.author[root] == u or was_shown(root, shown, shown_n):
            continue
        if not discovery.takes_entry(look, t - items.t[root]):
            continue
        twice = False
        for j in range(n):
            twice = twice or found[j] == root
        if not twice:
            found[n] = root
            n += 1
            if n == wanted:
                break
    return n


@njit(cache=True)  # type: ignore[untyped-decorator]
def has_reposted(u: int, root: int, members: Any, items: Any) -> bool:
    """Whether the member has passed on the original before: its own chain knows."""
    at = members.newest[u]
    while at >= root:
        if items.root[at] == root:
            return True
        at = items.previous[at]
    return False


@njit(cache=True)  # type: ignore[untyped-decorator]
def follows_already(u: int, author: int, members: Any, follows: Any) -> bool:
    """Whether `u` follows `author`: binary search in the stored graph, then the follows of the run."""
    low, high = members.start[u], members.start[u + 1]
    while low < high:
        middle = (low + high) // 2
        if members.followees[middle] < author:
            low = middle + 1
        else:
            high = middle
    if low < members.start[u + 1] and members.followees[low] == author:
        return True
    link = members.added[u]
    while link >= 0:
        if follows.target[link] == author:
            return True
        link = follows.previous[link]
    return False


@njit(cache=True)  # type: ignore[untyped-decorator]
def expose(
    t: float, key: Any, item: int, position: int, u: int, mood: float, members: Any, follows: Any, items: Any, rules: Any,
    rows: Any, count: Any, item_key: Any,
) -> None:  # fmt: skip
    """Show one item to a member and put down what it does about it."""
    root = items.root[item]
    author = items.author[root]
    topic = items.topic[root]
    followees = members.start[u + 1] - members.start[u]
    share = behaviour.interest(topic, members.main_topic[u], members.side_topic[u], members.own_topic[u], rules.topics)
    attended = behaviour.attention(position, followees, behaviour.match(share), mood)
    fresh = content.freshness(t - items.t[root], items.shelf_life_s[root], items.evergreen[root])
    is_repost = item != root
    repost = behaviour.repost_probability(
        attended, members.repost[u], items.appeal[root], fresh, is_repost, items.transfer[root], items.reposts[root]
    )
    like = behaviour.like_probability(attended, members.like[u], items.raw_appeal[root])
    reply = behaviour.reply_probability(attended, members.reply[u], items.raw_appeal[root])
    address = fold(key, fold(item_key, root))
    done = behaviour.reaction(address, repost, like, reply)
    if done == behaviour.NOTHING or (done == behaviour.REPOST and has_reposted(u, root, members, items)):
        return
    cause = items.seq[item]
    ai = items.ai[root]
    if done == behaviour.REPLY:
        put(rows, count, t, u, THREAD, root, root, cause, author, position, topic, ai, OK, address)
    put(rows, count, t, u, done, root, root, cause, author, position, topic, ai, OK, address)
    if behaviour.follows_author(address, members.follow[u]) and not follows_already(u, author, members, follows):
        put_plain(rows, count, t, u, PROFILE, author, address)
        put_plain(rows, count, t, u, FOLLOW, author, address)


@njit(cache=True)  # type: ignore[untyped-decorator]
def create(t: float, key: Any, u: int, mood: float, members: Any, rules: Any, rows: Any, count: Any) -> None:
    """Let a member post, or ask for an AI image to post."""
    chance = behaviour.post_probability(members.posts_per_page[u], mood)
    if not behaviour.posts(key, chance):
        return
    topic = behaviour.topic_of_interest(
        fold(key, 9), members.main_topic[u], members.side_topic[u], members.own_topic[u], rules.topics
    )
    if not behaviour.wants_image(key, members.ai_share[u]):
        put(rows, count, t, u, POST, -1, -1, -1, u, -1, topic, False, OK, key)
    elif behaviour.prompt_is_blocked(key, rules.blocked):
        put(rows, count, t, u, GENERATE, -1, -1, -1, u, -1, topic, True, BLOCKED, key)
    else:
        put(rows, count, t, u, GENERATE, -1, -1, -1, u, -1, topic, True, OK, key)


@lru_cache(maxsize=8)
def visit_with(ranker: str) -> Any:
    """The compiled `visit` for a ranker of `RANKERS`."""
    score = RANKERS.get(ranker)
    compiled.share(score)

    @njit(cache=True)  # type: ignore[untyped-decorator]
    def order(
        found: Any, found_root: Any, n: int, wanted: int, t: float, u: int, members: Any, items: Any, rules: Any, scores: Any
    ) -> None:
        """Bring the `wanted` best of `n` candidates to the front, best first; of equals the newer."""
        for i in range(n):
            root = found_root[i]
            share = behaviour.interest(
                items.topic[root], members.main_topic[u], members.side_topic[u], members.own_topic[u], rules.topics
            )
            scores[i] = score(t - items.t[found[i]], items.likes[root], items.reposts[root], items.replies[root], share)
        for i in range(min(wanted, n)):
            best = i
            for j in range(i + 1, n):
                if scores[j] > scores[best] or (scores[j] == scores[best] and found[j] > found[best]):
                    best = j
            found[i], found[best] = found[best], found[i]
            found_root[i], found_root[best] = found_root[best], found_root[i]
            scores[i], scores[best] = scores[best], scores[i]

    @njit(cache=True)  # type: ignore[untyped-decorator]
    def page(
        t: float, think_s: float, last: float, key: Any, slot: int, visible: int, members: Any, follows: Any, visits: Any,
        items: Any, pools: Any, rows: Any, exposures: Any, count: Any, rules: Any, item_key: Any, scratch: Any,
    ) -> None:  # fmt: skip
        """Let a member read one page, react to what it shows, and perhaps post."""
        found, found_root, scores = scratch
        u = visits.member[slot]
        shown = visits.shown[slot]
        read = session.page_read(key, visits.page[slot], visits.exhausted[slot], rules.discovery_share)
        put_plain(rows, count, t, u, read, -1, key)
        wanted = session.items_examined(key, rules.items_per_page * visits.pace[slot])
        if read == session.HOME:
            n = candidates(u, visible, members, follows, items, shown, visits.shown_n[slot], found, found_root)
            order(found, found_root, n, wanted, t, u, members, items, rules, scores)
            n = min(n, wanted)
            visits.exhausted[slot] = n < wanted
        else:
            n = discovered(key, u, t, wanted, members, items, pools, rules, shown, visits.shown_n[slot], found)
        count[VIEWS] += n
        for i in range(n):
            at = min(t + think_s * (i + 1) / (n + 1), last)
            shown[visits.shown_n[slot] % SHOWN] = items.root[found[i]]
            visits.shown_n[slot] += 1
            if members.sampled[u]:
                x = count[N_EXPOSURES]
                exposures.t[x], exposures.member[x], exposures.position[x], exposures.source[x] = at, u, i, read
                exposures.post[x], exposures.root[x] = found[i], items.root[found[i]]
                count[N_EXPOSURES] += 1
            mood = visits.engaging_mood[slot]
            expose(at, key, found[i], i, u, mood, members, follows, items, rules, rows, count, item_key)
        create(min(t + think_s, last), key, u, visits.posting_mood[slot], members, rules, rows, count)

    @njit(cache=True)  # type: ignore[untyped-decorator]
    def visit(
        tick: int, first: int, due: Any, members: Any, follows: Any, visits: Any, items: Any, pools: Any, rows: Any,
        exposures: Any, count: Any, rules: Any, item_key: Any,
    ) -> int:  # fmt: skip
        """Let the members that are due read and decide, from entry `first` on; the entry it stopped at for want of room."""
        end_of_tick = (tick + 1) * TICK
        last = tick * TICK + LAST_INSTANT
        visible = count[N_ITEMS]
        scratch = (np.empty(CANDIDATES, np.int64), np.empty(CANDIDATES, np.int64), np.empty(CANDIDATES))
        for i in range(first, len(due.member)):
            if not has_room(rows, exposures, count):
                return i
            u, slot = due.member[i], due.arg[i]
            if due.kind[i] == agenda.PUBLISH:
                put(rows, count, due.t[i], u, POST, -1, -1, -1, u, -1, slot, True, OK, np.uint64(0))
                continue
            if slot < 0:
                continue
            key = visits.key[slot]
            t = visits.next[slot]
            if due.kind[i] == agenda.BEGIN and visits.page[slot] == 0:
                put_plain(rows, count, t, u, SESSION_START, -1, key)
                if session.reads_notifications(key):
                    put_plain(rows, count, t, u, NOTIFICATIONS, -1, key)
            while t < end_of_tick:
                if not has_room(rows, exposures, count):
                    return i
                if t >= visits.end[slot]:
                    put_plain(rows, count, t, u, SESSION_END, -1, key)
                    members.floor[u] = visible
                    visits.next[slot] = -1.0
                    break
                this_page = session.page_key(key, visits.page[slot])
                think_s = session.think_time(this_page, rules.think_s)
                page(t, think_s, last, this_page, slot, visible, members, follows, visits, items, pools, rows, exposures,
                     count, rules, item_key, scratch)  # fmt: skip
                visits.page[slot] += 1
                t = min(t + think_s, visits.end[slot])
                visits.next[slot] = t
        return len(due.member)

    return visit


@njit(cache=True)  # type: ignore[untyped-decorator]
def make_item(row: int, root: int, members: Any, items: Any, rows: Any, count: Any) -> int:
    """Give a post, repost or reply its place among the items."""
    item = count[N_ITEMS]
    count[N_ITEMS] = item + 1
    u = rows.member[row]
    items.root[item] = item if root < 0 else root
    items.author[item] = u
    items.t[item] = rows.t[row]
    items.seq[item] = count[SEQ] + row
    items.topic[item] = rows.topic[row]
    items.ai[item] = rows.ai[row]
    items.likes[item] = 0
    items.reposts[item] = 0
    items.replies[item] = 0
    return item


@njit(cache=True)  # type: ignore[untyped-decorator]
def link_item(item: int, u: int, members: Any, items: Any) -> None:
    """Put an item at the head of its author's chain, where feeds find it."""
    items.previous[item] = members.newest[u]
    members.newest[u] = item


@njit(cache=True)  # type: ignore[untyped-decorator]
def enter_pool(root: int, u: int, items: Any, pools: Any) -> None:
    """Put an original into the discovery pool of the cell of the member who passed it on."""
    cell = u // discovery.CELL
    topic = items.topic[root]
    pools.ring[cell, topic, pools.entered[cell, topic] % discovery.POOL] = root
    pools.entered[cell, topic] += 1


@njit(cache=True)  # type: ignore[untyped-decorator]
def queue_image(row: int, rows: Any, wheel: Any, count: Any, free_at: Any, rules: Any) -> None:
    """Put an image request into the queue, or let the member give up when the announced wait is too long."""
    t, key = rows.t[row], rows.address[row]
    begin = generation.begin_of_work(free_at, t)
    if begin - t + rules.generation_median_s > behaviour.generation_patience(key, rules.patience_s):
        rows.outcome[row] = ABANDONED
        return
    work = behaviour.generation_time(key, rules.generation_median_s, rules.generation_sigma, rules.generation_cap_s)
    generation.occupy(free_at, begin + work)
    ready = max(begin + work, (agenda.tick_of(t) + 1) * TICK)  # what is ready inside the tick is posted at its end
    push(wheel, count, rows.member[row], agenda.PUBLISH, ready, rows.topic[row])


@njit(cache=True)  # type: ignore[untyped-decorator]
def commit(
    members: Any, follows: Any, items: Any, pools: Any, wheel: Any, rows: Any, first: int, count: Any, free_at: Any,
    rules: Any, item_key: Any,
) -> None:  # fmt: skip
    """Apply the rows of a tick, from row `first` on, in order."""
    for row in range(first, count[N_ROWS]):
        action, u, root = rows.action[row], rows.member[row], rows.root[row]
        if action == POST:
            item = make_item(row, -1, members, items, rows, count)
            link_item(item, u, members, items)
            rows.post[row] = item
            rows.root[row] = item
            drawn = content.item_traits(fold(item_key, item), rules.appeal_sigma)
            items.raw_appeal[item] = drawn.raw_appeal
            items.appeal[item] = drawn.appeal
            items.shelf_life_s[item] = drawn.shelf_life_s
            items.evergreen[item] = drawn.evergreen
            items.transfer[item] = drawn.transfer
        elif action == behaviour.REPOST:
            rows.post[row] = make_item(row, root, members, items, rows, count)
            link_item(rows.post[row], u, members, items)
            items.reposts[root] += 1
            enter_pool(root, u, items, pools)
        elif action == behaviour.REPLY:
            rows.post[row] = make_item(row, root, members, items, rows, count)
            items.replies[root] += 1
        elif action == behaviour.LIKE:
            items.likes[root] += 1
            if discovery.like_enters(rows.address[row]):
                enter_pool(root, u, items, pools)
        elif action == FOLLOW:
            link = count[N_FOLLOWS]
            count[N_FOLLOWS] = link + 1
            follows.source[link] = u
            follows.target[link] = rows.author[row]
            follows.previous[link] = members.added[u]
            members.added[u] = link
        elif action == GENERATE and rows.outcome[row] == OK:
            queue_image(row, rows, wheel, count, free_at, rules)


@njit(cache=True)  # type: ignore[untyped-decorator]
def depart(due: Any, members: Any, visits: Any, wheel: Any, count: Any, rules: Any) -> None:
    """After a tick: put the next page of each visit on the wheel, and free the rows of those that ended."""
    for i in range(len(due.member)):
        slot = due.arg[i]
        if due.kind[i] == agenda.PUBLISH or slot < 0:
            continue
        u = due.member[i]
        if visits.next[slot] >= 0.0:
            push(wheel, count, u, agenda.PAGE, visits.next[slot], slot)
            continue
        key = visits.key[slot]
        if session.returns_soon(key, rules.return_share):
            push(wheel, count, u, agenda.BEGIN, visits.end[slot] + session.return_gap(key), -1)
        members.slot[u] = -1
        visits.free[count[N_FREE_VISITS]] = slot
        count[N_FREE_VISITS] += 1
