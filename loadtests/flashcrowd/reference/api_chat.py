"""OpenAI's chat API in front of a writer whose sentences mean nothing: Faker's, in the language asked for.

It is there to try a client with: what comes back has the shape of a model's answer, one post a line.
"""

import re
import time
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

import orjson

from flashcrowd.reference.call import Call, Reply, json_object
from flashcrowd.reference.errors import Refusal, refuse_ai
from flashcrowd.reference.routes import Table

MODEL: Final = "flashcrowd-writer"
LOCALE: Final = re.compile(r"\b[a-z]{2}_[A-Z]{2}\b")
NUMBER: Final = re.compile(r"\b\d{1,3}\b")
PLAIN: Final = "en_US"
MOST_LINES: Final = 200


async def complete(call: Call) -> Reply:
    """POST /v1/chat/completions"""
    authorize(call)
    wish = json_object(await call.body())
    asked = _question(wish)
    text = "\n".join(_lines(asked))
    used = {"prompt_tokens": len(asked.split()), "completion_tokens": len(text.split())}
    answer = {
        "id": f"chatcmpl-{_digest(asked):016x}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": wish.get("model") or MODEL,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {**used, "total_tokens": sum(used.values())},
    }
    return Reply(orjson.dumps(answer))


def authorize(call: Call) -> None:
    """Let nobody pass without a key: any access token of the platform, an application's or a member's.

    Raises:
        Refusal: 401 in OpenAI's shape.
    """
    try:
        known = call.token is not None
    except Refusal:
        known = False
    if not known:
        raise refuse_ai(401, "Incorrect API key provided.", "invalid_api_key")


def _question(wish: dict[str, Any]) -> str:
    """The last thing that the user said.

    Raises:
        Refusal: 400 when there is none, or the answer is wanted in pieces.
    """
    if wish.get("stream"):
        raise refuse_ai(400, "Streaming is not supported here.", "unsupported_value")
    messages = wish.get("messages")
    said = messages[-1].get("content") if isinstance(messages, list) and _are_dicts(messages) else None
    if not isinstance(said, str) or not said.strip():
        raise refuse_ai(400, "messages must end in one with a text as content.", "invalid_messages")
    return said


def _are_dicts(messages: list[Any]) -> bool:
    return bool(messages) and all(isinstance(message, dict) for message in messages)


def _lines(asked: str) -> list[str]:
    """As many posts as the question has for its first number, in the locale that it names."""
    number, locale = NUMBER.search(asked), LOCALE.search(asked)
    faker = _faker(locale[0] if locale else PLAIN)
    faker.seed_instance(_digest(asked))
    return [faker.sentence(nb_words=12) for _ in range(min(int(number[0]) if number else 1, MOST_LINES))]


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


@lru_cache(maxsize=32)
def _faker(locale: str) -> Any:
    from faker import Faker

    try:
        return Faker(locale)
    except AttributeError:  # Faker's word for a locale that it does not know
        return Faker(PLAIN)


ROUTES: Final[Table] = (("POST", "/v1/chat/completions", complete),)
