"""For who runs the platform: health, counts, faults, consent to load. None of these counts itself."""

from ipaddress import ip_address
from typing import Any, Final

import orjson
from pydantic import ValidationError

from flashcrowd.reference.call import Call, Reply, json_object
from flashcrowd.reference.errors import refuse
from flashcrowd.reference.faults import Faults
from flashcrowd.reference.routes import Table
from flashcrowd.reference.schema import COUNTED
from flashcrowd.reference.settings import complaints

TEXT: Final = b"text/plain; charset=utf-8"
PROMETHEUS: Final = b"text/plain; version=0.0.4; charset=utf-8"
CONSENT: Final = b"flashcrowd: load may be put on this host\n"
"""Served at /.well-known/flashcrowd.txt: who can put it there owns the host."""

WELCOME: Final = (
    b"This is a Flashcrowd reference platform. It speaks the Mastodon client API and OpenAI's images API.\n"
)


async def health(call: Call) -> Reply:
    """GET /health"""
    return Reply(b"OK", media_type=TEXT)


async def consent(call: Call) -> Reply:
    """GET /.well-known/flashcrowd.txt"""
    return Reply(CONSENT, media_type=TEXT)


async def welcome(call: Call) -> Reply:
    """GET /"""
    return Reply(WELCOME, media_type=TEXT)


async def metrics_json(call: Call) -> Reply:
    """GET /metrics.json"""
    return Reply(
        orjson.dumps({**call.site.counters.as_dict(), "generator": _generator(call), "rows": _rows(call)})
    )


async def metrics(call: Call) -> Reply:
    """GET /metrics"""
    lines = call.site.counters.as_prometheus()
    for name, value in _generator(call).items():
        lines += [f"# TYPE flashcrowd_generator_{name} gauge", f"flashcrowd_generator_{name} {value:g}"]
    lines.append("# TYPE flashcrowd_rows gauge")
    lines += [f'flashcrowd_rows{{table="{table}"}} {count}' for table, count in _rows(call).items()]
    return Reply(("\n".join(lines) + "\n").encode(), media_type=PROMETHEUS)


async def show_faults(call: Call) -> Reply:
    """GET /faults"""
    return Reply(call.site.gate.faults.model_dump_json().encode())


async def switch_faults(call: Call) -> Reply:
    """POST /faults: the faults named are on from now, all others are off"""
    client = call.scope.get("client")
    if not client or not ip_address(client[0]).is_loopback:
        raise refuse(403, "Faults can be switched from this machine only")
    try:
        faults = Faults.model_validate(json_object(await call.body()))
    except ValidationError as error:
        raise refuse(422, "; ".join(complaints(error))) from error
    call.site.gate.switch(faults)
    call.site.pool.factor = faults.generator_factor
    return Reply(faults.model_dump_json().encode())


def _generator(call: Call) -> dict[str, Any]:
    pool = call.site.pool
    return {
        "slots": pool.settings.slots,
        "busy": pool.busy,
        "queued": pool.queued,
        "longest_queue": pool.longest_queue,
        "done": pool.done,
        "blocked": pool.blocked,
        "refused": pool.refused,
        "busy_s": round(pool.busy_s, 6),
    }


def _rows(call: Call) -> dict[str, int]:
    return {table: call.site.store.one(f"SELECT count(*) FROM {table}")[0] for table in COUNTED}


ROUTES: Final[Table] = (
    ("GET", "/", welcome),
    ("GET", "/health", health),
    ("GET", "/.well-known/flashcrowd.txt", consent),
    ("GET", "/metrics", metrics),
    ("GET", "/metrics.json", metrics_json),
    ("GET", "/faults", show_faults),
    ("POST", "/faults", switch_faults),
)
UNCOUNTED: Final = frozenset(f"{method} {template}" for method, template, _ in ROUTES)
