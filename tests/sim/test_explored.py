"""The small world of the browser view: the same society as in a run, watched."""

import numpy as np
import pytest

from flashcrowd.core.scenario import Scenario, load_scenario
from flashcrowd.sim.model import SocialModel
from flashcrowd.sim.model.explored import STEP_MINUTES, ExploredModel, Watched, follow_pairs, places


@pytest.fixture(scope="module")
def model() -> ExploredModel:
    """Half a day of a small launch day."""
    ExploredModel.scenario_shown = load_scenario("launch_day")
    made = ExploredModel(members=120, mean_follows=20.0, repost_times=40.0, seed=3)
    for _ in range(72):
        made.step()
    return made


def test_explored_world_is_the_society_of_the_scenario(model: ExploredModel) -> None:
    """Its knobs are the scenario's fields; a plain model of that scenario makes the same number of rows."""
    plain = SocialModel(model.scenario, "agents")
    for _ in range(72 * STEP_MINUTES):
        plain.step()
    assert model.scenario.population.members == 120
    assert model.scenario.reactions.repost == pytest.approx(0.16)
    assert plain.engine.rows == model.engine.rows == model.watched.counts.sum()


def test_explored_world_tells_its_facts(model: ExploredModel) -> None:
    """Counts and shares of what happened, with the published bands beside them."""
    facts = {what: (here, real) for what, here, real in model.facts()}
    assert facts["scenario time"][0] == "12.0 h"
    assert int(facts["original posts"][0]) == model.watched.posts > 0
    assert facts["never reposted"][1] == "90–98 %"
    assert model.datacollector.get_model_vars_dataframe().shape == (73, 3)


def test_watched_follows_a_cascade_by_who_exposed_whom() -> None:
    """A post, a repost of it, and a repost of the repost: two edges, two generations."""
    watched = Watched()
    rows = {"seq": [0, 1, 2], "action": [7, 12, 12], "member": [5, 6, 7], "root": [9, 9, 9],
            "cause": [-1, 0, 1], "ai": [True, True, True]}  # fmt: skip
    watched.take("actions", {name: np.array(column) for name, column in rows.items()})
    assert watched.largest == 9
    assert watched.edges[9] == [(5, 6, 1), (6, 7, 2)]
    assert (watched.posts, watched.ai_posts) == (1, 1)


def test_nothing_yet_is_told_as_nothing() -> None:
    """Before the first step there is no share of nothing."""
    ExploredModel.scenario_shown = Scenario()
    fresh = ExploredModel(members=50)
    assert fresh.cascade == []
    assert {here for _, here, _ in fresh.facts()} == {"0.0 h", "0", "–"}


def test_places_fill_a_disc_with_communities_side_by_side() -> None:
    """Every member inside the unit circle, a community in a sector of its own."""
    at = places(np.repeat([2, 0, 1], 40))
    angle = np.arctan2(at[:, 1], at[:, 0]) % (2 * np.pi)
    assert np.hypot(*at.T).max() <= 1
    assert angle[40:80].max() < angle[80:].min() < angle[:40].min()


def test_follow_pairs_are_those_of_the_graph(model: ExploredModel) -> None:
    """As many as the graph has edges, each from a follower to somebody else."""
    pairs = follow_pairs(model)
    assert len(pairs) == model.world.graph.edges
    assert (pairs[:, 0] != pairs[:, 1]).all()
