"""What the answers of all platforms have in common: typed JSON, and how long to wait."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.wire import Answer


def decoder(kind: Any) -> Callable[[Answer], Any]:
    """Reads answers of one type.

    The function it gives raises `PlatformError` for whatever is not of that type.
    """
    decode = msgspec.json.Decoder(kind).decode

    def read(answer: Answer) -> Any:
        try:
            return decode(answer.body)
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
            raise PlatformError(f"unexpected answer: {error}") from None

    return read


def retry_after_s(answer: Answer, now: datetime | None = None) -> float | None:
    """Seconds of the Retry-After header (a number or a date, RFC 9110, 10.2.3), None without one."""
    text = answer.headers.get(b"retry-after", b"").decode("latin-1").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 9:
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())
