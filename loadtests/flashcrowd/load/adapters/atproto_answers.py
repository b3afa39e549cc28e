"""The AT Protocol's answers, typed: only the fields that the crowd needs are decoded."""

import base64
from datetime import UTC, datetime
from math import inf
from typing import Final

import msgspec

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.answers import decoder
from flashcrowd.load.adapters.item import Item, Items, Page
from flashcrowd.load.wire import Answer

IMAGES: Final = "app.bsky.embed.images#view"
NO_SUCH_METHOD: Final = frozenset({"MethodNotImplemented", "XRPCNotSupported"})
NO_SUCH_POST: Final = frozenset({"NotFound", "RecordNotFound", "BlockedActor", "BlockedByActor"})
NOT_LET_IN: Final = frozenset({"ExpiredToken", "InvalidToken", "AuthenticationRequired", "AuthMissing"})
"""Names of errors (lexicons, reference PDS): no such method, no such post, credentials that do not hold."""


class Ref(msgspec.Struct, gc=False):
    """A strong reference: address and content hash of a record."""

    uri: str
    cid: str


class ReplyRef(msgspec.Struct, gc=False):
    """What a post answers, and the post on top of the thread."""

    root: Ref
    parent: Ref


class Feature(msgspec.Struct, gc=False):
    """What a stretch of text is; `tag` when it is a hashtag."""

    tag: str | None = None


class Facet(msgspec.Struct, gc=False):
    """A marked stretch of a text."""

    features: list[Feature] = []


class Record(msgspec.Struct, gc=False):
    """The post as its author wrote it."""

    reply: ReplyRef | None = None
    facets: list[Facet] = []


class Viewer(msgspec.Struct, gc=False):
    """What ties the reader to an author: the address of its follow record."""

    following: str | None = None


class Author(msgspec.Struct, gc=False):
    """An account, as far as needed."""

    did: str
    viewer: Viewer | None = None


class Media(msgspec.Struct, gc=False):
    """What is embedded beside a quoted post."""

    kind: str = msgspec.field(name="$type", default="")


class Embed(msgspec.Struct, gc=False):
    """What is embedded in a post."""

    kind: str = msgspec.field(name="$type", default="")
    media: Media | None = None


class Post(msgspec.Struct, gc=False, rename="camel"):
    """A post as a feed shows it."""

    uri: str
    cid: str
    author: Author
    record: Record = msgspec.field(default_factory=Record)
    embed: Embed | None = None
    like_count: int = 0
    repost_count: int = 0
    reply_count: int = 0
    indexed_at: datetime | None = None


class Reason(msgspec.Struct, gc=False, rename="camel"):
    """Why a post is in a feed: `by` reposted it; a pinned post has no `by`."""

    by: Author | None = None
    uri: str | None = None
    indexed_at: datetime | None = None


class Entry(msgspec.Struct, gc=False):
    """One entry of a feed."""

    post: Post
    reason: Reason | None = None


class Feed(msgspec.Struct):
    """A page of a feed."""

    feed: list[Entry]
    cursor: str | None = None


class Posts(msgspec.Struct):
    """A page of what a search finds, or posts that were asked for."""

    posts: list[Post]
    cursor: str | None = None


class Branch(msgspec.Struct, gc=False):
    """An answer in a thread; without `post` where it is hidden or gone."""

    post: Post | None = None


class Trunk(msgspec.Struct):
    """A post with its answers."""

    replies: list[Branch] | None = None


class Thread(msgspec.Struct):
    """The thread below a post."""

    thread: Trunk


class Notifications(msgspec.Struct):
    """A page of notifications: only that it is one."""

    notifications: list[msgspec.Raw]


class Session(msgspec.Struct, rename="camel"):
    """An account that is open."""

    did: str
    handle: str
    access_jwt: str = ""
    refresh_jwt: str = ""


class Profile(msgspec.Struct):
    """An account as its reader sees it."""

    viewer: Viewer | None = None


class Written(msgspec.Struct):
    """A post in a repository: its text."""

    text: str = ""


class Stored(msgspec.Struct):
    """A record in a repository."""

    uri: str
    value: Written


class Records(msgspec.Struct):
    """Records of a repository."""

    records: list[Stored]


class Server(msgspec.Struct, rename="camel"):
    """What a server says of itself."""

    available_user_domains: list[str]
    did: str = ""
    invite_code_required: bool = False
    phone_verification_required: bool = False


class Health(msgspec.Struct):
    """What software a server runs."""

    version: str = ""


class Uploaded(msgspec.Struct):
    """A blob as records have to name it."""

    blob: msgspec.Raw


class Problem(msgspec.Struct):
    """An error by its name."""

    error: str = ""
    message: str = ""


class Claims(msgspec.Struct):
    """What a token says."""

    exp: float = inf


read_feed: Final = decoder(Feed)
read_posts: Final = decoder(Posts)
read_thread: Final = decoder(Thread)
read_notifications: Final = decoder(Notifications)
read_ref: Final = decoder(Ref)
read_session: Final = decoder(Session)
read_profile: Final = decoder(Profile)
read_records: Final = decoder(Records)
read_server: Final = decoder(Server)
read_health: Final = decoder(Health)
read_uploaded: Final = decoder(Uploaded)


def page_of(action: str, answer: Answer) -> Page:
    """The items of a read's answer; notifications show none.

    Raises:
        PlatformError: when it is none.
    """
    if action == "notifications":
        read_notifications(answer)
        return Page([])
    if action == "thread":
        branches = read_thread(answer).thread.replies or ()
        return Page(Items([branch.post for branch in branches if branch.post is not None], item_of_post))
    if action == "search":
        found = read_posts(answer)
        return Page(Items(found.posts, item_of_post), found.cursor or "")
    feed = read_feed(answer)
    return Page(Items(feed.feed, item_of), feed.cursor or "")


def item_of(entry: Entry) -> Item:
    """The item that an entry of a feed is."""
    item, reason = item_of_post(entry.post), entry.reason
    if reason is not None and reason.by is not None:
        item.id = reason.uri or f"{item.root}#{reason.by.did}"
        item.reposted_by = reason.by.did
        item.entered_s = _seconds(reason.indexed_at)
    return item


def item_of_post(post: Post) -> Item:
    """The item that a post is."""
    made_s, reply = _seconds(post.indexed_at), post.record.reply
    return Item(
        id=post.uri,
        root=post.uri,
        author=post.author.did,
        likes=max(post.like_count, 0),
        reposts=max(post.repost_count, 0),
        replies=max(post.reply_count, 0),
        created_s=made_s,
        entered_s=made_s,
        has_image=post.embed is not None and _shows_images(post.embed),
        reply_to="" if reply is None else reply.parent.uri,
        tags=tuple(tag.lower() for facet in post.record.facets for tag in _tags(facet)),
        ref=_reference(post),
    )


def parts(item: Item) -> tuple[str, Ref, str]:
    """What `Item.ref` holds: the post's hash, the top of its thread, the reader's follow of its author.

    Raises:
        PlatformError: when the item came from no feed.
    """
    cid, root_uri, root_cid, following = (item.ref.split(" ") + [""] * 4)[:4]
    if not cid:
        raise PlatformError("this can be done only to an item that a feed has shown")
    return cid, Ref(root_uri, root_cid), following


def expiry_s(token: str) -> float:
    """When a token runs out (s since 1970), as it says itself; inf when it does not.

    >>> expiry_s("x.eyJleHAiOjEyfQ.y"), expiry_s("opaque")
    (12.0, inf)
    """
    pieces = token.split(".")
    if len(pieces) != 3:
        return inf
    try:
        claims = base64.urlsafe_b64decode(pieces[1] + "=" * (-len(pieces[1]) % 4))
        return msgspec.json.decode(claims, type=Claims).exp
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return inf


def problem(answer: Answer) -> Problem:
    """The error that an answer names; nameless when it names none."""
    try:
        return msgspec.json.decode(answer.body, type=Problem)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return Problem()


def _reference(post: Post) -> str:
    reply, viewer = post.record.reply, post.author.viewer
    top = (post.uri, post.cid) if reply is None else (reply.root.uri, reply.root.cid)
    following = viewer.following if viewer is not None else None
    return " ".join((post.cid, *top, following or ""))


def _shows_images(embed: Embed) -> bool:
    return embed.kind == IMAGES or (embed.media is not None and embed.media.kind == IMAGES)


def _tags(facet: Facet) -> list[str]:
    return [feature.tag for feature in facet.features if feature.tag]


def _seconds(made: datetime | None) -> float:
    if made is None:
        return 0.0
    return (made if made.tzinfo is not None else made.replace(tzinfo=UTC)).timestamp()
