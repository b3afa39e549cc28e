"""Which handler answers which endpoint. A template holds at most one parameter, last or last but one."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from flashcrowd.reference.call import Call, Reply

Handler = Callable[[Call], Awaitable[Reply]]
Table = tuple[tuple[str, str, Handler], ...]


class Route(NamedTuple):
    """An endpoint: its name is method and template, as the counters know it."""

    name: str
    handler: Handler


class Routes:
    """Finds the endpoint of a request by at most three look-ups, whatever the number of endpoints.

    Args:
        table: (method, template, handler) of every endpoint.
    """

    def __init__(self, table: Table) -> None:
        self._fixed: dict[tuple[str, str], Route] = {}
        self._last: dict[tuple[str, str], Route] = {}
        self._inner: dict[tuple[str, str, str], Route] = {}
        for method, template, handler in table:
            route = Route(f"{method} {template}", handler)
            before, colon, parameter = template.partition("/:")
            if not colon:
                self._fixed[method, template] = route
            elif "/" in parameter:
                self._inner[method, before, parameter.partition("/")[2]] = route
            else:
                self._last[method, before] = route

    def find(self, method: str, path: str) -> tuple[Route, str] | None:
        """The endpoint and the value of its parameter; a slash at the end of the path does not matter."""
        if path[-1:] == "/" and len(path) > 1:
            path = path[:-1]
        route = self._fixed.get((method, path))
        if route:
            return route, ""
        head, _, last = path.rpartition("/")
        route = self._last.get((method, head))
        if route:
            return route, last
        before, _, value = head.rpartition("/")
        route = self._inner.get((method, before, last))
        return (route, value) if route else None
