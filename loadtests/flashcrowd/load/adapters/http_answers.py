"""Answers of a mapped platform: JSON, in which expressions find items, ids and tokens."""

from datetime import UTC, datetime
from typing import Any, Final

import jmespath
import msgspec
from jmespath.exceptions import JMESPathError

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.item import Item
from flashcrowd.load.adapters.mapping import Items
from flashcrowd.load.wire import OK, Answer

MILLISECONDS: Final = 1e11
"""A time above it is in milliseconds since 1970, not in seconds."""


def usable(answer: Answer) -> Answer:
    """The answer, when it says yes.

    Raises:
        PlatformError: with the platform's own words.
    """
    if answer.fault != OK or not 200 <= answer.status < 300:
        said = answer.detail or answer.body[:200].decode("utf-8", "replace")
        raise PlatformError(f"status {answer.status}: {said}")
    return answer


def decoded(answer: Answer) -> Any:
    """The answer's JSON.

    Raises:
        PlatformError: when it is none.
    """
    try:
        return msgspec.json.decode(answer.body) if answer.body else None
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise PlatformError(f"not JSON: {error}") from None


def found(expression: str, value: Any) -> Any:
    """What a JMESPath expression finds, None for nothing.

    Raises:
        PlatformError: when the value is not what the expression works on.
    """
    try:
        return jmespath.search(expression, value)
    except (JMESPathError, TypeError, ValueError, RecursionError, OverflowError) as error:
        raise PlatformError(f"{expression}: {' '.join(str(error).split())[:120]}") from None


def identifier(expression: str, value: Any) -> str:
    """The id that an expression finds.

    Raises:
        PlatformError: when there is none.
    """
    said = found(expression, value)
    if said is None or said == "" or isinstance(said, bool | dict | list):
        raise PlatformError(f"{expression} is no id in the answer")
    return str(said)


def item_of(entry: Any, where: Items) -> Item:
    """The item that an entry of a list is.

    Raises:
        PlatformError: when it has no id or no author.
    """
    own = identifier(where.id, entry)
    root = _optional(where.root, entry)
    created_s = _time(_optional(where.created, entry))
    entered = _optional(where.entered, entry)
    tags = _optional(where.tags, entry)
    return Item(
        own,
        own if root in (None, "") else _word(root),
        identifier(where.author, entry),
        _word(_optional(where.reposted_by, entry)),
        _count(_optional(where.likes, entry)),
        _count(_optional(where.reposts, entry)),
        _count(_optional(where.replies, entry)),
        created_s,
        created_s if entered is None else _time(entered),
        bool(_optional(where.has_image, entry)),
        _word(_optional(where.reply_to, entry)),
        tuple(str(tag).lower().lstrip("#") for tag in tags) if isinstance(tags, list) else (),
        _word(_optional(where.ref, entry)),
    )


def now() -> str:
    """The time, as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _optional(expression: str | None, entry: Any) -> Any:
    return None if expression is None else found(expression, entry)


def _word(value: Any) -> str:
    return "" if value is None or isinstance(value, bool | dict | list) else str(value)


def _count(value: Any) -> int:
    if isinstance(value, list):
        return len(value)
    return max(0, int(value)) if isinstance(value, int | float) and abs(value) < 1e15 else 0


def _time(value: Any) -> float:
    """Seconds since 1970 of a date or a number, 0 for neither."""
    if isinstance(value, str):
        try:
            when = datetime.fromisoformat(value)
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
        return 0.0
    return value / 1000.0 if value > MILLISECONDS else float(value)
