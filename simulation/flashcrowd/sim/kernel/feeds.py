"""What a page shows: home feeds pulled from authors' chains and ordered by a ranker, discovery from its
pools."""

from typing import Any

from flashcrowd.core.draws import fold
from flashcrowd.sim import behaviour, discovery
from flashcrowd.sim.compiled import inner
from flashcrowd.sim.member import SHOWN
from flashcrowd.sim.platform import CANDIDATES


@inner
def was_shown(root: int, shown: Any, shown_n: int) -> bool:
    """Whether the visit has shown the original already."""
    for i in range(min(shown_n, SHOWN)):  # noqa: SIM110  (a loop compiles to less than any())
        if shown[i] == root:
            return True
    return False


@inner
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


@inner
def take_chain(
    at: int, u: int, floor: int, visible: int, items: Any, shown: Any, shown_n: int, found: Any,
    found_root: Any, n: int,
) -> int:  # fmt: skip
    """Merge one author's unseen items into the newest `CANDIDATES`, one copy (the newest) of each
    original."""
    while at >= visible:
        at = items[at].previous
    while at >= floor:
        if n == CANDIDATES and at < found[n - 1]:
            break
        root = items[at].root
        if items[root].author != u and not was_shown(root, shown, shown_n):
            n = _insert(at, root, found, found_root, n)
        at = items[at].previous
    return n


@inner
def candidates(s: Any, u: int, slot: int, visible: int, scratch: Any) -> int:
    """The newest unseen items of those whom a member follows, newest first; how many there are."""
    found, found_root, _ = scratch
    newest, followees, items = s.newest, s.followees, s.items
    shown, shown_n = s.shown[slot], s.visits[slot].shown_n
    floor = s.members[u].floor
    n = 0
    for i in range(s.start[u], s.start[u + 1]):
        at = newest[followees[i]]
        if at >= floor:
            n = take_chain(at, u, floor, visible, items, shown, shown_n, found, found_root, n)
    link = s.members[u].added
    while link >= 0:
        at = newest[s.follows[link].target]
        if at >= floor:
            n = take_chain(at, u, floor, visible, items, shown, shown_n, found, found_root, n)
        link = s.follows[link].previous
    return n


@inner
def order(s: Any, score: Any, scratch: Any, n: int, wanted: int, t: float, u: int) -> None:
    """Bring the `wanted` best of `n` candidates to the front, best first; of equals the newer."""
    found, found_root, scores = scratch
    items, me = s.items, s.members[u]
    for i in range(n):
        root = items[found_root[i]]
        share = behaviour.interest(root.topic, me.main_topic, me.side_topic, me.own_topic, s.rules.topics)
        scores[i] = score(t - items[found[i]].t, root.likes, root.reposts, root.replies, share)
    for i in range(min(wanted, n)):
        best = i
        for j in range(i + 1, n):
            if scores[j] > scores[best] or (scores[j] == scores[best] and found[j] > found[best]):
                best = j
        found[i], found[best] = found[best], found[i]
        found_root[i], found_root[best] = found_root[best], found_root[i]
        scores[i], scores[best] = scores[best], scores[i]


@inner
def home(s: Any, score: Any, scratch: Any, u: int, slot: int, t: float, wanted: int, visible: int) -> int:
    """Put what a home page shows to the front of `scratch`; how many candidates there were."""
    if wanted == 0:
        return 0
    n: int = candidates(s, u, slot, visible, scratch)
    order(s, score, scratch, n, wanted, t, u)
    return n


@inner
def discovered(s: Any, key: Any, u: int, slot: int, t: float, wanted: int, found: Any) -> int:
    """Originals that a discovery page shows, in `found`; how many there are."""
    items, me = s.items, s.members[u]
    shown, shown_n = s.shown[slot], s.visits[slot].shown_n
    n = 0
    cells, topics, size = s.ring.shape
    for i in range(wanted * discovery.TRIES):
        look = fold(fold(key, 10), i)
        cell = discovery.cell_visited(look, u, cells)
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
