"""The kernel with decisions of the user's: the same source, compiled over another `behaviour`.

Compiled functions keep the functions that they call. So every function of the kernel that reaches `behaviour`
is made again over the copy that holds the user's decisions, and compiled into a cache of its own. What does
not reach it stays as it is, and so does the kernel of every other scenario.
"""

import dis
from collections.abc import Callable
from functools import cache
from inspect import isfunction
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

from flashcrowd.sim import behaviour
from flashcrowd.sim.compiled import hot_variant, inner, let_call
from flashcrowd.sim.decisions import Decisions, rebound
from flashcrowd.sim.kernel.visits import visit_some

PACKAGE: Final = "flashcrowd.sim"


@cache
def visits_with(decisions: Decisions) -> Callable[..., int]:
    """`kernel.visits.visit_some` for members with these decisions."""
    if not decisions.digest:
        usual: Callable[..., int] = visit_some
        return usual
    for name in vars(decisions.behaviour):
        value = getattr(decisions.behaviour, name)
        if isfunction(value):
            let_call(value)
            inner(value)
    again: Callable[..., int] = _Again(decisions).of_compiled(visit_some)
    return again


class _Again:
    """Functions of the kernel, made again over other decisions, each once."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions
        self._made: dict[FunctionType, FunctionType] = {}

    def of_compiled(self, function: Any) -> Any:
        """A compiled function, compiled again."""
        return hot_variant(self._of(function.py_func), self._decisions.digest)

    def _of(self, function: FunctionType) -> FunctionType:
        if function not in self._made:
            names = function.__globals__
            changed = {
                name: again
                for name in _names(function.__code__)
                if name in names and (again := self._in_place_of(names[name])) is not names[name]
            }
            self._made[function] = rebound(function, {**names, **changed}) if changed else function
            if changed:
                inner(self._made[function])
        return self._made[function]

    def _in_place_of(self, value: Any) -> Any:
        """What stands for a global name of the kernel."""
        if value is behaviour:
            return self._decisions.behaviour
        if isinstance(value, ModuleType) or not isfunction(value):
            return value
        if value.__module__ == behaviour.__name__:
            return getattr(self._decisions.behaviour, value.__name__)
        return self._of(value) if value.__module__.startswith(PACKAGE) else value


def _names(code: CodeType) -> set[str]:
    """The global names that a function uses, in functions inside it, too."""
    own = {one.argval for one in dis.get_instructions(code) if one.opname == "LOAD_GLOBAL"}
    return own.union(*(_names(one) for one in code.co_consts if isinstance(one, CodeType)))
