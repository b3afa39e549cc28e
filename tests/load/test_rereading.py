"""What is read again: a fair sample, as often as it takes, and nothing said about what could not be read."""

from collections import Counter
from types import SimpleNamespace

import pytest

from flashcrowd.load.adapters.item import Account, Item, Page
from flashcrowd.load.ownership import EVERYONE
from flashcrowd.load.rereading import Rereader
from flashcrowd.load.wire import Answer

AUTHORS = 5


class Stage:
    """A scene whose profiles are what a test says: `profile(author, round)`: items, or None for an error."""

    def __init__(self, profile) -> None:
        self.rows = []
        self.asked = Counter()
        self.accounts = {m: Account(m, f"id{m}", f"m{m}", b"") for m in range(AUTHORS)}
        self.scenario = SimpleNamespace(seed=1)
        self.clock = SimpleNamespace(origin_ns=0)
        self.epoch_s = 1000.0
        self.ownership = EVERYONE
        self.recorder = SimpleNamespace(row=lambda table, row: self.rows.append(row))
        self.adapter = SimpleNamespace(read=self.read, page=lambda action, answer: answer)
        self.line = SimpleNamespace(ask=self.ask)
        self.profile = profile

    def read(self, action, account, limit, cursor="", about=""):
        return about

    def ask(self, session, member, request, due_ns, read=None, chained=False, phase=""):
        assert self.accounts[member].id != request, "others read, not the author"
        items = self.profile(request, self.asked[request])
        self.asked[request] += 1
        ok = items is not None
        return SimpleNamespace(ok=ok, outcome="ok" if ok else "failed", value=Page(items or []))


def answered(at_ns=1):
    """An acknowledgement."""
    made = Answer(0)
    made.end_ns = at_ns
    return made


def post(name, **counts):
    """A post as a profile shows it."""
    return Item(name, name, "id0", entered_s=1000.0, **counts)


def reread(stage, patience_s=0.0, likes=0):
    """Acknowledge a post with some likes, and read again; whether found, likes acknowledged and shown."""
    reader = Rereader(stage, 10, patience_s)
    reader.made("post", 0, "p", answered())
    for member in range(likes):
        reader.reacted("like", member, "p")
    reader.reread(lambda: False)
    return [(row[5], row[6], row[9]) for row in stage.rows]


def test_post_that_is_there_is_found_with_its_counts():
    """One read is enough when nothing is wrong."""
    stage = Stage(lambda author, round_: [post("p", likes=3)])
    assert reread(stage, likes=2) == [(True, 2, 3)]
    assert stage.asked["id0"] == 1


def test_member_likes_a_thing_once():
    """The same member's second like is not counted, as platforms do not count it."""
    reader = Rereader(stage := Stage(lambda author, round_: [post("p", likes=1)]), 10, 0.0)
    reader.made("post", 0, "p", answered())
    reader.reacted("like", 3, "p")
    reader.reacted("like", 3, "p")
    reader.reread(lambda: False)
    assert [row[6] for row in stage.rows] == [1]


def test_missing_post_is_lost_when_time_is_over():
    """A profile without the post says so; its counts are unknown."""
    assert reread(Stage(lambda author, round_: [])) == [(False, 0, -1)]


def test_count_that_catches_up_is_right():
    """What is short at first is read again, and the last word counts."""
    stage = Stage(lambda author, round_: [post("p", likes=round_)])
    assert reread(stage, patience_s=5.0, likes=2) == [(True, 2, 2)]


def test_profile_that_cannot_be_read_says_nothing():
    """Errors make no lost writes."""
    assert reread(Stage(lambda author, round_: None)) == []


def test_user_who_does_not_wait_gets_what_is_known():
    """Stopped before the first read: no rows, no reads."""
    stage = Stage(lambda author, round_: [])
    reader = Rereader(stage, 10)
    reader.made("post", 0, "p", answered())
    reader.reread(lambda: True)
    assert (stage.rows, sum(stage.asked.values())) == ([], 0)


def test_sample_is_uniform():
    """Of 100 posts 20 are kept, and the late half is kept as often as the early one (+-5 standard errors)."""
    early, runs = 0, 200
    for seed in range(runs):
        stage = Stage(lambda author, round_: [])
        stage.scenario.seed = seed
        reader = Rereader(stage, 20)
        for serial in range(100):
            reader.made("post", serial % AUTHORS, str(serial), answered())
        assert len(reader._of) == 20
        early += sum(int(name) < 50 for name in reader._of)
    # hypergeometric: 20 of 100, 50 early ones: variance 20 x 1/4 x 80/99 a run
    assert early / runs == pytest.approx(10, abs=5 * (20 * 0.25 * 80 / 99 / runs) ** 0.5)


def test_post_that_is_acknowledged_twice_is_in_the_sample_once():
    """A write that was sent again has the same number; when it makes way, nothing is missing."""
    reader = Rereader(stage := Stage(lambda author, round_: []), 2, 0.0)
    for serial in range(200):
        for _ in range(2):
            reader.made("post", serial % AUTHORS, str(serial), answered())
    reader.reread(lambda: False)
    assert len(stage.rows) == 2


def test_reader_is_a_member_that_lives_here():
    """Where other processes own most members, one of ours reads; the author itself when there is no other."""
    stage = Stage(lambda author, round_: [])
    for owned, reader in (({3}, 3), ({0}, 0)):
        stage.ownership = SimpleNamespace(owns=owned.__contains__)
        rereader = Rereader(stage, 10)
        rereader.reread(lambda: True)  # takes who lives here, reads nothing
        assert rereader._reader(0) == reader
