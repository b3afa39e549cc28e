"""One run of a study: an arm with one seed, reduced to its metrics.

A module of its own because other processes import it by name.
"""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from flashcrowd.core.jobs import Tell
    from flashcrowd.report.held import HeldRecord
    from flashcrowd.sim.world import World

TOLD_TICKS: Final = 30


def observe_run(settings: dict[str, Any], tell: "Tell") -> dict[str, Any]:
    """The metrics of a run of a resolved scenario; what is not known is null."""
    from flashcrowd.report.analysis import Analysis
    from flashcrowd.report.metrics import measure
    from flashcrowd.report.run import Run

    record = lived(_world(settings), tell)
    found = {metric.name: metric.as_json() for metric in measure(Analysis(Run(record)))}
    return {"metrics": {name: {"value": one["value"], "unit": one["unit"]} for name, one in found.items()}}


def lived(world: "World", tell: "Tell") -> "HeldRecord":
    """Let the society live for the scenario's duration; its record."""
    from flashcrowd.core.clock import TICK
    from flashcrowd.report.held import HeldRecord
    from flashcrowd.sim.model import SocialModel
    from flashcrowd.sim.roster import write_members

    record = HeldRecord(world.scenario)
    model = SocialModel(world.scenario, "kernel", record.append, world)
    ticks = max(1, round(world.scenario.duration / TICK))
    for tick in range(ticks):
        model.step()
        if tick % TOLD_TICKS == 0:
            tell(tick / ticks)
    model.finish()
    write_members(record, world, *model.follow_counts(), end_s=model.clock_s)
    record.close(views=model.views, members=world.population.size)
    return record


def _world(settings: dict[str, Any]) -> "World":
    """The world of a scenario; arms that share their follow graph get the same one."""
    from flashcrowd.core.scenario import resolved_scenario
    from flashcrowd.sim.world import build_world, graph_settings

    scenario = resolved_scenario(settings, str(settings["name"]))
    return build_world(scenario, _graph(json.dumps(graph_settings(scenario), sort_keys=True)))


@lru_cache(maxsize=1)
def _graph(settings: str) -> Any:
    """The follow graph of a scenario, given by what it depends on."""
    from flashcrowd.core.scenario import resolved_scenario
    from flashcrowd.sim.population import build_population
    from flashcrowd.sim.world import graph_of

    scenario = resolved_scenario(json.loads(settings), "follow graph")
    return graph_of(scenario, build_population(scenario))
