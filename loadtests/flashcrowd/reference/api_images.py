"""OpenAI's images API over the generator pool.

The answer's headers are sent as soon as the job is accepted (`X-Queue-Length`, `X-Estimated-Wait` in s),
the body when the picture is there; so a client learns how long it will wait before it has waited.
"""

import asyncio
import base64
import time
from functools import partial
from typing import Any, Final

import orjson

from flashcrowd.reference.api_chat import authorize
from flashcrowd.reference.call import Call, Headers, Reply, json_object
from flashcrowd.reference.errors import refuse_ai
from flashcrowd.reference.generator import GeneratorPool, is_blocked
from flashcrowd.reference.images import SIZES, picture
from flashcrowd.reference.routes import Table

MOST_IMAGES: Final = 10
LONGEST_PROMPT: Final = 32_000
FORMATS: Final = ("url", "b64_json")
ALWAYS_BASE64: Final = "gpt-image"
"""Models of this name take no response_format and answer in base64, as OpenAI's do."""


async def generate(call: Call) -> Reply:
    """POST /v1/images/generations"""
    authorize(call)
    wish = json_object(await call.body())
    size, number, form = _checked(wish)
    pool = call.site.pool
    headers = announced(pool)
    if is_blocked(wish["prompt"], pool.settings.blocked):
        pool.blocked += 1
        message = "Your request was rejected as a result of our safety system."
        raise refuse_ai(400, message, "content_policy_violation")
    if pool.is_full:
        pool.refused += 1
        retry = str(max(1, round(pool.estimated_wait_s())))
        raise refuse_ai(429, "The image queue is full.", "rate_limit_exceeded", "requests", retry_after=retry)
    return Reply(headers=headers, later=partial(_make, call, size, number, form))


async def queue(call: Call) -> Reply:
    """GET /v1/images/queue: what the headers announce, without asking for a picture"""
    pool = call.site.pool
    wait_s = round(pool.estimated_wait_s(), 3)
    return Reply(orjson.dumps({"queue_length": pool.queued, "busy": pool.busy, "estimated_wait_s": wait_s}))


def announced(pool: GeneratorPool) -> Headers:
    """How long the queue is and how long a job accepted now will take."""
    return (
        (b"x-queue-length", b"%d" % pool.queued),
        (b"x-estimated-wait", b"%.3f" % pool.estimated_wait_s()),
    )


async def _make(call: Call, size: tuple[int, int], number: int, form: str) -> bytes:
    pool = call.site.pool
    data = []
    for _ in range(number):
        duration_s = pool.next_duration_s()
        serial = pool.jobs
        await pool.run(duration_s)
        if form == "url":
            data.append({"url": f"{call.site.root}/images/{size[0]}-{size[1]}-{serial}.png"})
        else:
            file = await asyncio.to_thread(picture, *size, serial)
            data.append({"b64_json": base64.b64encode(file).decode("ascii")})
    return orjson.dumps({"created": int(time.time()), "data": data})


def _checked(wish: dict[str, Any]) -> tuple[tuple[int, int], int, str]:
    """Size, number and format of the pictures wished for.

    Raises:
        Refusal: 400 that says what is wrong.
    """
    prompt, size, number = wish.get("prompt"), wish.get("size", "auto"), wish.get("n", 1)
    form = (
        "b64_json"
        if str(wish.get("model")).startswith(ALWAYS_BASE64)
        else wish.get("response_format") or "url"
    )
    if not isinstance(prompt, str) or not prompt or len(prompt) > LONGEST_PROMPT:
        raise refuse_ai(400, f"prompt must hold 1 to {LONGEST_PROMPT} characters.", "invalid_prompt")
    if size not in SIZES:
        raise refuse_ai(400, f"size must be one of {', '.join(SIZES)}.", "invalid_size")
    if not isinstance(number, int) or not 1 <= number <= MOST_IMAGES:
        raise refuse_ai(400, f"n must lie between 1 and {MOST_IMAGES}.", "invalid_n")
    if form not in FORMATS:
        raise refuse_ai(
            400, f"response_format must be one of {', '.join(FORMATS)}.", "invalid_response_format"
        )
    return SIZES[size], number, form


ROUTES: Final[Table] = (
    ("POST", "/v1/images/generations", generate),
    ("GET", "/v1/images/queue", queue),
)
