"""The ASGI application: finds the endpoint, lets the request pass the gate, sends the answer, counts both."""

import logging
import time
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from flashcrowd.reference import (
    api_accounts,
    api_chat,
    api_images,
    api_instance,
    api_media,
    api_oauth,
    api_operator,
    api_statuses,
    api_timelines,
)
from flashcrowd.reference.call import Call, Headers, Reply
from flashcrowd.reference.counters import UNKNOWN_ROUTE
from flashcrowd.reference.errors import Refusal, not_found
from flashcrowd.reference.faults import request_key
from flashcrowd.reference.routes import Route, Routes, Table
from flashcrowd.reference.site import Site

LOG: Final = logging.getLogger("flashcrowd.reference")

TABLE: Final[Table] = (
    *api_timelines.ROUTES,
    *api_statuses.ROUTES,
    *api_accounts.ROUTES,
    *api_media.ROUTES,
    *api_images.ROUTES,
    *api_chat.ROUTES,
    *api_oauth.ROUTES,
    *api_instance.ROUTES,
    *api_operator.ROUTES,
)
"""Every endpoint."""

GENERATE: Final = "POST /v1/images/generations"
CROSS_ORIGIN: Final = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"),
)
PREFLIGHT: Final = (
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Idempotency-Key"),
)
BROKEN: Final = Reply(b'{"error":"The platform failed; see its log"}', 500)


class App:
    """ASGI 3; has no lifespan, because whoever makes the `Site` closes it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._routes = Routes(TABLE)
        self._number = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise NotImplementedError(f"{scope['type']} is not spoken here")
        method: str = scope["method"]
        found = self._routes.find(method, scope["path"])
        if found is None and method == "OPTIONS":
            await _send(send, Reply(b"", headers=PREFLIGHT))
            return
        route, value = found or (Route(f"{method} {UNKNOWN_ROUTE}", _unknown), "")
        if route.name in api_operator.UNCOUNTED:
            call = Call(self.site, scope, receive, route.name, value, 0)
            await _send(send, await self._answer(route, call, is_operator=True))
            return
        counters, started_s, status = self.site.counters, time.perf_counter(), 0
        counters.begin(route.name)
        try:
            call = Call(self.site, scope, receive, route.name, value, self._next_key())
            reply = await self._answer(route, call, is_operator=False)
            status = reply.status
            await _send(send, reply)
        except ClientDisconnect:
            return  # it stays counted as received, answered with status 0
        finally:
            counters.end(route.name, status, time.perf_counter() - started_s)

    def _next_key(self) -> int:
        self._number += 1
        return 0 if self.site.gate.is_open else request_key(self.site.settings.seed, self._number)

    async def _answer(self, route: Route, call: Call, is_operator: bool) -> Reply:
        try:
            reply = await (route.handler(call) if is_operator else self._handled(route, call))
            if call.wrote:
                await self.site.store.committed()
            return reply
        except Refusal as refusal:
            return Reply(refusal.body, refusal.status, refusal.headers)
        except ClientDisconnect:
            raise
        except Exception:
            LOG.exception("%s failed", route.name)
            return BROKEN

    async def _handled(self, route: Route, call: Call) -> Reply:
        site = self.site
        limits: Headers = ()
        if site.limiter:
            client = call.header(b"authorization") or str(call.scope.get("client"))
            limits = site.limiter.take(client)
        if site.gate.is_open:
            reply = await route.handler(call)
        else:
            is_write = not route.name.startswith("GET ") and route.name != GENERATE
            async with site.gate.passing(route.name, call.key, is_write):
                reply = await route.handler(call)
        return reply._replace(headers=reply.headers + limits) if limits else reply


async def _unknown(call: Call) -> Reply:
    raise not_found()


async def _send(send: Send, reply: Reply) -> None:
    headers = [(b"content-type", reply.media_type), *CROSS_ORIGIN, *reply.headers]
    if reply.later is None:
        body = reply.body
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    else:
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        body = await reply.later()
    await send({"type": "http.response.body", "body": body})
