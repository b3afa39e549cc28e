"""Runs the arms of a proof, in memory."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen
from flashcrowd.core.scenario import Scenario


def proved(proof: Proof, scenario: Scenario, tell: Callable[[str, float], None]) -> list[Claim]:
    """The claims of a proof about a scenario; `tell` hears the arm under way and its share done, 0..1."""
    seen = {}
    for name, changes in {AS_IS: {}, **proof.arms}.items():
        seen[name] = observed(changed(scenario, changes), partial(tell, name))
    return proof.claims(seen)


def changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """The scenario of an arm; `events.N.field` changes one event."""
    plain = {path: value for path, value in changes.items() if not path.startswith("events.")}
    events = [event.model_dump() for event in scenario.events]
    for path, value in changes.items():
        if path not in plain:
            _, number, field = path.split(".")
            events[int(number)][field] = value
    if len(plain) < len(changes):
        plain["events"] = events
    return scenario.changed(**plain)


def observed(scenario: Scenario, tell: Callable[[float], None]) -> Seen:
    """What is seen of one run."""
    from flashcrowd.cli.study_run import lived
    from flashcrowd.report.analysis import Analysis
    from flashcrowd.report.run import Run
    from flashcrowd.sim.world import build_world

    world = build_world(scenario)
    return Seen(scenario, world, Analysis(Run(lived(world, tell))))
