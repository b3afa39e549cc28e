"""The offline platform in plain Python: what feeds show, what intentions do."""

from dataclasses import replace

import numpy as np
import pytest
import societies

from flashcrowd.core.clock import TICK
from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.sim import agenda, content, discovery
from flashcrowd.sim.items import Entry, Intention, Item, plain, publication
from flashcrowd.sim.platform import CANDIDATES, OfflinePlatform
from flashcrowd.sim.world import World, build_world

NOW = 3600.0
TOPIC = 3


class Stage:
    """A platform on which a test lets members act; `reader` follows `one` and `other`, not `stranger`."""

    def __init__(self, world: World) -> None:
        self.platform = OfflinePlatform(world)
        degree = np.diff(world.graph.start)
        self.reader = int(np.flatnonzero(degree >= 3)[0])
        self.one, self.other = (int(u) for u in world.graph.followees_of(self.reader)[:2])
        taken = {self.reader, *world.graph.followees_of(self.reader).tolist()}
        self.stranger = next(u for u in range(world.population.size) if u not in taken)

    def act(
        self,
        action: str,
        member: int,
        item: Item | None = None,
        t: float = NOW,
        address: int = 0,
        topic: int = TOPIC,
    ) -> list[Entry]:
        root = -1 if item is None else item.root
        author = member if item is None else self.platform.items[root].author
        return self.platform.apply(
            Intention(t, member, ACTION_CODE[action], address, root, root, author=author, topic=topic)
        )

    def made(self, action: str, member: int, item: Item | None = None, t: float = NOW) -> Item:
        self.act(action, member, item, t)
        return self.platform.items[-1]

    def home(self, floor: int = 0, shown: tuple[int, ...] = (), wanted: int = 20) -> list[int]:
        items = self.platform.home(self.reader, NOW + 600.0, floor, shown, wanted)
        return [item.number for item in items]

    def discovered(self, shown: tuple[int, ...] = (), wanted: int = 5, looks: int = 200) -> list[list[int]]:
        root = root_key(9, Purpose.PAGE)
        pages = (self.platform.discover(fold(root, i), self.reader, NOW, shown, wanted) for i in range(looks))
        return [[item.number for item in page] for page in pages]


@pytest.fixture
def stage(small_world: World) -> Stage:
    """The small world's platform, chronological, on which nothing has happened yet."""
    return Stage(small_world)


@pytest.fixture
def ranked(small_world: World) -> Stage:
    """The same, ordered by engagement."""
    return Stage(replace(small_world, scenario=societies.small(**{"platform.ranker": "engagement"})))


def test_home_shows_newest_first(stage: Stage) -> None:
    """Posts and reposts of those whom the member follows, and of nobody else."""
    first = stage.made("post", stage.one, t=NOW)
    stage.made("post", stage.stranger, t=NOW + 1)
    second = stage.made("post", stage.other, t=NOW + 2)
    assert stage.home() == [second.number, first.number]
    assert stage.home(wanted=1) == [second.number]
    assert stage.home(wanted=0) == []


def test_home_of_member_without_follows_is_empty(small_world: World) -> None:
    """Until it follows somebody during the run."""
    stage = Stage(small_world)
    loners = np.flatnonzero(np.diff(small_world.graph.start) == 0)
    assert len(loners) > 0
    stage.reader = int(loners[0])
    item = stage.made("post", stage.one)
    assert stage.home() == []
    stage.platform.apply(plain(NOW, stage.reader, "follow", 0, stage.one))
    assert stage.home() == [item.number]


def test_home_shows_one_copy_of_each_original_the_newest(stage: Stage) -> None:
    """The repost in place of the post; a repost by a stranger is not seen."""
    post = stage.made("post", stage.one)
    repost = stage.made("repost", stage.other, post)
    stage.made("repost", stage.stranger, post)
    assert repost.root == post.number
    assert stage.home() == [repost.number]


def test_home_shows_originals_of_strangers_that_were_passed_on(stage: Stage) -> None:
    """That is how content spreads beyond an audience."""
    post = stage.made("post", stage.stranger)
    assert stage.home() == []
    repost = stage.made("repost", stage.one, post)
    assert stage.home() == [repost.number]


def test_home_never_shows_own_posts(stage: Stage) -> None:
    """Not even when a followee passes one on."""
    post = stage.made("post", stage.reader)
    stage.made("repost", stage.one, post)
    assert stage.home() == []


def test_home_shows_nothing_twice_in_a_visit(stage: Stage) -> None:
    """Neither the copy that was shown nor a newer one of the same original."""
    post = stage.made("post", stage.one)
    assert stage.home() == [post.number]
    stage.made("repost", stage.other, post)
    assert stage.home(shown=(post.number,)) == []


def test_home_leaves_out_what_is_older_than_the_last_visit(stage: Stage) -> None:
    """The floor is the first item that was not there then; an old original comes back by a new repost."""
    old = stage.made("post", stage.one)
    new = stage.made("post", stage.other)
    assert stage.home(floor=new.number) == [new.number]
    again = stage.made("repost", stage.other, old)
    assert stage.home(floor=new.number) == [again.number, new.number]


def test_replies_are_in_no_feed(stage: Stage) -> None:
    """They count on their original."""
    post = stage.made("post", stage.one)
    stage.made("reply", stage.other, post)
    assert stage.home() == [post.number]
    assert post.replies == 1


def test_engagement_brings_what_is_liked_to_the_top(ranked: Stage) -> None:
    """Likes, reposts and replies of the original count, whoever made them."""
    liked = ranked.made("post", ranked.one, t=NOW)
    plain_one = ranked.made("post", ranked.other, t=NOW + 1)
    assert ranked.home() == [plain_one.number, liked.number]
    for _ in range(5):
        ranked.act("like", ranked.stranger, liked)
    assert ranked.home() == [liked.number, plain_one.number]


def test_only_the_newest_candidates_are_ranked(ranked: Stage) -> None:
    """The best item of all is not shown when `CANDIDATES` newer ones wait."""
    best = ranked.made("post", ranked.one, t=NOW)
    for _ in range(1000):
        ranked.act("like", ranked.stranger, best)
    newer = [ranked.made("post", ranked.other, t=NOW + 1 + k).number for k in range(CANDIDATES - 1)]
    assert ranked.home(wanted=CANDIDATES)[0] == best.number
    newer.append(ranked.made("post", ranked.other, t=NOW + 100).number)
    assert sorted(ranked.home(wanted=CANDIDATES)) == newer


def test_items_of_equal_score_stand_newest_first(stage: Stage) -> None:
    """Two posts of the same instant."""
    items = [stage.made("post", stage.one, t=NOW).number for _ in range(3)]
    assert stage.home() == items[::-1]


def test_discovery_shows_originals_that_were_passed_on(stage: Stage) -> None:
    """A repost by anybody of the cell puts the original into the pool; a post alone does not."""
    topic = int(stage.platform.world.population.main_topic[stage.reader])
    stage.act("post", stage.stranger, topic=topic)
    post = stage.platform.items[-1]
    assert not any(stage.discovered())
    stage.made("repost", stage.one, post)
    pages = stage.discovered()
    assert {number for page in pages for number in page} == {post.number}
    assert sum(map(bool, pages)) > 50
    assert max(map(len, pages)) == 1


def test_discovery_never_shows_own_posts_nor_what_was_shown(stage: Stage) -> None:
    """Nor anything twice on a page, nor more than was wanted."""
    topic = int(stage.platform.world.population.main_topic[stage.reader])
    posts = []
    for author in (stage.reader, stage.one, stage.other, stage.stranger) * 3:
        stage.act("post", author, topic=topic)
        posts.append(stage.platform.items[-1])
    for post in posts:
        stage.made("repost", stage.one, post)
    own = {post.number for post in posts if post.author == stage.reader}
    seen = tuple(post.number for post in posts if post.author == stage.one)
    pages = stage.discovered(shown=seen, wanted=3)
    found = {number for page in pages for number in page}
    assert found == {post.number for post in posts} - own - set(seen)
    assert all(len(set(page)) == len(page) <= 3 for page in pages)


def test_likes_enter_the_pool_by_their_draw(stage: Stage) -> None:
    """As `discovery.like_enters` says for the address of the decision."""
    topic = int(stage.platform.world.population.main_topic[stage.reader])
    addresses = [fold(root_key(1, Purpose.EXPOSURE), number) for number in range(100)]
    entering = next(address for address in addresses if discovery.like_enters(address))
    staying = next(address for address in addresses if not discovery.like_enters(address))
    stage.act("post", stage.stranger, topic=topic)
    post = stage.platform.items[-1]
    stage.act("like", stage.one, post, address=staying, topic=topic)
    assert not any(stage.discovered())
    stage.act("like", stage.one, post, address=entering, topic=topic)
    assert any(stage.discovered())
    assert post.likes == 2


def test_pool_keeps_the_newest_entries(stage: Stage) -> None:
    """Beyond `POOL` entries the oldest are forgotten, so the pool does not grow with the population."""
    topic = int(stage.platform.world.population.main_topic[stage.reader])
    for _ in range(discovery.POOL + 10):
        stage.act("post", stage.stranger, topic=topic)
        stage.made("repost", stage.one, stage.platform.items[-1])
    found = {number for page in stage.discovered(looks=2000) for number in page}
    entered = [item.number for item in stage.platform.items if item.root == item.number]
    assert found <= set(entered[-discovery.POOL :])
    assert len(found) > discovery.POOL // 2


def test_trends_page_shows_what_trends_whether_it_interests_or_not(stage: Stage) -> None:
    """A topic used more than usual is looked at by everybody on the trends page, and nowhere else."""
    people = stage.platform.world.population
    theirs = (people.main_topic, people.side_topic, people.own_topic)
    mine = {int(topics[stage.reader]) for topics in theirs}
    foreign = next(topic for topic in range(20) if topic not in mine)
    stage.act("post", stage.stranger, topic=foreign)
    post = stage.platform.items[-1]
    stage.made("repost", stage.one, post)
    stage.platform.uses.usual[:] = 1.0

    def looks(sought: int) -> int:
        pages = (stage.platform.discover(key, stage.reader, NOW, [], 1, sought) for key in range(400))
        return sum(post in page for page in pages)

    usual = looks(discovery.TRENDING)
    stage.platform.open_tick(NOW)
    assert stage.platform.trending == [foreign]
    assert looks(discovery.TRENDING) > 3 * usual + 10
    assert looks(discovery.INTERESTING) == usual


def test_follows_and_reposts_are_remembered(stage: Stage) -> None:
    """Whom a member follows, stored or new; what it made or passed on."""
    assert stage.platform.follows(stage.reader, stage.one)
    assert not stage.platform.follows(stage.reader, stage.stranger)
    stage.platform.apply(plain(NOW, stage.reader, "follow", 0, stage.stranger))
    assert stage.platform.follows(stage.reader, stage.stranger)
    for author in (stage.one, stage.stranger):
        stage.platform.apply(plain(NOW, stage.reader, "unfollow", 0, author))
        assert not stage.platform.follows(stage.reader, author)
    stage.platform.apply(plain(NOW, stage.reader, "follow", 0, stage.one))
    assert stage.platform.follows(stage.reader, stage.one)
    post = stage.made("post", stage.one)
    assert not stage.platform.has_reposted(stage.reader, post.number)
    stage.made("repost", stage.reader, post)
    assert stage.platform.has_reposted(stage.reader, post.number)
    assert stage.platform.has_reposted(stage.one, post.number)


def test_intentions_are_numbered_in_order(stage: Stage) -> None:
    """Rows count all, items only what is made; an intention learns the numbers of its item."""
    platform = stage.platform
    platform.apply(plain(NOW, 0, "home", 0))
    wish = Intention(NOW, stage.one, ACTION_CODE["post"], 0, author=stage.one, topic=TOPIC)
    platform.apply(wish)
    again = Intention(NOW, stage.other, ACTION_CODE["repost"], 0, wish.post, wish.root, author=stage.one)
    platform.apply(again)
    assert (wish.post, wish.root, again.post, again.root) == (0, 0, 1, 0)
    assert [item.seq for item in platform.items] == [1, 2]
    assert platform.rows == 3
    assert platform.items[0].reposts == 1


def test_traits_of_a_post_are_those_of_its_key(stage: Stage) -> None:
    """In single precision, as the kernel's columns hold them."""
    scenario = stage.platform.world.scenario
    post = stage.made("post", stage.one)
    key = fold(root_key(scenario.seed, Purpose.ITEM), post.number)
    exact = content.item_traits(key, scenario.content.appeal_sigma)
    assert post.drawn_traits == pytest.approx(exact, rel=1e-7)
    assert all(float(np.float32(value)) == value for value in post.drawn_traits)


def test_image_is_ready_after_its_tick(stage: Stage) -> None:
    """One slot per image while there are some; what is ready early is posted when the next tick begins."""
    slots = stage.platform.world.scenario.generation.slots_for(300)
    ready = [stage.act("generate", stage.one, address=7) for _ in range(slots)]
    assert all(len(entries) == 1 for entries in ready)
    entry = ready[0][0]
    assert (entry.member, entry.kind, entry.arg) == (stage.one, agenda.PUBLISH, TOPIC)
    assert entry.t >= (agenda.tick_of(NOW) + 1) * TICK
    wish = publication(entry)
    assert (wish.t, wish.member, wish.author, wish.topic, wish.ai) == (
        entry.t,
        stage.one,
        stage.one,
        TOPIC,
        True,
    )
    assert wish.action == ACTION_CODE["post"]


def test_member_gives_up_when_the_announced_wait_is_too_long(small_world: World) -> None:
    """With one slot and no patience: even the wait for the image alone is too long; nothing is queued."""
    scenario = societies.small(**{"generation.slots": 1, "generation.patience": 0.001})
    stage = Stage(replace(small_world, scenario=scenario))
    wish = Intention(NOW, stage.one, ACTION_CODE["generate"], 7, topic=TOPIC)
    assert stage.platform.apply(wish) == []
    assert wish.outcome == OUTCOME_CODE["abandoned"]


def test_blocked_prompt_takes_no_slot(small_world: World) -> None:
    """The next image is ready as soon as if nobody had asked before."""
    world = replace(small_world, scenario=societies.small(**{"generation.slots": 1}))
    idle, asked = Stage(world), Stage(world)
    blocked = Intention(NOW, asked.one, ACTION_CODE["generate"], 7, outcome=OUTCOME_CODE["blocked"])
    assert asked.platform.apply(blocked) == []
    assert asked.act("generate", asked.one, address=7) == idle.act("generate", idle.one, address=7)


def test_images_wait_for_a_slot(small_world: World) -> None:
    """With one slot and members who wait, each image is ready after the one before."""
    changes = {"generation.slots": 1, "generation.patience": "30d", "generation.median": 600.0}
    stage = Stage(replace(small_world, scenario=societies.small(**changes)))
    ready = [stage.act("generate", stage.one, address=address)[0].t for address in range(5)]
    assert ready == sorted(set(ready))


def test_post_wakes_living_followers(small_world: World) -> None:
    """Visits of followers of the author, none of them dormant, from the next tick on."""
    scenario = societies.small(**{"sessions.push_share": 1.0})
    stage = Stage(replace(small_world, scenario=scenario))
    star = int(np.argmax(small_world.graph.followers))
    entries = [entry for _ in range(20) for entry in stage.act("post", star, t=20 * 3600.0)]
    woken = {entry.member for entry in entries}
    assert len(entries) > 100
    assert woken <= set(small_world.graph.followers_of(star).tolist())
    assert not small_world.population.dormant[list(woken)].any()
    assert all((entry.kind, entry.arg) == (agenda.BEGIN, agenda.PUSHED) for entry in entries)
    assert min(entry.t for entry in entries) >= 20 * 3600.0 + TICK
    assert stage.act("repost", star, stage.platform.items[0]) == []


def test_platform_without_pushes_wakes_nobody() -> None:
    """A share of 0 is none."""
    stage = Stage(build_world(societies.small(**{"sessions.push_share": 0.0})))
    assert not [entry for _ in range(20) for entry in stage.act("post", stage.one)]


def test_for_you_feed_shows_strangers() -> None:
    """What a stranger's post in discovery offers stands in a home feed of `interest`, once, and not in one of
    `chronological`, nor when the scenario wants none."""
    for changes, shows in (
        ({"platform.ranker": "interest"}, True),
        ({"platform.ranker": "chronological"}, False),
        ({"platform.ranker": "interest", "platform.out_of_network": 0.0}, False),
    ):
        stage = Stage(build_world(societies.small(**changes, **{"content.topics": 1})))
        known = {
            stage.reader,
            stage.stranger,
            *stage.platform.world.graph.followees_of(stage.reader).tolist(),
        }
        stage.act("post", stage.stranger, topic=0)
        post = stage.platform.items[-1]
        stage.act("repost", next(member for member in range(300) if member not in known), post, topic=0)
        stage.platform.close_tick()
        seen = {
            item.number
            for page in range(50)
            for item in stage.platform.home(stage.reader, NOW + 60.0, 0, (), 20, page)
        }
        assert (post.number in seen) == shows


def test_random_feed_is_another_on_every_page() -> None:
    """The order of one page is the same whenever it is asked for, that of two pages is not."""
    stage = Stage(build_world(societies.small(**{"platform.ranker": "random"})))
    for _ in range(10):
        stage.made("post", stage.one)
    stage.platform.close_tick()
    pages = [
        [item.number for item in stage.platform.home(stage.reader, NOW + 60.0, 0, (), 20, page)]
        for page in (1, 1, 2)
    ]
    assert pages[0] == pages[1] != pages[2]
    assert sorted(pages[0]) == sorted(pages[2])
