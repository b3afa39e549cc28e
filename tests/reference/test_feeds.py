"""Feeds against their definition, written as one plain query; caches against a platform that starts cold."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flashcrowd.reference.errors import Refusal
from flashcrowd.reference.paging import Page
from flashcrowd.reference.settings import Settings
from flashcrowd.reference.site import Site
from flashcrowd.reference.statuses import Draft
from flashcrowd.reference.trends import RECENT
from flashcrowd.sim.rankers.engagement import score

ROOT = "http://platform.example"
MEMBERS = 4

DEFINITION = """
SELECT s.id, coalesce(s.reblog_of, s.id) FROM statuses s
WHERE s.visibility <> 'direct'
  AND (s.author = :viewer OR s.author IN (SELECT followee FROM follows WHERE follower = :viewer))
  AND (s.reply_to_author IS NULL OR s.reply_to_author IN (:viewer, s.author)
       OR s.reply_to_author IN (SELECT followee FROM follows WHERE follower = :viewer))
ORDER BY s.id DESC
"""
"""Ids and originals of a home feed: statuses of the member and of whom it follows; answers only to these."""

WHO = st.integers(0, MEMBERS - 1)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["post"] * 3
            + ["follow"] * 2
            + [
                "direct",
                "private",
                "reply",
                "reblog",
                "unreblog",
                "like",
                "unlike",
                "unfollow",
                "delete",
                "read",
            ]
        ),
        WHO,
        WHO,
        st.booleans(),
    ),
    max_size=60,
)


class World:
    """A platform with a few members that does what a list of acts says; refused acts are left out."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.site = Site(Settings.model_validate(settings), folder, ROOT)
        self.made: list[int] = []
        with self.site.store.writing():
            self.members = [
                self.site.accounts.sign_up(f"m{number}", f"m{number}@x.example", "password", "en", True)
                for number in range(MEMBERS)
            ]

    def act(self, kind: str, who: int, other: int, is_lost: bool) -> None:
        """One act; a lost one must leave no trace."""
        member, target = self.members[who], self.members[other]
        status = self.made[-1 - other] if len(self.made) > other else 0
        before = len(self.made)
        try:
            with self.site.store.writing(is_lost):
                self._do(kind, member, target, status)
        except Refusal:
            pass
        if is_lost:
            del self.made[before:]

    def _do(self, kind: str, member: int, target: int, status: int) -> None:
        site = self.site
        acts: dict[str, Callable[[], object]] = {
            "post": lambda: self.made.append(site.statuses.post(member, Draft("a #tag"))),
            "direct": lambda: self.made.append(site.statuses.post(member, Draft("@m1 psst", "direct"))),
            "private": lambda: self.made.append(site.statuses.post(member, Draft("friends", "private"))),
            "reply": lambda: self.made.append(site.statuses.post(member, Draft("yes", reply_to=status))),
            "reblog": lambda: self.made.append(site.statuses.reblog(member, status, "public")),
            "unreblog": lambda: site.statuses.unreblog(member, status),
            "like": lambda: site.statuses.favourite(member, status),
            "unlike": lambda: site.statuses.unfavourite(member, status),
            "follow": lambda: site.accounts.follow(member, target),
            "unfollow": lambda: site.accounts.unfollow(member, target),
            "delete": lambda: site.statuses.delete(member, status),
            "read": lambda: site.renderer.page(self.home(member), member),
        }
        acts[kind]()

    def home(self, member: int, **page: object) -> list[int]:
        """A page of a member's home feed, 1000 items long unless said otherwise."""
        return self.site.feeds.home(member, Page(**{"limit": 1000, **page}))  # type: ignore[arg-type]

    def defined(self, member: int, limit: int, upwards: bool = False) -> list[int]:
        """The whole home feed by definition, read in pages; a page holds the first copy of an original."""
        feed = self.site.store.all(DEFINITION.replace(":viewer", str(member)))[:: -1 if upwards else 1]
        shown: list[int] = []
        while feed:
            first = {original: identity for identity, original in reversed(feed)}
            page = [identity for identity, original in feed if first[original] == identity][:limit]
            shown += page
            feed = [row for row in feed if (row[0] > page[-1] if upwards else row[0] < page[-1])]
        return shown[::-1] if upwards else shown


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A chronological world."""
    return World(tmp_path)


@settings(max_examples=60)
@given(ACTS, st.integers(1, 7))
def test_home_feed_is_what_its_definition_says(acts: list[tuple[str, int, int, bool]], limit: int) -> None:
    """Whole, page by page downwards and page by page upwards, whatever was done, undone or lost before."""
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        for act in acts:
            world.act(*act)
        for member in world.members:
            assert _downwards(world, member, limit) == world.defined(member, limit)
            assert _upwards(world, member, limit) == world.defined(member, limit, upwards=True)
        world.site.close()


@settings(max_examples=60)
@given(ACTS)
def test_caches_know_what_a_cold_platform_reads(acts: list[tuple[str, int, int, bool]]) -> None:
    """After any acts, lost ones included, the answers equal those of a platform started on the same data."""
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        for act in acts:
            world.act(*act)
        warm = [world.site.renderer.page(world.home(member), member) for member in world.members]
        people = world.site.accounts.shown_all(world.members)
        world.site.close()
        cold = Site(Settings(), Path(folder), ROOT)
        assert people == cold.accounts.shown_all(world.members)
        for member, page in zip(world.members, warm, strict=True):
            assert page == cold.renderer.page(cold.feeds.home(member, Page(1000)), member)
        _assert_counts_are_right(cold)
        cold.close()


def _assert_counts_are_right(site: Site) -> None:
    """Every count that is kept equals what it counts."""
    wrong = site.store.all(
        "SELECT id FROM accounts a WHERE followers <> (SELECT count(*) FROM follows WHERE followee = a.id)"
        " OR followees <> (SELECT count(*) FROM follows WHERE follower = a.id)"
        " OR statuses <> (SELECT count(*) FROM statuses WHERE author = a.id)"
        " UNION ALL SELECT id FROM statuses s"
        " WHERE favourites <> (SELECT count(*) FROM favourites WHERE status = s.id)"
        " OR reblogs <> (SELECT count(*) FROM statuses WHERE reblog_of = s.id)"
        " OR replies <> (SELECT count(*) FROM statuses WHERE reply_to = s.id)"
    )
    assert wrong == []


def _downwards(world: World, member: int, limit: int) -> list[int]:
    found: list[int] = []
    page = world.home(member, limit=limit)
    while page:
        assert len(page) <= limit
        found += page
        page = world.home(member, limit=limit, below=found[-1])
    return found


def _upwards(world: World, member: int, limit: int) -> list[int]:
    found: list[int] = []
    page = world.home(member, limit=limit, upwards=True)
    while page:
        found = page + found
        page = world.home(member, limit=limit, above=found[0], upwards=True)
    return found


def test_page_reaches_behind_what_is_kept_in_memory(world: World) -> None:
    """An author with more statuses than memory keeps is read to the first one."""
    ann, bob = world.members[:2]
    with world.site.store.writing():
        world.site.accounts.follow(bob, ann)
        made = [world.site.statuses.post(ann, Draft(f"number {number}")) for number in range(200)]
    assert _downwards(world, bob, 7) == made[::-1]
    assert _upwards(world, bob, 7) == made[::-1]
    assert world.home(bob, limit=5, above=made[100]) == made[:194:-1]
    world.site.close()


def test_popular_original_is_shown_once_in_a_page(world: World) -> None:
    """Of its boosts by people followed the newest stands there."""
    ann, *fans = world.members
    with world.site.store.writing():
        made = world.site.statuses.post(fans[0], Draft("popular"))
        boosts = [world.site.statuses.reblog(fan, made, "public") for fan in fans]
        for fan in fans:
            world.site.accounts.follow(ann, fan)
        last = world.site.statuses.post(fans[0], Draft("something else"))
    assert world.home(ann) == [last, boosts[-1]]
    world.site.close()


def test_feed_of_member_without_follows_holds_its_own(world: World) -> None:
    """Nothing of others is shown to who follows nobody."""
    ann, bob = world.members[:2]
    with world.site.store.writing():
        own = world.site.statuses.post(ann, Draft("mine"))
        world.site.statuses.post(bob, Draft("not mine"))
    assert world.home(ann) == [own]
    world.site.close()


def test_engagement_feed_is_ordered_by_its_ranker(tmp_path: Path) -> None:
    """The order is that of the ranker's scores, and pages by `max_id` cut it without loss or repetition."""
    world = World(tmp_path, ranker="engagement")
    ann, bob, *others = world.members
    with world.site.store.writing():
        world.site.accounts.follow(bob, ann)
        made = [world.site.statuses.post(ann, Draft(f"number {number}")) for number in range(10)]
        for number, liker in ((2, ann), (2, others[0]), (5, others[1]), (5, others[0]), (5, ann), (7, ann)):
            world.site.statuses.favourite(liker, made[number])
        world.site.statuses.post(others[0], Draft("answer", reply_to=made[0]))
    likes = {made[2]: 2, made[5]: 3, made[7]: 1}
    replies = {made[0]: 1}
    expected = sorted(
        made, key=lambda one: (-score(0.0, likes.get(one, 0), 0, replies.get(one, 0), 0.0, 0.5), -one)
    )
    assert expected[0] == made[0]
    assert world.home(bob) == expected
    assert _downwards(world, bob, 3) == expected
    world.site.close()


def test_ranked_feed_ends_with_its_window(tmp_path: Path) -> None:
    """A ranker chooses among the newest items only."""
    world = World(tmp_path, ranker="engagement", ranked_window=20)
    ann = world.members[0]
    with world.site.store.writing():
        made = [world.site.statuses.post(ann, Draft(f"number {number}")) for number in range(50)]
    assert set(world.home(ann)) == set(made[30:])
    world.site.close()


def test_hashtag_used_more_than_usual_trends_before_the_most_used(tmp_path: Path) -> None:
    """One that appears lately stands first, though the other has fifty times as many uses."""
    world = World(tmp_path)
    ann = world.members[0]
    with world.site.store.writing():
        for number in range(2 * RECENT):
            world.site.statuses.post(ann, Draft(f"one of many #usual {number}"))
        for number in range(10):
            world.site.statuses.post(ann, Draft(f"what is that? #new {number}"))
    assert world.site.trends.tags() == [("new", 10, 1), ("usual", 2 * RECENT, 1)]
    world.site.close()


def test_for_you_feed_is_ordered_by_taste_and_shows_strangers(tmp_path: Path) -> None:
    """What carries the hashtags that the viewer liked stands first; a stranger's trending status is there."""
    world = World(tmp_path, ranker="interest")
    ann, bob, cat, *_ = world.members
    with world.site.store.writing():
        world.site.accounts.follow(bob, ann)
        liked = world.site.statuses.post(ann, Draft("one #anime"))
        fits = world.site.statuses.post(ann, Draft("two #anime"))
        other = world.site.statuses.post(ann, Draft("three #food"))
        strange = world.site.statuses.post(cat, Draft("four #sports"))
        world.site.statuses.favourite(bob, liked)
        world.site.statuses.favourite(ann, strange)
    home = world.home(bob)
    assert set(home) == {liked, fits, other, strange}
    assert home.index(fits) < home.index(other)
    world.site.close()
