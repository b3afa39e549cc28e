"""Which function takes each decision of a member: the model's, or one of the user's own.

A scenario names its own under `decisions`, as `like_probability: mine.py:like_probability`. They stand in for
functions of `sim.behaviour` wherever a member decides: in the readable engine, in live sessions, and in the
kernel, compiled.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.own import digest_of, is_own, load_own
from flashcrowd.core.registry import nearest
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim import behaviour
from flashcrowd.sim.trial import kind_of, try_function

DECISIONS: Final = (
    *("position_factor", "divided_attention", "match", "attention", "social_proof"),
    *("repost_probability", "like_probability", "reply_probability", "quote_probability"),
    *("post_probability", "follows_author", "wants_image"),
)
"""Functions of `sim.behaviour` that a user's may stand in for."""

UNBOUNDED: Final = "reaction_ceiling"
"""Holds for our functions only: with others every exposure is decided exactly."""


@dataclass(frozen=True)
class Decisions:
    """The behaviour of a scenario's members.

    Attributes:
        behaviour: `sim.behaviour`, or a copy of it with functions of the user's.
        digest: of the user's files, where they lie (compiled code finds their modules by that) and what was
            taken from them; empty = nothing.
    """

    behaviour: Any = field(default=behaviour)
    digest: str = ""


USUAL: Final = Decisions()
"""Members decide as the model has it."""


def decisions_of(scenario: Scenario) -> Decisions:
    """The decisions of a scenario, tried and ready.

    Raises:
        ScenarioError: when one is not known, or the user's function is not usable: names file and line.
    """
    for name, reference in scenario.decisions.items():
        if name not in DECISIONS:
            hint = nearest(name, DECISIONS) or f"; known: {', '.join(DECISIONS)}"
            raise ScenarioError(f"{scenario.name}: decisions.{name} is not a known decision{hint}")
        if not is_own(reference):
            found = f"{scenario.name}: decisions.{name} is {reference!r}"
            raise ScenarioError(f"{found}; must name a function of a file, as mine.py:{name}")
    return _tried(tuple(sorted(scenario.decisions.items())))


@cache
def _tried(named: tuple[tuple[str, str], ...]) -> Decisions:
    """The decisions (name, reference); made once in a process, for compiled code hangs on them."""
    if not named:
        return USUAL
    own: dict[str, Callable[..., Any]] = {UNBOUNDED: _no_ceiling}
    for name, reference in named:
        function, ours = load_own(reference), getattr(behaviour, name)
        try_function(function, ours, name)
        own[name] = _standing_in(function, ours)
    digest = digest_of([reference for _, reference in named])
    taken = " ".join(f"{name}={reference}" for name, reference in named)
    return Decisions(copied(behaviour, own), f"{digest} {taken}")


def copied(module: ModuleType, replaced: Mapping[str, Any]) -> ModuleType:
    """A copy of a module whose functions call each other, and the replaced ones, in the copy."""
    copy = ModuleType(module.__name__, module.__doc__)
    copy.__dict__.update(module.__dict__)
    for name, value in vars(module).items():
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            copy.__dict__[name] = rebound(value, copy.__dict__)
    copy.__dict__.update(replaced)
    return copy


def rebound(function: FunctionType, names: dict[str, Any]) -> FunctionType:
    """The same function over other global names."""
    again = FunctionType(
        function.__code__, names, function.__name__, function.__defaults__, function.__closure__
    )
    again.__kwdefaults__ = function.__kwdefaults__
    again.__doc__ = function.__doc__
    again.__module__ = function.__module__
    return again


def _standing_in(own: Callable[..., Any], like: Callable[..., Any]) -> Callable[..., Any]:
    """The user's function in place of ours. It is given Python's own numbers, so that the compiled engine,
    which stores some as float32, does the same arithmetic as the readable one."""
    parameters = inspect.signature(like).parameters
    gives = "bool" if inspect.signature(like).return_annotation is bool else "float"
    given = ", ".join(
        name if kind_of(one) == "key" else f"{kind_of(one)}({name})" for name, one in parameters.items()
    )
    name = like.__name__
    source = f"def {name}({', '.join(parameters)}):\n    return {gives}(own({given}))\n"
    names: dict[str, Any] = {"own": own, "__name__": own.__module__}
    exec(compile(source, f"<{name}>", "exec"), names)
    made: Callable[..., Any] = names[name]
    return made


def _no_ceiling(
    attended: float, reposting: float, appeal: float, transfer: float, answering: float, allured: float
) -> float:
    """Stands in for `behaviour.reaction_ceiling`: no draw lies beyond it."""
    return 2.0
