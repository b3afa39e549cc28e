"""What the platform itself has counted, when it can tell: the reference platform's `/metrics.json`."""

from time import monotonic
from typing import Final

import gevent
import msgspec

from flashcrowd.load.request import Request
from flashcrowd.load.wire import OK, Wire

SETTLE_S: Final = 3.0
"""How long the platform is given to end requests that were given up on our side."""


class Counts(msgspec.Struct):
    """Requests received, by endpoint, and how many are being answered."""

    requests: dict[str, int]
    in_flight: int


def platform_counts(wire: Wire) -> dict[str, int] | None:
    """Requests received so far by endpoint; None when the platform does not say.

    Waits until nothing is in flight, for a few seconds at most.
    """
    deadline = monotonic() + SETTLE_S
    while True:
        found = _asked(wire)
        if found is None:
            return None
        if found.in_flight == 0 or monotonic() >= deadline:
            return found.requests
        gevent.sleep(0.02)


def counted_between(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Requests by endpoint between two counts; endpoints without any are left out.

    >>> counted_between({"GET /a": 1}, {"GET /a": 1, "GET /b": 2})
    {'GET /b': 2}
    """
    growth = {name: count - before.get(name, 0) for name, count in after.items()}
    return {name: count for name, count in growth.items() if count}


def _asked(wire: Wire) -> Counts | None:
    answer = wire.send(Request("public", b"GET", b"/metrics.json", b""))
    if answer.fault != OK or answer.status != 200:
        return None
    try:
        return msgspec.json.decode(answer.body, type=Counts)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
