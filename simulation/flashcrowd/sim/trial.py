"""Tries functions of the user's before they are used: on many scalars in Python, then compiled.

Whatever is wrong is said in one line, with the file and the line.
"""

import inspect
import itertools
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numba
from numba.core.errors import NumbaError

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.own import place_of, place_of_error
from flashcrowd.sim.compiled import let_call, prepare

SAMPLES: Final[dict[str, tuple[Any, ...]]] = {
    "key": (12345, 0x9E3779B97F4A7C15),
    "bool": (False, True),
    "int": (0, 1, 5000),
    "float": (0.001, 0.3, 40.0),
}
"""Kind of parameter -> values that it is tried with."""

SHARES: Final = ("fresh", "fit", "divided", "interest", "interest_in_topic", "ai_share", "luck", "rate")
"""Parameters that are shares: tried with these values."""

SHARE_SAMPLES: Final = (0.0, 0.25, 1.0)

MOST_TRIALS: Final = 800


def try_function(own: Any, like: Callable[..., Any], name: str) -> None:
    """Try a function of the user's in place of one of ours, whose parameters and kind of value it must have.

    Args:
        name: what it is for, in errors.

    Raises:
        ScenarioError: names file and line.
    """
    if not inspect.isfunction(own):
        raise ScenarioError(f"{name} is a {type(own).__name__}; must be a function")
    wanted = list(inspect.signature(like).parameters)
    if list(inspect.signature(own).parameters) != wanted:
        raise ScenarioError(
            f"{place_of(own)}: {own.__name__} must take ({', '.join(wanted)}), as {name} does"
        )
    for values in _trials(like):
        _check(own, like, name, dict(zip(wanted, values, strict=True)))
    _compile(own, like)


def kind_of(parameter: inspect.Parameter) -> str:
    """The kind of a parameter of ours: key, bool, int or float."""
    kinds = {bool: "bool", int: "int", float: "float"}
    return kinds.get(parameter.annotation, "key")


def _trials(like: Callable[..., Any]) -> Iterator[tuple[Any, ...]]:
    parameters = inspect.signature(like).parameters
    samples = [SHARE_SAMPLES if name in SHARES else SAMPLES[kind_of(one)] for name, one in parameters.items()]
    combinations = math.prod(len(values) for values in samples)
    step = max(1, combinations // MOST_TRIALS) | 1  # odd, so that no parameter stays where it is
    return itertools.islice(itertools.product(*samples), 0, None, step)


def _check(own: Callable[..., Any], like: Callable[..., Any], name: str, given: dict[str, Any]) -> None:
    told = ", ".join(f"{key}={value!r}" for key, value in given.items())
    try:
        value = own(**given)
    except Exception as error:
        place = place_of_error(error, own)
        raise ScenarioError(f"{place}: {name}({told}) raised {type(error).__name__}: {error}") from error
    wrong = _wrong(value, like, name)
    if wrong:
        raise ScenarioError(f"{place_of(own)}: {name}({told}) returned {value!r}; must be {wrong}")


def _wrong(value: Any, like: Callable[..., Any], name: str) -> str:
    """What a value should have been; empty when it is right."""
    if inspect.signature(like).return_annotation is bool:
        return "" if isinstance(value, bool) else "True or False"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return "a finite number"
    if name.endswith("_probability"):
        return "" if 0.0 <= value <= 1.0 else "0 to 1"
    return "" if value >= 0.0 or name == "score" else ">= 0"


def _compile(own: Any, like: Callable[..., Any]) -> None:
    """Compile it once, for the types that the kernel gives it."""
    prepare()
    let_call(own)
    types = {"key": numba.uint64, "bool": numba.boolean, "int": numba.int64, "float": numba.float64}
    signature = tuple(types[kind_of(one)] for one in inspect.signature(like).parameters.values())
    try:
        numba.njit(signature, _nrt=False)(own)
    except NumbaError as error:
        raise ScenarioError(_told(error, own)) from error


def _told(error: NumbaError, own: Any) -> str:
    """What numba complains of, in one line, at the line of the user's file."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    file = own.__code__.co_filename
    lines = re.findall(rf'File "[^"\n]*{re.escape(Path(file).name)}", line (\d+)', text)
    line = int(lines[-1]) if lines else own.__code__.co_firstlineno
    told = [one.strip() for one in text.splitlines() if one.strip() and "nopython mode pipeline" not in one]
    return f"{Path(file).name}:{line}: {own.__name__} cannot be compiled: {told[0] if told else error}"
