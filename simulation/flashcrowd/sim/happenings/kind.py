"""The noun of the table: what a kind of event does, as three pure functions."""

from collections.abc import Callable
from typing import Any, NamedTuple

Calls = Callable[[Any, Any, Any, Callable[[int], Any]], tuple[Any, Any]]


class Kind(NamedTuple):
    """See the package."""

    calls: Calls
    subject: Callable[[Any], tuple[int, float]]
    fervour: Callable[[Any, float], float]
