"""The Mastodon client API's answers, typed: only the fields that the crowd needs are decoded, and
forgivingly, for servers differ in what they leave out.
"""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Annotated, Final
from urllib.parse import unquote_plus

import msgspec

from flashcrowd.load.adapters.forgiving import forgiving
from flashcrowd.load.adapters.instance import Instance, Limits
from flashcrowd.load.adapters.item import Item
from flashcrowd.load.wire import Answer

NEXT_LINK: Final = re.compile(
    rb"[?&](max_id|offset|cursor|page)=([^&#>]+)[^<>]*>\s*;[^,]*\brel=[\"']?next\b", re.IGNORECASE
)
"""In the next page's address the parameter that says where that page begins."""


TAG: Final = re.compile(r"<[^>]*>")


Count = Annotated[int, msgspec.Meta(ge=-(1 << 62), le=1 << 62)]
"""A number of likes or the like: an integer of any length could not be counted with."""


class Named(msgspec.Struct, gc=False):
    """Anything with an id: an account, or a status that was made."""

    id: str | int


class Tag(msgspec.Struct, gc=False):
    """A hashtag."""

    name: str


class Image(msgspec.Struct, gc=False):
    """A media attachment; `url` is null while it is being processed."""

    id: str | int
    url: str | msgspec.UnsetType | None = msgspec.UNSET


class Status(msgspec.Struct, gc=False):
    """A status, or a reblog with the original inside."""

    id: str | int
    account: Named
    created_at: datetime | None = None
    in_reply_to_id: str | int | None = None
    reblog: "Status | None" = None
    favourites_count: Count | None = 0
    reblogs_count: Count | None = 0
    replies_count: Count | None = 0
    media_attachments: list[Image] | None = None
    tags: list[Tag] | None = None


class Context(msgspec.Struct):
    """The thread around a status."""

    descendants: list[Status] = []


class Found(msgspec.Struct):
    """What a search finds."""

    statuses: list[Status] = []


class App(msgspec.Struct):
    """A registered application."""

    client_id: str | int
    client_secret: str


class Token(msgspec.Struct):
    """An access token."""

    access_token: str
    refresh_token: str | None = None
    expires_in: int | float | None = None


class Waiting(msgspec.Struct):
    """What stands in place of a token when a new account cannot be used yet.

    `identifier`: why, in Pleroma's words, such as awaiting_approval.
    """

    identifier: str = ""
    message: str = ""


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


class Versions(msgspec.Struct):
    """Numbers that grow with what the API holds."""

    mastodon: int = 0


class Metadata(msgspec.Struct):
    """What Pleroma and its kin say that they can do."""

    features: list[str] = []


class Pleroma(msgspec.Struct):
    """Where they say it."""

    metadata: Metadata | None = None


class Server(msgspec.Struct):
    """What a server says about itself, in the second version of the call or in the first.

    `max_toot_chars`, `upload_limit`: other names of `max_characters` and `image_size_limit`.
    """

    title: str | None = None
    version: str | None = None
    registrations: Registrations | bool | None = None
    approval_required: bool | None = None
    configuration: Configuration | None = None
    max_toot_chars: int | None = None
    upload_limit: int | None = None
    api_versions: Versions | None = None
    pleroma: Pleroma | None = None


class Relationship(msgspec.Struct):
    """What an account is to another."""

    requested: bool | None = None


class Written(msgspec.Struct):
    """A status with its text, as HTML."""

    id: str | int
    content: str | None = None


read_statuses: Final = forgiving(list[Status], Status)
read_context: Final = forgiving(Context, Status, "descendants")
read_found: Final = forgiving(Found, Status, "statuses")
read_image: Final = forgiving(Image)
read_named: Final = forgiving(Named)
read_instance: Final = forgiving(Server)
read_written: Final = forgiving(list[Written], Written)
read_relationship: Final = forgiving(Relationship)
read_app: Final = forgiving(App)
read_token: Final = forgiving(Token)
read_waiting: Final = forgiving(Waiting)


def item_of(status: Status) -> Item:
    """The item that a status is."""
    original = status.reblog or status
    created_s = _seconds(original.created_at)
    answered, tags = original.in_reply_to_id, original.tags
    likes, reposts, replies = original.favourites_count, original.reblogs_count, original.replies_count
    return Item(
        str(status.id),
        str(original.id),
        str(original.account.id),
        "" if original is status else str(status.account.id),
        likes if likes and likes > 0 else 0,
        reposts if reposts and reposts > 0 else 0,
        replies if replies and replies > 0 else 0,
        created_s,
        created_s if original is status else _seconds(status.created_at),
        bool(original.media_attachments),
        "" if answered is None else str(answered),
        tuple([tag.name.lower() for tag in tags]) if tags else (),
    )


QUOTES_SINCE: Final = 7
"""Version of Mastodon's API from which on posts can quote others (Mastodon 4.5)."""


def can_quote(server: Server) -> bool:
    """Whether posts can quote others: as Mastodon says it, or as Pleroma and its kin do."""
    said = server.pleroma.metadata if server.pleroma is not None else None
    features = said.features if said is not None else []
    versions = server.api_versions or Versions()
    return versions.mastodon >= QUOTES_SINCE or "quote_posting" in features


def instance_of(server: Server) -> Instance:
    """The instance that a server is."""
    limits = server.configuration or Configuration()
    posts, uploads = limits.statuses or Posts(), limits.media_attachments or Uploads()
    characters = posts.max_characters or server.max_toot_chars
    return Instance(
        f"Mastodon API {server.version or ''}".strip(),
        server.title or "",
        _sign_up(server),
        Limits(characters, posts.max_media_attachments, uploads.image_size_limit or server.upload_limit),
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
    found = NEXT_LINK.search(link) if link else None
    if found is None:
        return ""
    name, value = found[1].decode(), found[2].decode("latin-1")
    return f"{name}={value if value.isalnum() else unquote_plus(value)}"


def _seconds(made: datetime | None) -> float:
    if made is None:
        return 0.0
    if made.tzinfo is None:
        made = made.replace(tzinfo=UTC)
    return made.timestamp()
