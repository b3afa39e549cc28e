"""One request of a visit, from its intended time to its last attempt."""

from collections.abc import Callable, Generator
from typing import Any

from flashcrowd.core.draws import fold
from flashcrowd.load import feedback
from flashcrowd.load.line import Reply
from flashcrowd.load.renewal import renewed
from flashcrowd.load.request import Request
from flashcrowd.load.scene import Scene
from flashcrowd.load.wire import Answer

Call = Generator[int, None, Reply]
"""Yields when (ns) the next attempt is due; returns how the last one ended."""


def call(
    scene: Scene,
    session: int,
    member: int,
    request: Request,
    due_ns: int,
    key: Any,
    patience_s: float | None = None,
    read: Callable[[Answer], Any] | None = None,
    chained: bool = False,
    retried: bool = True,
) -> Call:
    """Send a request, again after a while if the platform cannot answer it, and tell how it ended.

    The first attempt is sent at once, for its time `due_ns` has come; the next are intended for the end of
    the one before plus the back-off.

    Args:
        key: address of the request's draws.
        patience_s: after so long the member gives up; None = it waits as long as the client does.
        retried: False for what a member does not try again.
    """
    scenario = scene.scenario
    limit_s = scenario.load.timeout if patience_s is None else patience_s
    attempt, may_renew = 1, True
    while True:
        reply = scene.line.ask(
            session,
            member,
            request,
            due_ns,
            attempt,
            limit_s,
            patient=patience_s is None,
            read=read,
            chained=chained,
        )
        answer = reply.answer
        if reply.outcome == "expired" and may_renew:
            again_ns = yield from renewed(scene, session, member, request, answer.end_ns)
            if again_ns is None:
                return reply
            due_ns, may_renew = again_ns, False
            attempt += 1
            continue
        settings = scenario.feedback
        if not (retried and feedback.is_retried(reply.outcome, answer.status, attempt, settings)):
            return reply
        asked_s = scene.adapter.retry_after_s(answer)
        if asked_s is not None and asked_s > settings.longest_delay:
            return reply  # nobody waits for that, and to ask before is rude
        delay_s = feedback.retry_delay_s(fold(key, due_ns), attempt, asked_s, settings)
        due_ns = answer.end_ns + int(delay_s * 1e9)
        attempt += 1
        yield due_ns
