"""The OpenAI images API: prompt in, image out, a refusal when the policy says no."""

import msgspec

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.request import Request
from flashcrowd.load.wire import Answer

PATH = b"/v1/images/generations"
BELOW_BASE = b"/images/generations"
"""The same, below a base URL as OpenAI's clients take it (https://…/v1)."""

ALWAYS_BASE64 = "gpt-image"
"""Models of this name answer in base64 always, and refuse to be asked for it."""

REFUSALS = ("content_policy_violation", "moderation_blocked")
"""Error codes of a prompt that the policy refuses."""


class Picture(msgspec.Struct):
    """One image of an answer; msgspec decodes the base64 of a field of bytes."""

    b64_json: bytes | None = None


class Pictures(msgspec.Struct):
    """The answer's images."""

    data: list[Picture]


class Problem(msgspec.Struct):
    """What the service says of an error."""

    code: str | None = None


class Refusal(msgspec.Struct):
    """The answer to a prompt that was not drawn."""

    error: Problem


def request(auth: bytes, prompt: str, path: bytes = PATH, model: str = "") -> Request:
    """The request for one image, inside the answer as base64."""
    wish: dict[str, object] = {"prompt": prompt, "n": 1, "size": "1024x1024"}
    if model:
        wish["model"] = model
    if not model.startswith(ALWAYS_BASE64):
        wish["response_format"] = "b64_json"
    headers = auth + b"Content-Type: application/json\r\n"
    return Request("generate", b"POST", path, headers, msgspec.json.encode(wish))


def image(answer: Answer) -> bytes:
    """The image of an answer.

    Raises:
        PlatformError: when there is none.
    """
    try:
        pictures = msgspec.json.decode(answer.body, type=Pictures).data
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise PlatformError(f"not an images answer: {error}") from None
    if not pictures or not pictures[0].b64_json:
        raise PlatformError("an images answer without an image")
    return pictures[0].b64_json


def is_refusal(answer: Answer) -> bool:
    """Whether the policy refused the prompt."""
    if answer.status not in (400, 403, 422):
        return False
    try:
        return msgspec.json.decode(answer.body, type=Refusal).error.code in REFUSALS
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
