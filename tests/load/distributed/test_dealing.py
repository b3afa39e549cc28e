"""Who owns which members."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flashcrowd.load.distributed.dealing import NOBODY, Dealing

TEN = np.arange(100, 110, dtype=np.int32)


def dealt(dealing):
    """Deal once; gained members by worker."""
    return {worker: gain.members.tolist() for worker, gain in dealing.gains()}


def test_members_are_dealt_evenly_and_each_once():
    """Three workers and ten members: 4, 3 and 3, nobody twice, nobody left out."""
    dealing = Dealing(TEN)
    for worker in range(3):
        dealing.join(worker)
    hands = dealt(dealing)
    assert [len(hands[worker]) for worker in range(3)] == [4, 3, 3]
    assert sorted(member for hand in hands.values() for member in hand) == TEN.tolist()
    assert dealt(dealing) == {}


def test_shares_are_spread_over_the_members():
    """Neighbours (one community) do not all fall to one worker."""
    dealing = Dealing(TEN)
    dealing.join(0)
    dealing.join(1)
    assert dealt(dealing) == {0: [100, 102, 104, 106, 108], 1: [101, 103, 105, 107, 109]}


def test_lost_worker_leaves_its_members_to_the_others():
    """Its members go to who is there, with the time up to which they were let come."""
    dealing = Dealing(TEN)
    dealing.join(0)
    dealing.join(1)
    dealt(dealing)
    assert dealing.leave(1, 7.5, resume=True) == 5
    ((worker, gain),) = dealing.gains()
    assert (worker, len(gain.members)) == (0, 5)
    assert gain.since_s.tolist() == [7.5] * 5
    assert gain.resume.all()
    assert {dealing.owner(member) for member in TEN.tolist()} == {0}


def test_late_worker_gets_its_share_once_others_have_let_go():
    """The surplus is asked for once, and moves only when it was released."""
    dealing = Dealing(TEN)
    dealing.join(0)
    dealt(dealing)
    dealing.join(1)
    assert dealt(dealing) == {}
    ((worker, asked),) = dealing.asks()
    assert (worker, len(asked)) == (0, 5)
    assert list(dealing.asks()) == []
    dealing.release(0, asked[:2], 3.0)
    assert dealt(dealing) == {1: asked[:2].tolist()}
    dealing.release(1, asked[2:3], 3.0)  # who does not own a member cannot release it
    assert dealing.owner(int(asked[2])) == 0


def test_member_of_no_run_has_no_owner():
    """Somebody who is not in the cast belongs to nobody."""
    assert Dealing(TEN).owner(5) == NOBODY
    assert Dealing(TEN).owner(500) == NOBODY


def test_without_workers_nothing_is_dealt():
    """Members wait until somebody comes."""
    assert dealt(Dealing(TEN)) == {}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["join", "leave", "release"]), st.integers(0, 4)), max_size=30))
def test_whatever_happens_nobody_lives_twice_and_shares_are_even(steps):
    """Gains and losses of all workers, replayed: a member is gained only when nobody has it."""
    dealing = Dealing(TEN)
    hands: dict[int, set[int]] = {}
    asked: dict[int, list[int]] = {}
    for what, worker in steps:
        if what == "join":
            dealing.join(worker)
            hands.setdefault(worker, set())
        elif what == "leave":
            dealing.leave(worker, 0.0, True)
            hands.pop(worker, None)
            asked.pop(worker, None)
        elif asked.get(worker):
            member = asked[worker].pop()
            hands[worker].discard(member)
            dealing.release(worker, np.array([member], np.int32), 0.0)
        for gainer, gain in dealing.gains():
            assert all(set(gain.members.tolist()).isdisjoint(hand) for hand in hands.values())
            hands[gainer] |= set(gain.members.tolist())
        for asked_one, members in dealing.asks():
            asked.setdefault(asked_one, []).extend(members.tolist())
    for worker, members in list(asked.items()):
        dealing.release(worker, np.array(members, np.int32), 0.0)
        hands[worker] -= set(members)
    for gainer, gain in dealing.gains():
        hands[gainer] |= set(gain.members.tolist())
    sizes = [len(hand) for hand in hands.values()]
    assert sum(sizes) == (10 if hands else 0)
    assert not sizes or max(sizes) - min(sizes) <= 1 + len(hands)


def test_spread_takes_all_when_there_are_not_enough():
    """A worker with more room than there are members gets them all."""
    dealing = Dealing(TEN)
    dealing.join(3)
    assert dealt(dealing)[3] == TEN.tolist()


@pytest.mark.parametrize("workers", [1, 3, 7, 10])
def test_shares_differ_by_one_at_most(workers):
    """Whatever the number of workers."""
    dealing = Dealing(TEN)
    for worker in range(workers):
        dealing.join(worker)
    sizes = [len(members) for members in dealt(dealing).values()]
    assert (sum(sizes), max(sizes) - min(sizes) <= 1) == (10, True)
