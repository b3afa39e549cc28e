"""The Mastodon client API's answers, typed: only the fields that the crowd needs are decoded."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Annotated, Final
from urllib.parse import unquote_plus

import msgspec

from flashcrowd.load.adapters.answers import decoder
from flashcrowd.load.adapters.instance import Instance, Limits
from flashcrowd.load.adapters.item import Item
from flashcrowd.load.wire import Answer

NEXT_LINK: Final = re.compile(rb'<([^>]*)>\s*;[^,]*\brel="?next"?')
CURSOR: Final = re.compile(rb"[?&](max_id|offset|cursor)=([^&#]+)")
"""Query parameters of a next link that say where the next page begins."""


TAG: Final = re.compile(r"<[^>]*>")


Count = Annotated[int, msgspec.Meta(ge=-(1 << 62), le=1 << 62)]
"""A number of likes or the like: an integer of any length could not be counted with."""


class Author(msgspec.Struct, gc=False):
    """An account, as far as needed."""

    id: str | int


class Tag(msgspec.Struct, gc=False):
    """A hashtag."""

    name: str


class Image(msgspec.Struct, gc=False):
    """A media attachment; `url` is null while it is being processed."""

    id: str | int
    url: str | None = None


class Status(msgspec.Struct, gc=False):
    """A status, or a reblog with the original inside."""

    id: str | int
    account: Author
    created_at: datetime | None = None
    in_reply_to_id: str | int | None = None
    reblog: "Status | None" = None
    favourites_count: Count = 0
    reblogs_count: Count = 0
    replies_count: Count = 0
    media_attachments: list[Image] = []
    tags: list[Tag] = []


class Context(msgspec.Struct):
    """The thread around a status."""

    descendants: list[Status] = []


class Found(msgspec.Struct):
    """What a search finds."""

    statuses: list[Status] = []


class App(msgspec.Struct):
    """A registered application."""

    client_id: str
    client_secret: str


class Token(msgspec.Struct):
    """An access token."""

    access_token: str
    refresh_token: str | None = None
    expires_in: int | float | None = None


class Posts(msgspec.Struct):
    """Limits of posts."""

    max_characters: int | None = None
    max_media_attachments: int | None = None


class Uploads(msgspec.Struct):
    """Limits of images."""

    image_size_limit: int | None = None


class Configuration(msgspec.Struct):
    """Limits of a server."""

    statuses: Posts | None = None
    media_attachments: Uploads | None = None


class Registrations(msgspec.Struct):
    """Whether one may sign up."""

    enabled: bool = True
    approval_required: bool | None = None


class Server(msgspec.Struct):
    """What a server says about itself, in the second version of the call or in the first.

    `max_toot_chars`: older forks' name of `max_characters`.
    """

    title: str | None = None
    version: str | None = None
    registrations: Registrations | bool | None = None
    approval_required: bool | None = None
    configuration: Configuration | None = None
    max_toot_chars: int | None = None


class Relationship(msgspec.Struct):
    """What an account is to another."""

    requested: bool | None = None


class Written(msgspec.Struct):
    """A status with its text, as HTML."""

    id: str | int
    content: str | None = None


read_statuses: Final = decoder(list[Status])
read_status: Final = decoder(Status)
read_context: Final = decoder(Context)
read_found: Final = decoder(Found)
read_image: Final = decoder(Image)
read_author: Final = decoder(Author)
read_instance: Final = decoder(Server)
read_written: Final = decoder(list[Written])
read_relationship: Final = decoder(Relationship)
read_app: Final = decoder(App)
read_token: Final = decoder(Token)


def item_of(status: Status) -> Item:
    """The item that a status is."""
    original = status.reblog or status
    created_s = _seconds(original.created_at)
    answered, tags = original.in_reply_to_id, original.tags
    return Item(
        str(status.id),
        str(original.id),
        str(original.account.id),
        "" if original is status else str(status.account.id),
        max(original.favourites_count, 0),
        max(original.reblogs_count, 0),
        max(original.replies_count, 0),
        created_s,
        created_s if original is status else _seconds(status.created_at),
        bool(original.media_attachments),
        "" if answered is None else str(answered),
        tuple([tag.name.lower() for tag in tags]) if tags else (),
    )


def instance_of(server: Server) -> Instance:
    """The instance that a server is."""
    limits = server.configuration or Configuration()
    posts, uploads = limits.statuses or Posts(), limits.media_attachments or Uploads()
    characters = posts.max_characters or server.max_toot_chars
    return Instance(
        f"Mastodon API {server.version or ''}".strip(),
        server.title or "",
        _sign_up(server),
        Limits(characters, posts.max_media_attachments, uploads.image_size_limit),
    )


def _sign_up(server: Server) -> str:
    said = server.registrations
    if said is None:
        return "unknown"
    is_open = said if isinstance(said, bool) else said.enabled
    approval = server.approval_required if isinstance(said, bool) else said.approval_required
    if not is_open:
        return "closed"
    return "approval" if approval else "open"


def plain_words(html: str) -> str:
    """The letters and digits of a text in HTML, in order, lower case: what survives every renderer.

    >>> plain_words("<p>Caf&eacute; <a href='/t'>#<span>Art</span></a></p>"), plain_words("Café #art")
    ('caféart', 'caféart')
    """
    return "".join(c for c in unescape(TAG.sub("", html)) if c.isalnum()).lower()


def next_cursor(answer: Answer) -> str:
    """Where the next page begins: `name=value` from the Link header's next address; "" = nowhere.

    Only the parameter is taken: the address itself may name another host.
    """
    link = answer.headers.get(b"link")
    if not link:
        return ""
    found = NEXT_LINK.search(link)
    if found is None:
        return ""
    cursor = CURSOR.search(found[1])
    if cursor is None:
        return ""
    return f"{cursor[1].decode()}={unquote_plus(cursor[2].decode('latin-1'))}"


def _seconds(made: datetime | None) -> float:
    if made is None:
        return 0.0
    if made.tzinfo is None:
        made = made.replace(tzinfo=UTC)
    return made.timestamp()
