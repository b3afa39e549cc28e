"""What a platform's answers become: items, pages, accounts. Ids are strings, as the platform says them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import inf
from typing import Any, Final, overload

from msgspec import Struct

LARGEST: Final = (1 << 63) - 1


class Item(Struct, gc=False):
    """One entry of a feed; it refers to nothing that refers back.

    Args:
        id: of the entry; for a repost its own id, not the original's.
        root: id of the original post.
        author: platform id of the original post's author.
        reposted_by: platform id of the member who reposted it, "" for an original.
        likes, reposts, replies: counts of the original, >= 0.
        created_s: when the original was made, seconds since 1970.
        entered_s: when the entry itself was made.
        has_image: whether the original carries media.
        reply_to: id of the post that the original answers, "" for none.
        tags: hashtags of the original, lower case, without #.
        ref: what the adapter needs besides ids to act on the item; nobody else reads it.
    """

    id: str
    root: str
    author: str
    reposted_by: str = ""
    likes: int = 0
    reposts: int = 0
    replies: int = 0
    created_s: float = 0.0
    entered_s: float = 0.0
    has_image: bool = False
    reply_to: str = ""
    tags: tuple[str, ...] = ()
    ref: str = ""


class Items(Sequence[Item]):
    """The entries of a page, each made when it is looked at: members examine a few of twenty.

    Args:
        entries: as the answer holds them.
        item_of: makes an item of an entry.
    """

    __slots__ = ("_entries", "_item_of")

    def __init__(self, entries: Sequence[Any], item_of: Callable[[Any], Item]) -> None:
        self._entries = entries
        self._item_of = item_of

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._entries)

    def __iter__(self) -> Iterator[Item]:
        """The items from the top."""
        return map(self._item_of, self._entries)

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> "Items": ...
    def __getitem__(self, place: int | slice) -> "Item | Items":
        """The item at a place, or some of them."""
        if isinstance(place, slice):
            return Items(self._entries[place], self._item_of)
        return self._item_of(self._entries[place])


@dataclass(slots=True)
class Page:
    """One answer to a read: its items from the top, and where the next page begins ("" = nowhere)."""

    items: Sequence[Item]
    cursor: str = ""


@dataclass(slots=True, weakref_slot=True)
class Account:
    """A member's account on a platform; its credentials are never shown.

    Args:
        auth: the header lines that prove it, each ended by CRLF.
        refresh: what gets new credentials when `auth` has run out, "" for none.
        expires_s: when `auth` runs out, seconds since 1970; inf = never, or not said.
    """

    member: int
    id: str
    handle: str
    auth: bytes
    refresh: str = ""
    expires_s: float = inf

    def __repr__(self) -> str:
        """Without the credentials."""
        return f"<Account {self.handle} of member {self.member}>"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Login:
    """By what a member signs up and in: a name with a password, or with a token that is there already.

    `is_given`: the account is the user's own: it is neither made, nor filled in, nor deleted.
    """

    name: str
    password: str = ""
    token: str = ""
    email: str = ""
    is_given: bool = False

    @property
    def address(self) -> str:
        """The e-mail address: an invented one (RFC 2606) when none is given."""
        return self.email or f"{self.name}@flashcrowd.example"

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"<Login {self.name}>"


@dataclass(slots=True)
class Draft:
    """What a member is about to post.

    `key` tells this draft from every other, so that a platform can refuse it twice · `reply_to`: the item
    it answers, None for none · `media`: uploaded images, as `Adapter.media` named them · `quotes`: the item
    it quotes, None for none.
    """

    text: str
    key: str
    language: str = ""
    reply_to: Item | None = None
    media: tuple[str, ...] = ()
    quotes: Item | None = None


def number(identifier: str) -> int:
    """The int64 that stands for a platform's id in the record: the id itself when it is a number that fits,
    else the first 63 bits of its BLAKE2 hash.

    >>> number("110"), number("01HX") == number("01HX")
    (110, True)
    """
    if identifier.isascii() and identifier.isdigit() and len(identifier) < 20:
        value = int(identifier)
        if value <= LARGEST:
            return value
    digest = blake2b(identifier.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) & LARGEST
