"""What a page shows: home feeds pulled from authors' chains and ordered by a ranker, discovery from its
pools."""

from typing import Any

from flashcrowd.core.draws import fold
from flashcrowd.sim import behaviour, discovery
from flashcrowd.sim.compiled import inner
from flashcrowd.sim.kernel.candidates import candidates, was_shown


@inner
def order(s: Any, lane: Any, score: Any, slot: int, n: int, wanted: int, t: float, u: int) -> None:
    """Put the `wanted` best of the `n` newest that a visit keeps to the front of `found`, best first; of
    equals the newer."""
    found, scores = lane.found, lane.scores
    items, me, kept, roots = s.items, s.members[u], s.kept[slot], s.kept_root[slot]
    for i in range(n):
        found[i] = kept[i]
        root = items[roots[i]]
        share = behaviour.interest(root.topic, me.main_topic, me.side_topic, me.own_topic, s.rules.topics)
        scores[i] = score(t - items[found[i]].t, root.likes, root.reposts, root.replies, share)
    for i in range(min(wanted, n)):
        best = i
        for j in range(i + 1, n):
            if scores[j] > scores[best] or (scores[j] == scores[best] and found[j] > found[best]):
                best = j
        found[i], found[best] = found[best], found[i]
        scores[i], scores[best] = scores[best], scores[i]


@inner
def home(s: Any, lane: Any, score: Any, u: int, slot: int, t: float, wanted: int, visible: int) -> int:
    """Put what a home page shows to the front of the lane's `found`; how many candidates there were."""
    if wanted == 0:
        return 0
    n: int = candidates(s, lane, u, slot, visible)
    order(s, lane, score, slot, n, wanted, t, u)
    return n


@inner
def discovered(s: Any, key: Any, u: int, slot: int, t: float, wanted: int, found: Any, sought: int) -> int:
    """Originals that a discovery page shows, in `found`; how many there are. `sought`: of this topic, or, if
    it is -1, of those that interest the member."""
    items, me = s.items, s.members[u]
    shown, shown_n = s.shown[slot], s.visits[slot].shown_n
    n = 0
    cells, topics, size = s.ring.shape
    for i in range(wanted * discovery.TRIES):
        look = fold(fold(key, 10), i)
        cell = discovery.cell_visited(look, u, cells)
        topic = sought
        if topic < 0:
            topic = behaviour.topic_of_interest(look, me.main_topic, me.side_topic, me.own_topic, topics)
        entered = s.entered[cell, topic]
        if entered == 0:
            continue
        back = discovery.entry_visited(look, min(entered, size))
        root = s.ring[cell, topic, (entered - 1 - back) % size]
        if items[root].author == u or was_shown(root, shown, shown_n):
            continue
        if not discovery.takes_entry(look, t - items[root].t):
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
