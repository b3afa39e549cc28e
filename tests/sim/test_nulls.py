"""The null models: against plain Python, against closed forms, and what they must conserve."""

import math
from typing import Any

import numpy as np
import pytest

from flashcrowd.core.clock import DAY
from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.core.events import ACTION_CODE, ACTIONS_SCHEMA
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.graph import FollowGraph
from flashcrowd.sim.nulls import Originals, one_beta_sir, stationary_sampler, tuned_beta
from flashcrowd.sim.nulls.sampler import RECENT_S
from flashcrowd.sim.nulls.sir import STEP_S, sir_trees
from flashcrowd.sim.world import build_world

SEED = 3


@pytest.fixture(scope="module")
def graph() -> FollowGraph:
    """The follow graph of 400 members."""
    return build_world(Scenario().changed(**{"population.members": 400, "graph.mean_follows": 12})).graph


def _star(fans: int) -> FollowGraph:
    """Everybody follows member 0."""
    everyone, zeros = np.arange(1, fans + 1, dtype=np.int32), np.zeros(fans, np.int32)
    start, followed_start = np.arange(-1, fans + 1).clip(0), np.array([0, *[fans] * (fans + 1)])
    followers = np.bincount(zeros, minlength=fans + 1).astype(np.int32)
    return FollowGraph(start, zeros, followers, followed_start, everyone)


def _originals(member: Any, t: float = 0.0) -> Originals:
    n = len(member)
    return Originals(np.full(n, t), np.asarray(member), np.zeros(n, np.int16), np.zeros(n, bool))


def _plain_sir(graph: FollowGraph, author: int, cascade: int, beta: float, gamma: float, steps: int) -> dict:
    """Member -> step of infection, step by step over everyone, with the same draws."""
    key = fold(root_key(SEED, Purpose.NULL), cascade)
    infected = {author: 0}
    for step in range(1, steps + 1):
        reached = []
        for holder, since in infected.items():
            mine = fold(key, holder)
            recovery = _first_success(uniform(mine), gamma)
            if step - since > recovery:
                continue
            for follower in set(graph.followers_of(holder).tolist()) - infected.keys():
                if _first_success(uniform(fold(mine, follower)), beta) == step - since:
                    reached.append(follower)
        infected |= dict.fromkeys(reached, step)
    return infected


def _first_success(u: float, p: float) -> int:
    return max(1, math.ceil(math.log(u) / math.log1p(-p)))


def test_sir_equals_plain_python_step_by_step(graph: FollowGraph) -> None:
    """The event-driven SIR infects the same members at the same steps as a loop over steps and members."""
    beta, gamma, steps = 0.02, 0.2, 25
    authors = [int(author) for author in np.argsort(graph.followers)[-5:]]
    trees = sir_trees(graph, _originals(authors), beta, steps * STEP_S, SEED, gamma)
    sizes = []
    for cascade, author in enumerate(authors):
        mine = trees.root == cascade
        found = dict(zip(trees.member[mine].tolist(), (trees.t[mine] / STEP_S).tolist(), strict=True))
        assert found == _plain_sir(graph, author, cascade, beta, gamma, steps)
        sizes.append(len(found))
    assert max(sizes) > 10


def test_sir_on_a_star_reaches_the_share_of_its_closed_form() -> None:
    """A holder passes on before it recovers with probability beta / (1 - (1 - beta)(1 - gamma))."""
    beta, gamma, fans, posts = 0.05, 0.1, 50, 2000
    star = _star(fans)
    trees = sir_trees(star, _originals([0] * posts), beta, DAY, SEED, gamma)
    reached = np.bincount(trees.root, minlength=posts) - 1
    share = beta / (1 - (1 - beta) * (1 - gamma))
    # The reached of one post share its recovery, so the error is that of posts.
    assert reached.mean() / fans == pytest.approx(share, abs=4 * reached.std() / fans / math.sqrt(posts))


def test_tuned_beta_gives_the_mean_size(graph: FollowGraph) -> None:
    """The mean cascade comes within the tolerance of 2 %, and grows with beta, draw for draw."""
    originals = _originals(np.tile(np.arange(400), 10))
    beta = tuned_beta(graph, originals, 1.5, DAY, SEED)
    size = [len(one_beta_sir(graph, originals, b, DAY, SEED)["t"]) for b in (beta, beta * 1.2)]
    assert size[0] / 4000 == pytest.approx(1.5, rel=0.02)
    assert size[1] > size[0]


def test_tuned_beta_without_reposts_is_zero(graph: FollowGraph) -> None:
    """Where nothing spreads, nothing is passed on."""
    beta = tuned_beta(graph, _originals([1, 2]), 1.0, DAY, SEED)
    assert beta == 0.0
    assert len(one_beta_sir(graph, _originals([1, 2]), beta, DAY, SEED)["t"]) == 2


def test_sampler_makes_posts_at_the_members_rates(graph: FollowGraph) -> None:
    """The posts of each member are Poisson with its rate; four standard deviations over all members."""
    rates = np.linspace(0, 20, 400)
    rows = _sampled(graph, rates, np.zeros(400), 5.0)
    counts = np.bincount(rows["member"], minlength=400)
    assert counts[0] == 0
    assert counts.sum() == pytest.approx(rates.sum() * 5, abs=4 * math.sqrt(rates.sum() * 5))
    scaled = (counts[1:] - rates[1:] * 5) / np.sqrt(rates[1:] * 5)
    assert scaled.std() == pytest.approx(1.0, abs=4 / math.sqrt(2 * 399))


def test_sampler_passes_on_recent_items_of_followees_once(graph: FollowGraph) -> None:
    """A repost is of an item that a followee made in the last day, never of an own one, never twice."""
    rows = _sampled(graph, np.full(400, 2.0), np.full(400, 3.0), 3.0)
    reposts = np.flatnonzero(rows["action"] == ACTION_CODE["repost"])
    assert len(reposts) > 1000
    cause = rows["cause"][reposts]
    assert (rows["t"][reposts] - rows["t"][cause] <= RECENT_S).all()
    for member, source in zip(rows["member"][reposts], rows["member"][cause], strict=True):
        assert source in graph.followees_of(member)
    assert (rows["author"][reposts] != rows["member"][reposts]).all()
    pairs = set(zip(rows["member"][reposts].tolist(), rows["root"][reposts].tolist(), strict=True))
    assert len(pairs) == len(reposts)


@pytest.mark.parametrize("model", ["sir", "sampler"])
def test_rows_are_a_record(graph: FollowGraph, model: str) -> None:
    """All columns of the schema, in order of time, parents before children, children of the same cascade."""
    rows = _rows(graph, model)
    assert set(rows) == set(ACTIONS_SCHEMA.names)
    assert (np.diff(rows["t"]) >= 0).all()
    child = np.flatnonzero(rows["cause"] >= 0)
    assert len(child) > 100
    cause = rows["cause"][child]
    assert (cause < child).all()
    assert (rows["root"][cause] == rows["root"][child]).all()
    original = np.flatnonzero(rows["cause"] < 0)
    assert (rows["root"][original] == rows["post"][original]).all()
    assert (rows["author"] == rows["member"][rows["root"]]).all()


@pytest.mark.parametrize("model", ["sir", "sampler"])
def test_same_seed_makes_the_same_rows(graph: FollowGraph, model: str) -> None:
    """Nothing but the seed decides."""
    one, two = _rows(graph, model), _rows(graph, model)
    assert all(np.array_equal(one[name], two[name]) for name in one)


def _rows(graph: FollowGraph, model: str) -> dict[str, Any]:
    if model == "sampler":
        return _sampled(graph, np.full(400, 2.0), np.full(400, 3.0), 2.0)
    return one_beta_sir(graph, _originals(np.arange(400)), 0.001, DAY, SEED)


def _sampled(graph: FollowGraph, posts: Any, reposts: Any, days: float) -> dict[str, Any]:
    topic, ai = np.zeros(400, np.int16), np.zeros(400, bool)
    return stationary_sampler(graph, posts, reposts, topic, ai, days * DAY, SEED)
