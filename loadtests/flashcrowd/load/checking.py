"""Requests of the harness's own: it looks whether what members wrote is there; recorded in phase `check`."""

from collections.abc import Callable
from time import monotonic_ns
from typing import Any, Final

import gevent

from flashcrowd.load.line import Reply
from flashcrowd.load.renewal import renewed
from flashcrowd.load.request import Request
from flashcrowd.load.runclock import NS
from flashcrowd.load.scene import Scene
from flashcrowd.load.wire import Answer

PHASE: Final = "check"
NO_SESSION: Final = -1


def check(
    scene: Scene, member: int, request: Request, read: Callable[[Answer], Any], chained: bool = False
) -> Reply:
    """The reply to a read made with a member's account, which is renewed when it has run out.

    Args:
        read: reads the answer; what it raises as PlatformError is the outcome.
        chained: whether it may leave after the window.

    Raises:
        Closed: when the window is over.
    """
    reply = _ask(scene, member, request, read, chained)
    if reply.outcome != "expired":
        return reply
    steps = renewed(scene, NO_SESSION, member, request, reply.answer.end_ns)
    try:
        while True:
            gevent.sleep(max(0.0, (next(steps) - monotonic_ns()) / NS))
    except StopIteration as end:
        return reply if end.value is None else _ask(scene, member, request, read, chained)


def _ask(scene: Scene, member: int, request: Request, read: Callable[[Answer], Any], chained: bool) -> Reply:
    return scene.line.ask(
        NO_SESSION, member, request, monotonic_ns(), read=read, chained=chained, phase=PHASE
    )
