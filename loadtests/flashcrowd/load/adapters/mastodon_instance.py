"""What a server of the Mastodon API says of itself, and which calls it has."""

from dataclasses import replace
from typing import Final

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters import images
from flashcrowd.load.adapters.adapter import Steps
from flashcrowd.load.adapters.instance import Instance
from flashcrowd.load.adapters.mastodon_accounts import usable
from flashcrowd.load.adapters.mastodon_answers import can_quote, instance_of, read_instance
from flashcrowd.load.request import Request

SAYS: Final = (b"/api/v2/instance", b"/api/v1/instance")
MISSING: Final = (404, 405, 410, 501)

ASKED: Final = (
    ("trends", b"GET", b"/api/v1/trends/statuses", b""),
    ("report", b"POST", b"/api/v1/reports", b""),
    ("generate", b"POST", images.PATH, b""),
    ("search", b"GET", b"/api/v2/search?q=a&type=statuses", b"/api/v1/search?q=a"),
    ("upload", b"POST", b"/api/v2/media", b"/api/v1/media"),
)
"""Action, method, its call, and the older one. They are asked for without credentials, hence do nothing; the
question is whether the answer is that there is no such call, or anything else."""


def inspect() -> Steps[Instance]:
    """What the server says, by the second version of the call or the first, and what it has."""
    server = None
    for path in SAYS:
        answer = yield Request("public", b"GET", path, b"")
        try:
            server = read_instance(usable(answer))
            break
        except PlatformError:
            if path == SAYS[-1]:
                raise
    assert server is not None, "the last call gave a server, or its error"
    absent = [] if can_quote(server) else ["quote"]
    older = []
    for action, method, newer, first in ASKED:
        if (yield from _has(action, method, newer)):
            continue
        if first and (yield from _has(action, method, first)):
            older.append(action)
        else:
            absent.append(action)
    return replace(instance_of(server), absent=tuple(absent), older=tuple(older))


def _has(action: str, method: bytes, target: bytes) -> Steps[bool]:
    answer = yield Request(action, method, target, b"")
    return answer.status not in MISSING
