"""Moderation: what a policy prevents, what it costs, and both engines alike."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from societies import TICKS_A_DAY, Tables, assert_same, busy, lived, of

from flashcrowd.core.events import VERDICTS
from flashcrowd.core.moderation import Moderation
from flashcrowd.core.scenario import Scenario
from flashcrowd.report.metrics.governance import governance
from flashcrowd.sim.moderation import Desk, Posts
from flashcrowd.sim.world import World, build_world

HARM = {
    "harm.shares": {"bot": 0.5, "casual": 0.2, "troll": 1.0},
    "harm.images": 0.05,
    "content.draws": "author",
    "population.members": 600,
}

TICKS = TICKS_A_DAY


def governed(**policy: Any) -> Scenario:
    """600 busy members, whose posts do harm now and then, under a policy."""
    return busy(**HARM, **{f"moderation.{name}": value for name, value in policy.items()})


def harmful_views(scenario: Scenario) -> int:
    """Exposures to harmful posts in a day."""
    tables = lived(build_world(scenario), "kernel", TICKS)
    return len(tables["harm"]["t"]) if "harm" in tables else 0


STRICT = {
    "recall": 0.6,
    "false_positives": 0.03,
    "delay": 1800.0,
    "action": "review",
    "reports": 1,
    "reviewers": 2,
    "appeals": 1.0,
    "appeal_delay": 1800.0,
    "strikes": 2,
    "limit_gap": 7200.0,
    "review_false_positives": 0.2,
}


@pytest.fixture(scope="module")
def strict() -> World:
    """A policy in which everything happens: people, appeals, limits."""
    return build_world(governed(**STRICT))


@pytest.fixture(scope="module")
def strictly(strict: World) -> Tables:
    """A day of it. Read only."""
    return lived(strict, "kernel", TICKS)


def test_engines_agree_under_a_strict_policy(strict: World, strictly: Tables) -> None:
    """Every column of actions, exposures, harm and verdicts."""
    assert set(strictly) == {"actions", "exposures", "harm", "verdicts"}
    assert_same(strictly, lived(strict, "agents", TICKS))


@pytest.mark.parametrize("action", ["label", "downrank", "remove"])
def test_engines_agree_under_every_action(action: str) -> None:
    """A classifier that acts at once, under a ranker that takes half its candidates from strangers."""
    policy = {"recall": 0.7, "false_positives": 0.1, "delay": 60.0, "action": action}
    world = build_world(governed(**policy).changed(**{"platform.ranker": "interest"}))
    kernel = lived(world, "kernel", 300)
    assert len(kernel["harm"]["t"]) > 50
    assert_same(kernel, lived(world, "agents", 300))


def test_perfect_classifier_without_delay_prevents_every_exposure() -> None:
    """Recall 1 and delay 0: nobody is ever shown a harmful post."""
    assert harmful_views(governed(recall=1.0, delay=0.0)) == 0


def test_blind_classifier_prevents_none() -> None:
    """Recall 0 leaves the very run that no moderation leaves."""
    without = lived(build_world(governed()), "kernel", TICKS)
    blind = lived(build_world(governed(recall=0.0, delay=0.0, reviewers=3)), "kernel", TICKS)
    assert len(without["harm"]["t"]) > 1000
    for table in ("actions", "exposures", "harm"):
        assert_same({table: without[table]}, {table: blind[table]})


def test_exposures_fall_with_recall() -> None:
    """Each step of recall prevents more, by far more than chance could."""
    seen = [harmful_views(governed(recall=recall, delay=0.0)) for recall in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert all(more > fewer for more, fewer in pairwise(seen)), seen


def test_exposures_rise_with_delay() -> None:
    """The later the classifier, the more has been seen."""
    seen = [harmful_views(governed(recall=1.0, delay=delay)) for delay in (0.0, 600.0, 3600.0, 6 * 3600.0)]
    assert all(fewer < more for fewer, more in pairwise(seen)), seen


def test_reach_and_labels_lie_between_removal_and_nothing() -> None:
    """A down-ranked post keeps about its share of exposures; a label takes reactions, hardly exposures."""
    nothing = harmful_views(governed())
    few = harmful_views(governed(recall=1.0, delay=0.0, action="downrank", reach=0.2))
    labelled = lived(
        build_world(governed(recall=1.0, delay=0.0, action="label", label_effect=1.0)), "kernel", TICKS
    )
    assert 0.1 * nothing < few < 0.4 * nothing
    assert len(labelled["harm"]["t"]) > 0.3 * nothing
    harmful = np.unique(labelled["harm"]["root"])
    assert not np.isin(of(labelled["actions"], "repost")["root"], harmful).any()


def test_posts_that_two_arms_share_are_alike() -> None:
    """With draws by author, posts that both arms have do harm in both, or in neither: with one seed, arms
    differ in what the policy does."""
    free, ruled = (
        lived(
            build_world(governed(recall=recall, delay=0.0).changed(**{"generation.slots": 99})),
            "kernel",
            TICKS,
        )
        for recall in (0.0, 1.0)
    )
    shared = made(free) & made(ruled)
    assert len(shared) > 0.7 * len(made(free)) > 300
    assert truth(free) & shared == truth(ruled) & shared


def test_harmful_posts_are_known_before_anybody_has_judged_them() -> None:
    """A classifier that takes months knows as many as one that judges at once; both engines say so."""
    slow = build_world(governed(recall=1.0, delay=100.0 * 86400))
    kernel = lived(slow, "kernel", 300)
    found = governance(kernel["harm"], kernel["verdicts"], kernel["actions"], views=1e9)
    assert found.harmful == len(truth(kernel)) > 5
    assert found.acted == 0
    assert_same(kernel, lived(slow, "agents", 300))
    blind = lived(build_world(governed(recall=0.0, delay=0.0)), "kernel", 300)
    assert truth(blind) == truth(kernel)


def made(tables: Tables) -> set[tuple[int, float]]:
    """Authors and times of all originals."""
    rows = [of(tables["actions"], action, "ok") for action in ("post", "quote")]
    return {pair for one in rows for pair in zip(one["member"].tolist(), one["t"].tolist(), strict=True)}


def truth(tables: Tables) -> set[tuple[int, float]]:
    """Authors and times of harmful originals."""
    verdicts = tables["verdicts"]
    rows = verdicts["verdict"] == VERDICTS.index("pending")
    return set(zip(verdicts["author"][rows].tolist(), verdicts["posted"][rows].tolist(), strict=True))


def test_removed_posts_are_not_shown_until_they_are_restored(strictly: Tables) -> None:
    """No exposure, except in the tick in which the verdict fell, between removal and restoration."""
    verdicts, harm = strictly["verdicts"], strictly["harm"]
    gone: dict[int, float] = {}
    checked = 0
    for row in np.argsort(verdicts["t"], kind="stable").tolist():
        word, post, t = VERDICTS[verdicts["verdict"][row]], int(verdicts["post"][row]), verdicts["t"][row]
        if word in ("remove", "limit"):
            gone[post] = t
        elif word == "restore":
            seen = harm["t"][harm["root"] == post]
            assert not ((seen >= np.ceil(gone[post] / 60.0) * 60.0) & (seen < t)).any()
            del gone[post]
            checked += 1
    for post, t in gone.items():
        assert not (harm["t"][harm["root"] == post] >= np.ceil(t / 60.0) * 60.0).any()
    assert checked > 3
    assert len(gone) > 20


def test_limited_accounts_are_refused(strict: World, strictly: Tables) -> None:
    """Whoever was limited has posts that were refused, and none that came too soon."""
    verdicts, actions = strictly["verdicts"], strictly["actions"]
    limited = verdicts["author"][verdicts["verdict"] == VERDICTS.index("limit")]
    refused = np.unique(
        np.concatenate([of(actions, action, "blocked")["member"] for action in ("post", "repost", "quote")])
    )
    assert len(refused) > 3
    assert np.isin(refused, limited).all()


def posts(n: int, harmful: bool, t: float = 0.0) -> Posts:
    """So many posts of one moment, each by its own author."""
    number = np.arange(n)
    return Posts(number, number, np.full(n, t), np.full(n, harmful), number.astype(np.uint64))


def desk(**policy: Any) -> Desk:
    """A desk under a policy."""
    return Desk(Scenario(moderation=Moderation(**policy)))


def test_classifier_finds_its_shares() -> None:
    """Recall and false positives within four sigma; the median of the delay within 5 %."""
    judge = desk(recall=0.7, false_positives=0.1, delay=600.0)
    judge.take(posts(4000, harmful=True))
    assert abs(len(judge.rule(1e9)) - 2800) < 4 * np.sqrt(4000 * 0.21)
    judge = desk(recall=0.7, false_positives=0.1, delay=600.0)
    judge.take(posts(4000, harmful=False))
    assert abs(len(judge.rule(1e9)) - 400) < 4 * np.sqrt(4000 * 0.09)
    rows = judge.rows()
    assert rows is not None
    assert np.median(rows["t"]) == pytest.approx(600.0, rel=0.15)


def test_few_people_take_long() -> None:
    """120 cases at once, 300 s each: two people need at least 30 times as long as sixty."""
    waits = []
    for people in (2, 60):
        judge = desk(reports=1, reviewers=people, review_recall=1.0)
        judge.take_reports(posts(120, harmful=True), np.full(120, 10.0))
        assert len(judge.rule(1e9)) == 120
        rows = judge.rows()
        assert rows is not None
        waits.append(rows["t"].max() - 10.0)
    assert 0.5 * 60 * 300 < waits[0] < 2 * 60 * 300
    assert waits[1] < 0.15 * waits[0]


def test_reports_below_the_threshold_open_no_case() -> None:
    """Two reports where three are asked for bring nothing; the third brings it once."""
    judge = desk(reports=3, reviewers=1, review_recall=1.0)
    one = posts(1, harmful=True)
    for t in (1.0, 2.0):
        judge.take_reports(one, np.array([t]))
        assert judge.rule(1e9) == []
    for t in (3.0, 4.0, 5.0):
        judge.take_reports(one, np.array([t]))
    assert [(change.post, change.reach) for change in judge.rule(1e9)] == [(0, 0.0)]


def test_appeals_of_the_innocent_are_heard() -> None:
    """People who never err restore every false removal that is appealed against, and lift the limit."""
    judge = desk(
        false_positives=1.0, delay=0.0, reviewers=5, review_false_positives=0.0, appeals=1.0, strikes=1
    )
    judge.take(posts(50, harmful=False))
    changes = judge.rule(1e9)
    assert [change.limited for change in changes[:50]] == [True] * 50
    assert sorted(change.post for change in changes if change.reach == 1.0) == list(range(50))
    assert not any(change.limited for change in changes[50:])
