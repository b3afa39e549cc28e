"""New credentials for a member whose own ran out during a visit: recorded as a login, asked for once."""

from collections.abc import Generator
from typing import Final

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.request import Request
from flashcrowd.load.scene import Scene

LOOK_GAP_NS: Final = 50_000_000
"""While another request of the member renews its credentials, this one looks so often."""


def renewed(
    scene: Scene, session: int, member: int, request: Request, due_ns: int
) -> Generator[int, None, int | None]:
    """Put new credentials into a request; when it may be sent (ns), None when there are none to be had."""
    account = scene.accounts[member]
    stale = account.auth
    if not stale or stale not in request.headers:
        return None
    while member in scene.renewing:
        due_ns += LOOK_GAP_NS
        yield due_ns
    if account.auth == stale:
        scene.renewing.add(member)
        try:
            due_ns = yield from _renew(scene, session, member, due_ns)
        except PlatformError:
            return None
        finally:
            scene.renewing.discard(member)
    request.headers = request.headers.replace(stale, account.auth)
    return due_ns


def _renew(scene: Scene, session: int, member: int, due_ns: int) -> Generator[int, None, int]:
    account, vault = scene.accounts[member], scene.vault
    steps = scene.adapter.renew(vault.keys, account, vault.logins[member])
    try:
        asked = next(steps)
        while True:
            yield due_ns
            reply = scene.line.ask(session, member, asked, due_ns, timeout_s=scene.scenario.load.timeout)
            due_ns = reply.answer.end_ns
            asked = steps.send(reply.answer)
    except StopIteration as end:
        account.auth, account.refresh, account.expires_s = (
            end.value.auth,
            end.value.refresh,
            end.value.expires_s,
        )
        vault.keep_account(account)
        return due_ns
