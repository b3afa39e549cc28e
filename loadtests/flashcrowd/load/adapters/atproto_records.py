"""Records of the AT Protocol as requests: made and deleted in a member's repository."""

import secrets
from datetime import UTC, datetime
from time import time_ns
from typing import Any, Final

import msgspec

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.item import Account
from flashcrowd.load.request import Request

CREATE: Final = "/xrpc/com.atproto.repo.createRecord"
PUT: Final = "/xrpc/com.atproto.repo.putRecord"
DELETE: Final = "/xrpc/com.atproto.repo.deleteRecord"

LONGEST_TEXT: Final = 300
MOST_IMAGES: Final = 4
IMAGE_BYTES: Final = 1_000_000
"""Limits of a post: graphemes (never more than characters), images, bytes of an image (its lexicon)."""

DIGITS: Final = "234567abcdefghijklmnopqrstuvwxyz"
CLOCK_ID: Final = secrets.randbelow(1024)
"""Tells this process's record keys from others' of the same microsecond."""

JSON: Final = b"Content-Type: application/json\r\n"


class KeyClock:
    """Makes record keys: 13 digits that grow with time (TID), none of them twice."""

    def __init__(self) -> None:
        self._last_us = 0

    def next(self) -> str:
        """A key of now; a request that is sent again carries the same one, and makes nothing twice."""
        self._last_us = max(self._last_us + 1, time_ns() // 1000)
        value = self._last_us << 10 | CLOCK_ID
        return "".join(DIGITS[value >> shift & 31] for shift in range(60, -1, -5))


KEYS: Final = KeyClock()


def create(action: str, account: Account, collection: str, record: dict[str, Any]) -> Request:
    """Makes a record in the member's repository."""
    body = {
        "repo": account.id,
        "collection": collection,
        "rkey": KEYS.next(),
        "record": {"$type": collection, "createdAt": timestamp(), **record},
    }
    return Request(action, b"POST", CREATE.encode(), account.auth + JSON, msgspec.json.encode(body))


def delete(action: str, account: Account, address: str) -> Request:
    """Deletes a record of the member's own.

    Raises:
        PlatformError: when the address is not one of a record in the member's repository.
    """
    pieces = address.split("/")  # at://repository/collection/key
    if len(pieces) != 5 or pieces[0] != "at:" or pieces[2] != account.id:
        raise PlatformError("the address of no record of this member")
    body = {"repo": account.id, "collection": pieces[3], "rkey": pieces[4]}
    return Request(action, b"POST", DELETE.encode(), account.auth + JSON, msgspec.json.encode(body))


def timestamp() -> str:
    """Now, as records say it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
