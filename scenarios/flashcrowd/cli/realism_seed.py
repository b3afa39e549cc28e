"""One run of a realism study: the society of one seed, and the null models on its graph, observed.

A module of its own because other processes import it by name.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from flashcrowd.core.jobs import Tell
    from flashcrowd.core.scenario import Scenario
    from flashcrowd.report.realism.measures.collector import Collector
    from flashcrowd.report.realism.measures.observation import Observation
    from flashcrowd.report.realism.plan import Plan
    from flashcrowd.report.realism.runs import SeedRun
    from flashcrowd.sim.world import World


class Variant(NamedTuple):
    """One scenario of a study: what it changes, how large and how long its runs are.

    `members`: at most, as many as its facts need · `days`: of each run; None = the study's ·
    `short_days`: the same in a study of less than `LONG_DAYS` · `exposures`: share of members whose exposures
    are recorded.
    """

    changes: Mapping[str, Any]
    members: int = 1_000_000_000
    days: float | None = None
    short_days: float | None = None
    exposures: float = 0.0


def _newcomers(preset: str) -> Variant:
    """A society into which two members in five sign up within the first half day."""
    return Variant(
        {
            "population.retention": preset,
            "growth.share": 0.4,
            "growth.curve": "given",
            "growth.points": ((0.0, 0.0), (43200.0, 1.0)),
        },
        members=5_000,
        days=32.0,
        short_days=9.0,
    )


SCENARIOS: Final[Mapping[str, Variant]] = {
    "default": Variant({}, exposures=1.0),
    "flash": Variant(
        {
            "content.topics": 10,
            "events": ({"kind": "breaking_news", "at": 40 * 3600.0, "urge": 0.8, "fervour": 6.0},),
        },
        members=100_000,
        days=2.0,
        short_days=2.0,
    ),
    "hype": _newcomers("hype"),
    "typical": _newcomers("typical"),
    "sticky": _newcomers("sticky"),
}
"""The scenarios of a study. Facts that are measured in others than these are not simulated."""

SOCIETY_SHARE: Final = 0.9
"""Share of a run's time until the society is done; the rest is for measures and null models."""

TOLD_TICKS: Final = 30

LONG_DAYS: Final = 4.0
"""Days of a study from which day 30 of a cohort is waited for."""


def observe_seed(job: "SeedRun", tell: "Tell") -> dict[str, Any]:
    """The readings of one seed: of the society, and, in the default scenario of a plan with null models, of
    both."""
    from flashcrowd.core.scenario import resolved_scenario
    from flashcrowd.report.realism.facts import FACTS
    from flashcrowd.report.realism.runs import measure_all, readings_document
    from flashcrowd.sim.world import build_world

    world = build_world(resolved_scenario(dict(job.settings), "study"))
    seen = _live(world, job, tell)
    readings = {"society": measure_all(FACTS, seen, job.scenario)}
    if job.scenario == "default" and job.plan.nulls:
        for name, rows in _null_rows(world, seen).items():
            collector = _collector(world, job)
            collector.take("actions", rows)
            readings[name] = measure_all(FACTS, collector.observation())
    return readings_document(readings)


def _live(world: "World", job: "SeedRun", tell: "Tell") -> "Observation":
    """Let the society live through the plan's days."""
    from flashcrowd.core.clock import TICK
    from flashcrowd.report.realism.measures.observation import FollowLists
    from flashcrowd.sim.model import SocialModel

    collector = _collector(world, job)
    model = SocialModel(world.scenario, "kernel", collector.take, world)
    ticks = round(job.plan.end_s / TICK)
    for tick in range(ticks):
        model.step()
        if tick % TOLD_TICKS == 0:
            tell(SOCIETY_SHARE * tick / ticks)
    model.finish()
    graph = world.graph.stored()
    return collector.observation(FollowLists(graph.start, graph.followees), world.population.joined)


def _null_rows(world: "World", seen: "Observation") -> dict[str, dict[str, Any]]:
    """Rows of both null models, given what the society of this seed did on the same graph.

    The SIR spreads the society's originals and is tuned to their mean cascade size; the sampler gives every
    member its own mean rates of posts and reposts.
    """
    import numpy as np

    from flashcrowd.sim.nulls import Originals, one_beta_sir, stationary_sampler, tuned_beta

    people, seed, trees = world.population, world.scenario.seed, seen.forest
    begun = trees.t[: trees.n_recorded]
    order = np.argsort(begun, kind="stable")
    topic, ai = _of_originals(seen)
    originals = Originals(begun[order], trees.member[order], topic[order], ai[order])
    mean_size = trees.n_nodes / max(trees.n_cascades, 1)
    graph = world.graph.stored()
    beta = tuned_beta(graph, originals, mean_size, seen.end_s, seed)
    posts, reposts = (seen.per_member(name) / seen.days for name in ("post", "repost"))
    makers = trees.member[: trees.n_recorded][trees.ai[: trees.n_recorded]]
    makes_images = np.bincount(makers, minlength=people.size) * 2 > seen.per_member("post")
    return {
        "sir": one_beta_sir(graph, originals, beta, seen.end_s, seed),
        "sampler": stationary_sampler(
            graph, posts, reposts, people.main_topic, makes_images, seen.end_s, seed
        ),
    }


def _of_originals(seen: "Observation") -> tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
    """Topic and AI image of the originals, in the order of the forest."""
    from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE

    rows = seen.actions
    made = (rows["action"] == ACTION_CODE["post"]) & (rows["outcome"] == OUTCOME_CODE["ok"])
    return rows["topic"][made], rows["ai"][made]


def _collector(world: "World", job: "SeedRun") -> "Collector":
    import numpy as np

    from flashcrowd.report.realism.measures.collector import Collector
    from flashcrowd.sim.population import REGION_OFFSET_H

    offsets = np.array([REGION_OFFSET_H[name] for name in world.population.regions])
    plan = job.plan
    return Collector(world.population.region, offsets, plan.start_s, plan.end_s, plan.follow_up_s)


def plan_of(name: str, plan: "Plan") -> "Plan":
    """The plan of one scenario of a study."""
    from dataclasses import replace

    variant = SCENARIOS[name]
    days = variant.days if plan.days >= LONG_DAYS else variant.short_days
    return replace(plan, members=min(plan.members, variant.members), days=days or plan.days)


def settings_of(scenario: "Scenario", name: str, plan: "Plan", seed: int) -> dict[str, Any]:
    """The resolved scenario of one run of a study, given the plan of its scenario."""
    variant = SCENARIOS[name]
    changes = {
        **variant.changes,
        "population.members": plan.members,
        "duration": plan.end_s,
        "seed": seed,
        "record.exposures": variant.exposures,
    }
    return scenario.changed(**changes).resolved()
