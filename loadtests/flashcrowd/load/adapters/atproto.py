"""The AT Protocol: Bluesky, and any network of PDS and AppView that speaks its lexicons.

Members talk to the server that holds their data (PDS), which passes reads on to the AppView. Ids are
`at://` addresses of records, authors are DIDs; to act on a post takes its content hash too, which feeds show.
"""

import re
from typing import Any, Final
from urllib.parse import quote

import msgspec

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters import atproto_accounts, images
from flashcrowd.load.adapters.adapter import Keys, Steps
from flashcrowd.load.adapters.atproto_answers import (
    NO_SUCH_METHOD,
    NO_SUCH_POST,
    NOT_LET_IN,
    page_of,
    parts,
    problem,
    read_ref,
    read_uploaded,
)
from flashcrowd.load.adapters.atproto_records import (
    CREATE,
    DELETE,
    IMAGE_BYTES,
    LONGEST_TEXT,
    MOST_IMAGES,
    create,
    delete,
    timestamp,
)
from flashcrowd.load.adapters.form import kind_of
from flashcrowd.load.adapters.instance import Instance, Limits
from flashcrowd.load.adapters.item import Account, Draft, Item, Login, Page
from flashcrowd.load.adapters.pace import retry_after_s
from flashcrowd.load.request import Request
from flashcrowd.load.wire import OK, Answer
from flashcrowd.sim.profiles import Profile

READS: Final = {
    "home": "/xrpc/app.bsky.feed.getTimeline",
    "thread": "/xrpc/app.bsky.feed.getPostThread",
    "profile": "/xrpc/app.bsky.feed.getAuthorFeed",
    "search": "/xrpc/app.bsky.feed.searchPosts",
    "notifications": "/xrpc/app.bsky.notification.listNotifications",
}
"""Action -> path of a read."""

ABOUT: Final = {"thread": "uri", "profile": "actor", "search": "q"}
"""Action -> query parameter that says what the read is about."""

WRITES: Final = {
    "upload": "/xrpc/com.atproto.repo.uploadBlob",
    "report": "/xrpc/com.atproto.moderation.createReport",
    "unfollow": DELETE,
    "login": atproto_accounts.REFRESH,
    "signup": atproto_accounts.SIGN_UP,
}
"""Action -> path of what is no new record."""

SEEN: Final = "/xrpc/app.bsky.notification.updateSeen"

COLLECTIONS: Final = {
    "post": "app.bsky.feed.post",
    "reply": "app.bsky.feed.post",
    "quote": "app.bsky.feed.post",
    "like": "app.bsky.feed.like",
    "repost": "app.bsky.feed.repost",
    "follow": "app.bsky.graph.follow",
}
"""Action -> collection of the record that it makes."""

THREAD_DEPTH: Final = 6
"""Levels of answers that a thread shows; the lexicon's default."""

HASHTAG: Final = re.compile(r"#(\w+)")


class ATProto:
    """Builds requests of the AT Protocol's lexicons and reads their answers."""

    name = "atproto"
    unsupported = frozenset({"public", "trends", "generate"})

    def __init__(self) -> None:
        self.instance = Instance(limits=Limits(LONGEST_TEXT, MOST_IMAGES, IMAGE_BYTES))

    def inspect(self) -> Steps[Instance]:
        """Asks the server what it is; the lexicons set the limits of posts."""
        self.instance = yield from atproto_accounts.inspect()
        return self.instance

    def know(self, instance: Instance) -> None:
        """Keeps to what is known of the server; the lexicons are the same everywhere."""
        self.instance = instance

    def read(self, action: str, account: Account, limit: int, cursor: str = "", about: str = "") -> Request:
        """A read; `cursor` is what `page` gave."""
        query = f"?limit={limit}"
        if action == "thread":
            query = f"?depth={THREAD_DEPTH}&parentHeight=0"
        if action in ABOUT:
            query += f"&{ABOUT[action]}={quote(about, safe='')}"
        if cursor:
            query += f"&cursor={quote(cursor, safe='')}"
        return Request(action, b"GET", (READS[action] + query).encode(), account.auth)

    def page(self, action: str, answer: Answer) -> Page:
        """The items of a read's answer; notifications show none."""
        return page_of(action, answer)

    def seen(self, account: Account) -> Request | None:
        """Says until when the member has seen its notifications."""
        return _post("notifications", SEEN, account, {"seenAt": timestamp()})

    def after(self, page: Page, item: Item) -> str:
        """Nowhere: a cursor is the platform's secret, so pages begin only where it says."""
        return ""

    def act(self, action: str, account: Account, item: Item) -> Request:
        """like, repost and report of an item; follow and unfollow of its author.

        Raises:
            PlatformError: when the item lacks what only a feed shows: the post's hash, the follow to undo.
        """
        if action == "follow":
            return create(action, account, COLLECTIONS[action], {"subject": item.author})
        cid, _, following = parts(item)
        subject = {"uri": item.root, "cid": cid}
        if action == "report":
            body = {
                "reasonType": "com.atproto.moderation.defs#reasonSpam",
                "subject": {"$type": "com.atproto.repo.strongRef", **subject},
            }
            return _post(action, WRITES[action], account, body)
        if action == "unfollow":
            if not following:
                raise PlatformError("nothing to undo: the feed showed no follow of this author")
            return delete(action, account, following)
        return create(action, account, COLLECTIONS[action], {"subject": subject})

    def write(self, action: str, account: Account, draft: Draft) -> Request:
        """post, reply and quote; what is longer than the lexicon allows is cut."""
        text = draft.text[:LONGEST_TEXT]
        record: dict[str, Any] = {"text": text}
        facets = _facets(text)
        if facets:
            record["facets"] = facets
        if draft.language:
            record["langs"] = [draft.language]
        if draft.reply_to is not None:
            cid, root, _ = parts(draft.reply_to)
            record["reply"] = {"root": root, "parent": {"uri": draft.reply_to.root, "cid": cid}}
        embed = _embed(draft)
        if embed is not None:
            record["embed"] = embed
        return create(action, account, COLLECTIONS[action], record)

    def made(self, action: str, answer: Answer) -> str:
        """The address of the record that a post, reply, quote or repost made."""
        return str(read_ref(answer).uri)

    def generate(self, account: Account, prompt: str) -> Request:
        """The request for an AI image: not the platform's part, a vendor's."""
        return images.request(b"", prompt)

    def image(self, answer: Answer) -> bytes:
        """The image that was generated."""
        return images.image(answer)

    def upload(self, account: Account, image: bytes, description: str) -> Request:
        """The upload of an image; its description goes into the post."""
        headers = account.auth + f"Content-Type: image/{kind_of(image)}\r\n".encode()
        return Request("upload", b"POST", WRITES["upload"].encode(), headers, image)

    def media(self, answer: Answer) -> tuple[str, bool]:
        """The blob as posts have to name it; it can be posted at once."""
        blob: str = bytes(read_uploaded(answer).blob).decode()
        return blob, True

    def media_state(self, account: Account, media: str) -> Request:
        """Never asked: every upload is ready."""
        raise NotImplementedError

    def outcome(self, action: str, answer: Answer) -> str:
        """How a request ended: by its status, and by the name of its error."""
        if answer.fault != OK:
            return answer.fault
        if 200 <= answer.status < 300:
            return OK
        if answer.status == 429:
            return "limited"
        if images.is_refusal(answer):
            return "blocked"
        error = problem(answer).error
        if answer.status == 501 or error in NO_SUCH_METHOD:
            return "unsupported"
        if error in NO_SUCH_POST:
            return "gone"
        if answer.status == 401 or error in NOT_LET_IN:
            return "expired"
        return "failed"

    def retry_after_s(self, answer: Answer) -> float | None:
        """How long the platform asks to wait: Retry-After, or the end of a rate limit that was reached."""
        return retry_after_s(answer)

    def endpoint(self, action: str) -> str:
        """Method and path of an action."""
        if action in READS:
            return f"GET {READS[action]}"
        return f"POST {CREATE if action in COLLECTIONS else WRITES[action]}"

    def join(self) -> Steps[Keys]:
        """Asks under which domain names are given."""
        return (yield from atproto_accounts.join())

    def sign_up(self, keys: Keys, member: int, login: Login, profile: Profile) -> Steps[Account]:
        """Makes an account. Raises `NameTaken`."""
        return (yield from atproto_accounts.sign_up(keys, member, login))

    def sign_in(self, keys: Keys, member: int, login: Login) -> Steps[Account]:
        """Opens an account by its token or password."""
        return (yield from atproto_accounts.sign_in(keys, member, login))

    def renew(self, keys: Keys, account: Account, login: Login) -> Steps[Account]:
        """A refreshed session, or a new one when the old cannot be refreshed."""
        return (yield from atproto_accounts.renew(keys, account, login))

    def introduce(self, account: Account, profile: Profile, avatar: bytes) -> Steps[None]:
        """Writes the profile record, with a picture if there is one."""
        picture = None
        if avatar:
            answer = yield self.upload(account, avatar, "")
            picture = read_uploaded(atproto_accounts.usable(answer)).blob
        yield from atproto_accounts.introduce(account, profile, picture)

    def follow(self, account: Account, whom: Account) -> Steps[None]:
        """Follows; nobody has to be asked."""
        answer = yield self.act("follow", account, Item(id="", root="", author=whom.id))
        if self.outcome("follow", answer) != OK:
            raise PlatformError(f"status {answer.status}: {answer.detail or 'the follow was refused'}")

    def find(self, account: Account, draft: Draft) -> Steps[str]:
        """The address of the account's own post with a draft's text, "" when there is none."""
        return (yield from atproto_accounts.find(account, draft.text[:LONGEST_TEXT]))

    def erase(self, what: str, account: Account, login: Login, identifier: str) -> Steps[None]:
        """Takes back a post or a follow; an account is closed, since deleting it takes a letter."""
        yield from atproto_accounts.erase(what, account, identifier)


def _post(action: str, path: str, account: Account, body: object) -> Request:
    headers = account.auth + b"Content-Type: application/json\r\n"
    return Request(action, b"POST", path.encode(), headers, msgspec.json.encode(body))


def _facets(text: str) -> list[dict[str, Any]]:
    """Where the hashtags of a text are, in bytes of its UTF-8: the AppView does not look for them itself."""
    return [
        {
            "index": {
                "byteStart": len(text[: found.start()].encode()),
                "byteEnd": len(text[: found.end()].encode()),
            },
            "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": found[1]}],
        }
        for found in HASHTAG.finditer(text)
    ]


def _embed(draft: Draft) -> dict[str, Any] | None:
    """What a post embeds: its images, the post that it quotes, or both."""
    pictures, quoted = None, None
    if draft.media:
        shown = [
            {"image": msgspec.Raw(blob.encode()), "alt": draft.text[:LONGEST_TEXT]}
            for blob in draft.media[:MOST_IMAGES]
        ]
        pictures = {"$type": "app.bsky.embed.images", "images": shown}
    if draft.quotes is not None:
        subject = {"uri": draft.quotes.root, "cid": parts(draft.quotes)[0]}
        quoted = {"$type": "app.bsky.embed.record", "record": subject}
    if pictures and quoted:
        return {"$type": "app.bsky.embed.recordWithMedia", "record": quoted, "media": pictures}
    return pictures or quoted
