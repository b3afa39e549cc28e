"""How long a platform asks to wait: Retry-After (RFC 9110, 10.2.3), and the headers of its rate limits.

The limits' names are in common use (`X-RateLimit-Reset`, `RateLimit-Reset`, or all in one `RateLimit`), their
values are not: seconds from now, seconds since 1970, or a date.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from flashcrowd.load.wire import Answer

PREFIXES: Final = (b"x-ratelimit-", b"ratelimit-", b"x-rate-limit-")
TOGETHER: Final = b"ratelimit"
LEFT: Final = re.compile(rb"\b(?:remaining|r)=(\d+)")
RESET: Final = re.compile(rb"\b(?:reset|t)=(\d+)")
"""The two values in the one header of the later drafts (draft-ietf-httpapi-ratelimit-headers)."""

LONG_AGO_S: Final = 1_000_000_000.0
"""A number above it is a time since 1970, below it a number of seconds from now."""


def retry_after_s(answer: Answer, now: datetime | None = None) -> float | None:
    """Seconds that the platform asks to wait before it is asked again; None when it does not say."""
    now = now or datetime.now(UTC)
    said = answer.headers.get(b"retry-after")
    if said:
        return _seconds(said, now)
    return _reset_s(answer, now) if answer.status == 429 else None


def used_up_s(answer: Answer, now: datetime | None = None) -> float | None:
    """Seconds until more may be asked, when this answer was the last that a limit allows; else None."""
    for prefix in PREFIXES:
        if answer.headers.get(prefix + b"remaining", b"").strip() == b"0":
            return _reset_s(answer, now or datetime.now(UTC))
    left = LEFT.search(answer.headers.get(TOGETHER, b""))
    return _reset_s(answer, now or datetime.now(UTC)) if left is not None and int(left[1]) == 0 else None


def _reset_s(answer: Answer, now: datetime) -> float | None:
    said = (answer.headers.get(prefix + b"reset") for prefix in PREFIXES)
    found = next((each for each in said if each), None)
    if found is None:
        together = RESET.search(answer.headers.get(TOGETHER, b""))
        found = together[1] if together is not None else b""
    return _seconds(found, now)


def _seconds(value: bytes, now: datetime) -> float | None:
    text = value.decode("latin-1").strip()
    if text.isascii() and text.replace(".", "", 1).isdigit() and len(text) < 18:
        number = float(text)
        return max(0.0, number - now.timestamp()) if number > LONG_AGO_S else number
    when = _date(text)
    return None if when is None else max(0.0, (when - now).total_seconds())


def _date(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            when = read(text)
            when = when if when.tzinfo else when.replace(tzinfo=UTC)
            when.timestamp()
        except (ValueError, OverflowError, IndexError, TypeError):
            continue
        return when
    return None
