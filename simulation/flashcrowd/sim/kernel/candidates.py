"""Candidates of a home feed: the newest items that its member has not been shown, kept through a visit.

The first page of a visit merges the chains of all followees. What that finds is kept with the visit; later
pages take away what was shown and add what came since, and merge again only when too little is left.
"""

from typing import Any, Final

import numpy as np

from flashcrowd.sim.compiled import inner
from flashcrowd.sim.follows import followees
from flashcrowd.sim.kernel.columns import KEPT, LATELY_FROM
from flashcrowd.sim.kernel.ties import LEFT, change
from flashcrowd.sim.member import SHOWN
from flashcrowd.sim.platform import CANDIDATES

NONE_KEPT: Final = -1
GONE: Final = -1


@inner
def candidates(s: Any, lane: Any, u: int, slot: int, visible: int) -> int:
    """Bring what the visit keeps up to date; how many of it, newest first, are the candidates."""
    visit = s.visits[slot]
    if visit.kept_n == NONE_KEPT or visit.shown_n > SHOWN:
        _merge_all(s, lane, u, slot)
    else:
        _drop_shown(s, slot)
        _add_news(s, lane, u, slot)
        if visit.kept_n < CANDIDATES and not visit.whole:
            _merge_all(s, lane, u, slot)
    visit.known = visible
    visit.dropped_n = visit.shown_n
    return int(min(visit.kept_n, CANDIDATES))


@inner
def was_shown(root: int, shown: Any, shown_n: int) -> bool:
    """Whether the visit has shown the original already."""
    return bool(_is_among(root, shown, min(shown_n, SHOWN)))


@inner
def _is_among(root: int, roots: Any, n: int) -> bool:
    """Whether an original is one of the first `n`; no way out early, so that it vectorises."""
    found = False
    for i in range(n):
        found |= roots[i] == root
    return bool(found)


@inner
def _is_own(items: Any, item: int, root: int, u: int) -> bool:
    """Whether the member made the original; nobody follows itself, so only others' reposts can show it."""
    return bool(item != root and items[root].author == u)


@inner
def _place_of(root: int, roots: Any, n: int) -> int:
    """Where an original stands among the first `n`, -1 = nowhere; no way out early, so that it vectorises."""
    found = -1
    for i in range(n):
        if roots[i] == root:
            found = i
    return found


@inner
def _drop_shown(s: Any, slot: int) -> None:
    """Take away what was shown since the last home page."""
    visit, kept, roots, shown = s.visits[slot], s.kept[slot], s.kept_root[slot], s.shown[slot]
    before = visit.kept_n
    for i in range(visit.dropped_n, visit.shown_n):
        at = _place_of(shown[i], roots, before)
        if at >= 0:
            roots[at] = GONE
    n = 0
    for i in range(before):
        kept[n], roots[n] = kept[i], roots[i]
        n += roots[n] != GONE
    visit.kept_n = n


@inner
def _add_news(s: Any, lane: Any, u: int, slot: int) -> None:
    """Add what followees made since the last home page."""
    newest, lately, known = s.newest, s.lately, s.visits[slot].known
    listed, first, end = followees(s.graph, u, lane.followees)
    if known >= s.count[LATELY_FROM]:
        for i in range(first, end):
            author = listed[i]
            if (lately[author >> 3] >> (author & 7)) & 1 and newest[author] >= known:
                _add_chain(s, author, u, slot)
    else:
        for i in range(first, end):
            if newest[listed[i]] >= known:
                _add_chain(s, listed[i], u, slot)
    link = s.members[u].changed
    while link >= 0:
        author = s.changes[link].target
        if author >= 0 and newest[author] >= known:
            _add_chain(s, author, u, slot)
        link = s.changes[link].previous


@inner
def _add_chain(s: Any, author: int, u: int, slot: int) -> None:
    """Add one author's news, unless the member has left it."""
    if change(s, u, author) == LEFT:
        return
    visit, links, at = s.visits[slot], s.links, s.newest[author]
    while at >= visit.known:
        root = links[at].root
        if not _is_own(s.items, at, root, u) and not was_shown(root, s.shown[slot], visit.shown_n):
            _insert(visit, s.kept[slot], s.kept_root[slot], at, root)
        at = links[at].previous


@inner
def _insert(visit: Any, kept: Any, roots: Any, item: int, root: int) -> None:
    """Put one item into its place, newest first; of each original only the newest copy stays."""
    i = _place_of(root, roots, visit.kept_n)
    if i < 0 and visit.kept_n < KEPT:
        i = visit.kept_n
        visit.kept_n += 1
    elif i < 0:
        i = KEPT - 1
        visit.whole = False
        if kept[i] > item:
            return
    elif kept[i] >= item:
        return
    while i > 0 and kept[i - 1] < item:
        kept[i], roots[i] = kept[i - 1], roots[i - 1]
        i -= 1
    kept[i], roots[i] = item, root


@inner
def _merge_all(s: Any, lane: Any, u: int, slot: int) -> None:
    """Find the newest unseen items of all followees afresh: a merge of their chains by a heap.

    The link of every item in the heap is at hand before the item comes to the top: it is read when the item
    goes in, while the heap is put in order.
    """
    visit, kept, roots, shown = s.visits[slot], s.kept[slot], s.kept_root[slot], s.shown[slot]
    links, heads, floor, shown_n = lane.head_links, lane.heads, s.members[u].floor, visit.shown_n
    left, n = _chain_heads(s, lane, u, floor), 0
    for at in range(left // 2 - 1, -1, -1):
        _sift_down(heads, at, left)
    while left > 0 and n < KEPT:
        item, chain = heads[0] >> 32, heads[0] & 0xFFFFFFFF
        root, previous = links[chain].root, links[chain].previous
        if previous >= floor:
            _put_head(s, lane, 0, chain, previous)
        else:
            left -= 1
            heads[0] = heads[left]
        _sift_down(heads, 0, left)
        if _is_own(s.items, item, root, u) or _is_among(root, roots, n) or was_shown(root, shown, shown_n):
            continue
        kept[n], roots[n] = item, root
        n += 1
    visit.kept_n = n
    visit.whole = left == 0


@inner
def _put_head(s: Any, lane: Any, place: int, chain: int, item: int) -> None:
    """Put an item into the heap as the newest that is left of a chain."""
    lane.heads[place] = (np.int64(item) << 32) | chain
    lane.head_links[chain].root = s.links[item].root
    lane.head_links[chain].previous = s.links[item].previous


@inner
def _chain_heads(s: Any, lane: Any, u: int, floor: int) -> int:
    """The newest item of each followee who has made one since `floor`; how many there are."""
    newest, heads = s.newest, lane.heads
    listed, first, end = followees(s.graph, u, lane.followees)
    n = 0
    for i in range(first, end):
        heads[n] = newest[listed[i]]
        n += heads[n] >= floor
    link = s.members[u].changed
    while link >= 0:
        author = s.changes[link].target
        if author >= 0:
            heads[n] = newest[author]
            n += heads[n] >= floor
        link = s.changes[link].previous
    n = _without_left(s, u, heads, n)
    for chain in range(n):
        _put_head(s, lane, chain, chain, heads[chain])
    return int(n)


@inner
def _without_left(s: Any, u: int, heads: Any, n: int) -> int:
    """Take the items of those whom the member no longer follows out of the first `n` heads; how many stay."""
    link = s.members[u].changed
    while link >= 0:
        author = ~s.changes[link].target
        if author >= 0 and change(s, u, author) == LEFT:
            many, n = n, 0
            for i in range(many):
                heads[n] = heads[i]
                n += heads[n] != s.newest[author]
        link = s.changes[link].previous
    return int(n)


@inner
def _sift_down(heap: Any, at: int, size: int) -> None:
    """Let the entry at a place of a binary heap, the largest first, sink to where it belongs."""
    item = heap[at]
    child = 2 * at + 1
    while child < size:
        if child + 1 < size and heap[child + 1] > heap[child]:
            child += 1
        if heap[child] <= item:
            break
        heap[at] = heap[child]
        at = child
        child = 2 * at + 1
    heap[at] = item
