"""What a page shows: home feeds pulled from authors' chains and ordered by a ranker, discovery from its
pools."""

from typing import Any

from flashcrowd.core.draws import fold, uniform
from flashcrowd.sim import behaviour, discovery
from flashcrowd.sim.compiled import inner
from flashcrowd.sim.kernel.candidates import candidates, was_shown
from flashcrowd.sim.kernel.marks import address_of, is_withheld
from flashcrowd.sim.kernel.prefetch import prefetch
from flashcrowd.sim.platform import CANDIDATES


@inner
def order(s: Any, lane: Any, score: Any, n: int, wanted: int, t: float, u: int, luck_key: Any) -> None:
    """Bring the `wanted` best of the first `n` in `found` to the front, best first; of equals the newer."""
    items, me, found, best = s.items, s.members[u], lane.found, 0
    for i in range(n):
        number = s.links[found[i]].root
        root = items[number]
        share = behaviour.interest(root.topic, me.main_topic, me.side_topic, me.own_topic, s.rules.topics)
        luck = uniform(fold(luck_key, address_of(s, number))) if s.rules.by_luck else 0.5
        value = score(t - items[found[i]].t, root.likes, root.reposts, root.replies, share, luck)
        best = insert_best(found, lane.scores, best, wanted, found[i], value)


@inner
def insert_best(found: Any, scores: Any, n: int, wanted: int, item: int, score: float) -> int:
    """Put an item into its place among the `n` best so far, unless it is beyond the `wanted` best; how many
    there are then."""
    at = n
    if n == wanted:
        at -= 1
        if scores[at] > score or (scores[at] == score and found[at] > item):
            return n
    while at > 0 and (scores[at - 1] < score or (scores[at - 1] == score and found[at - 1] < item)):
        found[at], scores[at] = found[at - 1], scores[at - 1]
        at -= 1
    found[at], scores[at] = item, score
    return int(min(n + 1, wanted))


@inner
def strangers(s: Any, lane: Any, key: Any, u: int, slot: int, t: float, n: int) -> int:
    """Originals from discovery that are not among the `n` newest of the feed, in `strangers`; how many."""
    out, roots = lane.strangers, s.kept_root[slot]
    m = 0
    for i in range(discovered(s, key, u, slot, t, s.rules.strangers, out, discovery.INTERESTING)):
        among = False
        for j in range(n):
            among = among or roots[j] == out[i]
        if not among:
            out[m] = out[i]
            m += 1
    return m


@inner
def home(
    s: Any, lane: Any, score: Any, key: Any, u: int, slot: int, t: float, wanted: int, visible: int
) -> int:
    """Put what a home page shows to the front of the lane's `found`; how many candidates there were."""
    if wanted == 0:
        return 0
    n: int = candidates(s, lane, u, slot, visible)
    m: int = strangers(s, lane, key, u, slot, t, n) if s.rules.strangers else 0
    n = min(n, CANDIDATES - m)
    there = 0
    for i in range(n):
        lane.found[there] = s.kept[slot, i]
        prefetch(s.items, s.kept[slot, i])
        prefetch(s.items, s.kept_root[slot, i])
        there += not is_withheld(s, key, s.kept_root[slot, i])
    for i in range(m):
        lane.found[there + i] = lane.strangers[i]
    order(s, lane, score, there + m, wanted, t, u, fold(key, 14))
    return there + m


@inner
def discovered(s: Any, key: Any, u: int, slot: int, t: float, wanted: int, found: Any, sought: int) -> int:
    """Originals that a discovery page shows, in `found`; how many there are. `sought`: of this topic, or of
    those that `discovery.INTERESTING` or `TRENDING` stands for."""
    items, me = s.items, s.members[u]
    shown, shown_n = s.shown[slot], s.visits[slot].shown_n
    n = 0
    cells, topics, size = s.ring.shape
    for i in range(wanted * discovery.TRIES):
        look = fold(fold(key, 10), i)
        cell = discovery.cell_visited(look, u, cells)
        topic = sought
        trend = discovery.trend_visited(look) if sought == discovery.TRENDING else -1
        if trend >= 0:
            topic = s.trending[trend]
        if topic < 0:
            topic = behaviour.topic_of_interest(look, me.main_topic, me.side_topic, me.own_topic, topics)
        entered = s.entered[cell, topic]
        if entered == 0:
            continue
        back = discovery.entry_visited(look, min(entered, size))
        root = s.ring[cell, topic, (entered - 1 - back) % size]
        if items[root].author == u or not discovery.takes_entry(look, t - items[root].t):
            continue
        if was_shown(root, shown, shown_n) or is_withheld(s, key, root):
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
