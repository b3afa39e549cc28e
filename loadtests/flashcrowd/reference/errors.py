"""Refusals: what a request gets when it cannot have what it asks for, in Mastodon's and in OpenAI's shape."""

from typing import Any

import orjson


class Refusal(Exception):  # noqa: N818 - an answer like any other, not a failure
    """An answer that is an error: status, JSON body, further headers."""

    def __init__(
        self, status: int, body: dict[str, Any], headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = orjson.dumps(body)
        self.headers = headers


def refuse(status: int, message: str, headers: tuple[tuple[bytes, bytes], ...] = (), **more: Any) -> Refusal:
    """A refusal in Mastodon's shape: `{"error": message}`."""
    return Refusal(status, {"error": message, **more}, headers)


def not_found() -> Refusal:
    """404 as Mastodon words it."""
    return refuse(404, "Record not found")


def invalid(reason: str, **more: Any) -> Refusal:
    """422 as Mastodon words it.

    >>> invalid("Text can't be blank").status
    422
    """
    return refuse(422, f"Validation failed: {reason}", **more)


def refuse_ai(
    status: int, message: str, code: str, kind: str = "invalid_request_error", **headers: str
) -> Refusal:
    """A refusal in OpenAI's shape; keyword `retry_after` becomes the header Retry-After."""
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    lines = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())
    return Refusal(status, body, lines)
