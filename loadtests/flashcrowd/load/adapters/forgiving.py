"""Reads answers of servers that deviate from the documented form: as documented first, then as meant.

Seen on servers of the Mastodon API: null where a number or a list belongs (Pixelfed), numbers as texts, ids
as numbers, tags as plain words, times without a zone, one broken entry among good ones. The documented form
is decoded in one step and costs nothing more; only what does not fit it is looked at again.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import msgspec

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.wire import Answer

LARGEST_BYTES: Final = 1 << 20
"""A larger answer that is not as documented is not looked at again: that would hold the crowd up."""

TIMES: Final = frozenset({"created_at"})
WORDS: Final = frozenset({"tags"})
"""Fields that hold times, and those whose entries may be plain words in place of things with a name."""

LONG_AGO: Final = 1e11
"""A number above it counts milliseconds."""

BROKEN: Final = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)


def forgiving(kind: Any, entries: Any = None, name: str = "") -> Callable[[Answer], Any]:
    """Reads answers of one type.

    Args:
        entries: type of a list's entries; one that cannot be read is then left out, unless none can.
        name: of the field that holds the list; "" = the answer itself.

    The function it gives raises `PlatformError` for what cannot be read even so.
    """
    strict = msgspec.json.Decoder(kind).decode

    def read(answer: Answer) -> Any:
        try:
            return strict(answer.body)
        except BROKEN as error:
            first = error
        if len(answer.body) > LARGEST_BYTES:
            raise PlatformError(f"unexpected answer: {first}")
        try:
            meant = tidied(msgspec.json.decode(answer.body))
            return msgspec.convert(_readable(meant, entries, name), kind, strict=False)
        except BROKEN:
            raise PlatformError(f"unexpected answer: {first}") from None

    return read


def tidied(value: Any, name: str = "") -> Any:
    """A decoded value as it is meant: without nulls, times with a zone, tags as things with a name.

    >>> tidied({"id": 7, "tags": ["art", None], "created_at": "2026-03-01 12:00:00", "card": None})
    {'id': 7, 'tags': [{'name': 'art'}], 'created_at': '2026-03-01T12:00:00+00:00'}
    """
    if isinstance(value, dict):
        fields = ((key, tidied(each, key)) for key, each in value.items())
        return {key: each for key, each in fields if each is not None}
    if isinstance(value, list):
        kept = [each for each in (tidied(each, name) for each in value) if each is not None]
        return [{"name": each} if isinstance(each, str) else each for each in kept] if name in WORDS else kept
    return _time(value) if name in TIMES else value


def _readable(value: Any, entries: Any, name: str) -> Any:
    """The value without the entries of its list that cannot be read.

    Raises:
        ValueError: when none can.
    """
    if entries is None:
        return value
    if name and isinstance(value, dict):
        return {key: _readable(each, entries, "") if key == name else each for key, each in value.items()}
    if not isinstance(value, list):
        return value
    good = [each for each in value if _fits(each, entries)]
    if value and not good:
        raise ValueError("no entry can be read")
    return good


def _fits(entry: Any, kind: Any) -> bool:
    try:
        msgspec.convert(entry, kind, strict=False)
    except BROKEN:
        return False
    return True


def _time(value: Any) -> str | None:
    """A time as ISO 8601 with its zone, UTC when it names none; None when it is no time."""
    texts: tuple[Callable[[Any], datetime], ...] = (datetime.fromisoformat, parsedate_to_datetime)
    for read in (*texts, _since_1970) if isinstance(value, str) else (_since_1970,):
        try:
            when = read(value)
        except (ValueError, TypeError, OverflowError, OSError, IndexError):
            continue
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).isoformat()
    return None


def _since_1970(value: Any) -> datetime:
    """The time that a number means: seconds or milliseconds since 1970."""
    number = float(value)
    return datetime.fromtimestamp(number / 1000 if number > LONG_AGO else number, UTC)
