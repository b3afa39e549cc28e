"""The follow graph that is computed instead of stored: both directions from keyed permutations and masks.

Three kinds of follows, each found from either end:

* local: the members of a block of 64 consecutive ids follow each other by their distance on a ring. What a
  member reaches and what it attracts are nested, symmetric sets of distances; `u` follows `v` when their
  distance is in both. One rotation and a few words of bits give all of a member's, and many are mutual.
* mutual: a keyed permutation lays out the pair-stubs of all members; neighbours in its order are a pair, and
  their owners follow each other.
* at large: member `u` owns as many out-stubs as it follows accounts at large, member `v` as many in-stubs as
  its fitness earns. A keyed permutation matches every out-stub with an in-stub; its inverse leads back.

In-stubs are numbered by rank of fitness, and ranks with equally many form a run, so a few thousand runs say
whose an in-stub is. A member costs 13 bytes: its place in the order of fitness, its rank, its numbers of
stubs, and its bits.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from flashcrowd.core.draws import u64
from flashcrowd.sim.compiled import apart, inner
from flashcrowd.sim.permutation import permuted, permuted_back

BLOCK: Final = 64
"""Members of a block: the bits of a word."""

CLASSES: Final = 3
"""Classes of reach, and of attraction."""

GUIDES: Final = 1 << 16
"""Equal steps of the stubs for each of which is known where the search for a stub's owner begins."""


class Stubs(NamedTuple):
    """Stubs that are numbered member by member."""

    key: Any
    total: int
    width: int  # of the permutation's grid
    own: Any  # uint16 (n_members,): how many each member owns
    first: Any  # int64 (blocks + 1,): first stub of each block
    guide: Any  # int32 (GUIDES + 1,): block at which the search for a stub's owner begins


class Recipe(NamedTuple):
    """What the follows are computed from."""

    large: Stubs
    pairs: Stubs
    order: Any  # int32 (n_members,): member of each rank
    rank: Any  # int32 (n_members,)
    run_rank: Any  # int64 (runs + 1,): first rank of each run
    run_stub: Any  # int64 (runs + 1,): first in-stub of each run
    run_each: Any  # int64 (runs,): in-stubs of each of its members
    run_guide: Any  # int32 (GUIDES + 1,): run at which the search for an in-stub's owner begins
    ties: Any  # uint64 (CLASSES, CLASSES): distances at which a class of reach follows a class of attraction
    reach: Any  # uint64 (blocks, CLASSES): who in the block has that reach
    pull: Any  # uint64 (blocks, CLASSES): who in the block has that attraction


_NONE: Final = np.empty(0, np.int64)
_SMALL: Final = np.empty(0, np.int32)
_NO_BITS: Final = np.empty((0, CLASSES), np.uint64)
_NO_STUBS: Final = Stubs(np.uint64(0), 0, 0, np.empty(0, np.uint16), _NONE, _SMALL)
NO_RECIPE: Final = Recipe(
    _NO_STUBS, _NO_STUBS, _SMALL, _SMALL, _NONE, _NONE, _NONE, _SMALL, _NO_BITS, _NO_BITS, _NO_BITS
)
"""That of a graph in the stored form."""


@apart
def list_followees(g: Any, u: int, out: Any) -> int:
    """Put those whom `u` follows into `out`: local, mutual, at large; how many places."""
    n = _unpack(_local_followees(g, u), u // BLOCK * BLOCK, out)
    first = first_stub(g.pairs, u)
    for i in range(g.pairs.own[u]):
        v = partner(g.pairs, first + i)
        out[n] = v
        n += v != u
    first = first_stub(g.large, u)
    for i in range(g.large.own[u]):
        v = owner_of_in_stub(g, permuted(g.large.key, first + i, g.large.total, g.large.width))
        out[n] = v
        n += v != u
    return int(n)


@apart
def follows(g: Any, u: int, v: int) -> bool:
    """Whether `u` follows `v`: by a bit of its word, a pair, or an out-stub matched with one of `v`."""
    if u == v:
        return False
    if u // BLOCK == v // BLOCK and (_local_followees(g, u) >> u64(v % BLOCK)) & u64(1):
        return True
    first = first_stub(g.pairs, u)
    for i in range(g.pairs.own[u]):
        if partner(g.pairs, first + i) == v:
            return True
    low, many = in_stubs(g, v)
    first = first_stub(g.large, u)
    for i in range(g.large.own[u]):
        if low <= permuted(g.large.key, first + i, g.large.total, g.large.width) < low + many:
            return True
    return False


@apart
def audience(g: Any, v: int) -> int:
    """Places in the list of those who follow `v`: its local followers, pairs and in-stubs."""
    return int(_bits(_local_followers(g, v)) + g.pairs.own[v] + in_stubs(g, v)[1])


@apart
def follower_at(g: Any, v: int, place: int) -> int:
    """The follower of `v` at a place of its audience; `v` itself where its own stubs meet."""
    word = _local_followers(g, v)
    local, pairs = _bits(word), np.int64(g.pairs.own[v])
    if place < local:
        return int(v // BLOCK * BLOCK + _place_of_bit(word, place))
    if place < local + pairs:
        return int(partner(g.pairs, first_stub(g.pairs, v) + place - local))
    stub = in_stubs(g, v)[0] + place - local - pairs
    return int(owner_of(g.large, permuted_back(g.large.key, stub, g.large.total, g.large.width)))


@inner
def first_stub(stubs: Any, u: int) -> int:
    """The first of a member's stubs."""
    block = u // BLOCK
    stub = stubs.first[block]
    for v in range(block * BLOCK, u):
        stub += stubs.own[v]
    return int(stub)


@inner
def owner_of(stubs: Any, stub: int) -> int:
    """The member whom a stub belongs to."""
    block = stubs.guide[stub * GUIDES // stubs.total]
    while stubs.first[block + 1] <= stub:
        block += 1
    u, after = block * BLOCK, stubs.first[block] + stubs.own[block * BLOCK]
    while after <= stub:
        u += 1
        after += stubs.own[u]
    return int(u)


@inner
def partner(stubs: Any, stub: int) -> int:
    """The member at the other end of a pair; the last of an odd number is its own."""
    place = permuted(stubs.key, stub, stubs.total, stubs.width) ^ 1
    if place == stubs.total:
        place -= 1
    return int(owner_of(stubs, permuted_back(stubs.key, place, stubs.total, stubs.width)))


@inner
def in_stubs(g: Any, v: int) -> Any:
    """A member's in-stubs: the first, and how many."""
    rank = g.rank[v]
    run = np.searchsorted(g.run_rank, rank, side="right") - 1
    return g.run_stub[run] + (rank - g.run_rank[run]) * g.run_each[run], g.run_each[run]


@inner
def owner_of_in_stub(g: Any, stub: int) -> int:
    """The member whom the in-stub belongs to."""
    run = g.run_guide[stub * GUIDES // g.large.total]
    while g.run_stub[run + 1] <= stub:
        run += 1
    return int(g.order[g.run_rank[run] + (stub - g.run_stub[run]) // g.run_each[run]])


@inner
def _local_followees(g: Any, u: int) -> Any:
    """The word of those in its block whom a member follows."""
    block, bit = u // BLOCK, u % BLOCK
    mine = _class_of(g.reach, block, bit)
    word = u64(0)
    for other in range(CLASSES):
        word |= _rotated(g.ties[mine, other], bit) & g.pull[block, other]
    return word


@inner
def _local_followers(g: Any, v: int) -> Any:
    """The word of those in its block who follow a member; distances are symmetric."""
    block, bit = v // BLOCK, v % BLOCK
    mine = _class_of(g.pull, block, bit)
    word = u64(0)
    for other in range(CLASSES):
        word |= _rotated(g.ties[other, mine], bit) & g.reach[block, other]
    return word


@inner
def _class_of(words: Any, block: int, bit: int) -> int:
    mine = 0
    for one in range(1, CLASSES):
        if (words[block, one] >> u64(bit)) & u64(1):
            mine = one
    return mine


@inner
def _rotated(word: Any, by: int) -> Any:
    return (word << u64(by)) | (word >> u64((BLOCK - by) % BLOCK)) if by else word


@inner
def _unpack(word: Any, base: int, out: Any) -> int:
    """The places of the set bits, counted from `base`; how many there are."""
    n = 0
    for bit in range(BLOCK):
        out[n] = base + bit
        n += int((word >> u64(bit)) & u64(1))
    return n


@inner
def _bits(word: Any) -> int:
    n = 0
    while word:
        word &= word - u64(1)
        n += 1
    return n


@inner
def _place_of_bit(word: Any, number: int) -> int:
    """Where the set bit with that number (0, 1, …) stands."""
    at = 0
    while number > 0 or not word & u64(1):
        number -= int(word & u64(1))
        word >>= u64(1)
        at += 1
    return at
