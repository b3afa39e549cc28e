"""Posts are looked for in a follower's feed: what each kind of read says of them."""

from time import monotonic_ns
from types import SimpleNamespace

import gevent
import pytest

from flashcrowd.load.adapters.item import Account, Item, Page
from flashcrowd.load.line import Closed
from flashcrowd.load.lookout import AT_ONCE, READS_EACH, Lookout
from flashcrowd.load.ownership import EVERYONE
from flashcrowd.load.wire import Answer

AUTHOR, FOLLOWER = 1, 2
LONG_AGO_S, NOW_S = 0.0, 1e12


class Stage:
    """A scene whose feed gives these pages one after the other (None: an error), then the window is over."""

    def __init__(self, *pages) -> None:
        self.pages = list(pages)
        self.cursors = []
        self.rows = []
        self.is_followed = True
        self.accounts = {m: Account(m, f"id{m}", f"m{m}", b"") for m in (AUTHOR, FOLLOWER, 3)}
        self.scenario = SimpleNamespace(seed=1)
        self.clock = SimpleNamespace(origin_ns=0)
        self.epoch_s = 1000.0
        self.ownership = EVERYONE
        self.recorder = SimpleNamespace(row=lambda table, row: self.rows.append(row))
        self.adapter = SimpleNamespace(read=self.read, page=None)
        self.line = SimpleNamespace(ask=self.ask)

    def follows(self, member, account):
        return self.is_followed and (member, account) == (FOLLOWER, "id1")

    def read(self, action, account, limit, cursor=""):
        assert (action, account.member) == ("home", FOLLOWER)
        self.cursors.append(cursor)

    def ask(self, session, member, request, due_ns, read=None, chained=False, phase=""):
        if not self.pages:
            raise Closed
        page = self.pages.pop(0)
        answer = Answer(due_ns)
        answer.end_ns = due_ns + 1
        ok = page is not None
        return SimpleNamespace(ok=ok, outcome="ok" if ok else "failed", value=page, answer=answer)


def run(lookout):
    """Let it look until nothing is due, or the window is over."""
    watcher = gevent.spawn(lookout.watch)
    while lookout._due and not watcher.dead:
        gevent.sleep(0.005)
    watcher.kill()
    watcher.get()
    lookout.end()


def page(*names, cursor="", entered_s=NOW_S):
    """A page with these posts."""
    return Page([Item(name, name, "id1", entered_s=entered_s) for name in names], cursor)


def answered(age_s=0):
    """An acknowledgement of now, or before."""
    made = Answer(monotonic_ns() - age_s * 10**9)
    made.end_ns = made.start_ns
    return made


def watched(stage, limit_s=30.0, posts=("p",), followers=(FOLLOWER,), reads_per_s=1e6):
    """Make posts, and look for them until the window is over; rows as (hidden, seen, reads)."""
    lookout = Lookout(stage, {AUTHOR: followers}, reads_per_s, limit_s)
    for name in posts:
        lookout.made("post", AUTHOR, name, answered())
    run(lookout)
    return [(row[5] >= 0, row[6] >= 0, row[8]) for row in stage.rows]


def test_post_on_the_first_page_is_seen():
    """One read, nothing hidden before."""
    assert watched(Stage(page("a", "p"))) == [(False, True, 1)]


def test_read_that_does_not_show_it_bounds_the_time_from_below():
    """Two empty feeds, then the post: it became visible between the second read and the third."""
    stage = Stage(page(), page("a"), page("p"))
    assert watched(stage) == [(True, True, 3)]
    (row,) = stage.rows
    assert row[3] <= row[4] < row[5] < row[6] <= row[7]


def test_error_says_nothing_about_the_post():
    """A feed that could not be read neither shows nor hides."""
    assert watched(Stage(None, page("p"))) == [(False, True, 2)]


def test_feed_is_read_down_to_where_the_post_would_be():
    """Newer posts push it to the second page; a page that reaches back before it is the last one."""
    stage = Stage(page("a", cursor="c"), page("p"))
    assert watched(stage) == [(False, True, 1)]
    assert stage.cursors == ["", "c"]
    stage = Stage(page("a", cursor="c", entered_s=LONG_AGO_S), page("p"))
    assert watched(stage) == [(True, True, 2)]
    assert stage.cursors == ["", ""]


def test_post_that_does_not_come_within_the_limit_is_given_up():
    """It is recorded as not seen, with the end of looking."""
    assert watched(Stage(page()), limit_s=0.0) == [(True, False, 1)]


def test_end_of_the_window_ends_all_looking():
    """What is still looked for is recorded as not seen so far."""
    assert watched(Stage(page(), page()), posts=("p", "q")) == [(True, False, 1)] * 2


def test_few_posts_are_looked_for_at_a_time():
    """The sample is bounded, whatever is posted: by two, or by how many can be read often enough."""
    posts = tuple("abcdefgh")
    for reads_per_s, most in (
        (1.0, AT_ONCE),
        (AT_ONCE * READS_EACH, 2),
        (3 * READS_EACH, 3),
        (1e6, len(posts)),
    ):
        stage = Stage(*[page(*posts)] * len(posts))
        assert len(watched(stage, posts=posts, reads_per_s=reads_per_s)) == most


@pytest.mark.parametrize("reads_per_s", [2.0, 12.0])
def test_old_posts_leave_room_for_new_ones(reads_per_s):
    """They are read seldom: where nothing comes through more are followed than could be at first."""
    taken_up = {}
    for age_s in (0, 20):
        lookout = Lookout(Stage(), {AUTHOR: (FOLLOWER,)}, reads_per_s, 30.0)
        for number in range(100):
            lookout.made("post", AUTHOR, str(number), answered(age_s))
        lookout.end()
        taken_up[age_s] = len(lookout._scene.rows)
    assert taken_up[0] == reads_per_s / min(READS_EACH, reads_per_s / AT_ONCE)
    assert taken_up[20] >= 2 * taken_up[0]


def test_slow_reads_leave_room_for_fewer():
    """They follow each other: what the platform cannot answer in time is not asked for."""
    stage = Stage(*[page()] * 9)

    def slowly(*arguments, **more):
        gevent.sleep(0.2)
        return stage.ask(*arguments, **more)

    stage.line = SimpleNamespace(ask=slowly)
    lookout = Lookout(stage, {AUTHOR: (FOLLOWER,)}, 1e6, 30.0)
    lookout.made("post", AUTHOR, "first", answered())
    with gevent.Timeout(1.2, False):
        lookout.watch()
    for name in "abcdefgh":
        lookout.made("post", AUTHOR, name, answered())
    lookout.end()
    assert len(stage.rows) == 1 + AT_ONCE


def test_post_that_nobody_follows_is_not_looked_for():
    """No follower here, no row."""
    assert watched(Stage(page("p")), followers=()) == []
    assert watched(Stage(page("p")), followers=(3,), posts=()) == []


def test_follower_who_turned_away_says_nothing():
    """A post is rightly missing from the feed of who no longer follows."""
    stage = Stage(page())
    lookout = Lookout(stage, {AUTHOR: (FOLLOWER,)}, reads_per_s=1e6, limit_s=0.0)
    lookout.made("post", AUTHOR, "p", answered())
    stage.is_followed = False
    run(lookout)
    assert stage.rows == []


def test_replies_and_reactions_are_not_looked_for():
    """Only originals come into followers' feeds for sure."""
    stage = Stage()
    lookout = Lookout(stage, {AUTHOR: (FOLLOWER,)}, reads_per_s=1.0, limit_s=1.0)
    lookout.made("reply", AUTHOR, "p", Answer(1))
    lookout.reacted("like", FOLLOWER, "p")
    lookout.end()
    assert stage.rows == []
