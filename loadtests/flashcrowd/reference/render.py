"""Statuses as JSON, fast: what never changes is kept as bytes, counts and the viewer's flags are put in.

One status costs a cache look-up and a few joins; SQLite and orjson are asked only for what the cache has not.
"""

from collections.abc import Iterable
from typing import Any

import orjson

from flashcrowd.reference.accounts import Accounts
from flashcrowd.reference.content import hashtags, tag_url, to_html
from flashcrowd.reference.store import Store, stamp

YES_NO = (b"false", b"true")
CHANGING = (
    b',"replies_count":%d,"reblogs_count":%d,"favourites_count":%d,"favourited":%b,"reblogged":%b,"account":'
)


class Item:
    """What feeds need of one status; `opening` is its JSON up to what changes, without the closing brace."""

    __slots__ = (
        "author",
        "favourites",
        "id",
        "opening",
        "plain",
        "reblog_of",
        "reblogs",
        "replies",
        "reply_to",
        "reply_to_author",
        "visibility",
    )

    def __init__(self, row: dict[str, Any], opening: bytes) -> None:
        self.id: int = row["id"]
        self.author: int = row["author"]
        self.visibility: str = row["visibility"]
        self.reply_to: int | None = row["reply_to"]
        self.reply_to_author: int | None = row["reply_to_author"]
        self.reblog_of: int | None = row["reblog_of"]
        self.replies: int = row["replies"]
        self.reblogs: int = row["reblogs"]
        self.favourites: int = row["favourites"]
        self.opening = opening
        self.plain = self.body(False, False)

    def body(self, liked: bool, boosted: bool) -> bytes:
        """The JSON up to the account, for a viewer who has or has not liked and boosted it."""
        counts = (self.replies, self.reblogs, self.favourites)
        return self.opening + CHANGING % (*counts, YES_NO[liked], YES_NO[boosted])


class Renderer:
    """Makes JSON of statuses.

    Args:
        root: URL of the platform without a slash at its end.
        depth: newest statuses of one author that are kept in memory for feeds.
    """

    def __init__(self, store: Store, accounts: Accounts, root: str, depth: int = 60) -> None:
        self.depth = depth
        self._store = store
        self._accounts = accounts
        self._root = root
        self.items = store.cache(self._load_item, 60_000)
        self.liked = store.cache(self._load_liked, 100_000)
        self.boosted = store.cache(self._load_boosted, 100_000)
        self.recent = store.cache(self._load_recent, 200_000)

    def forget(self, identity: int, author: int) -> None:
        """A status was made or erased."""
        self.items.drop(identity)
        self.recent.drop(author)

    def page(self, identities: Iterable[int], viewer: int | None) -> bytes:
        """Statuses as a JSON list; those that are gone are left out."""
        items = self.items
        found = [item for item in [items[identity] for identity in identities] if item is not None]
        liked = self.liked[viewer] if viewer is not None else frozenset()
        boosted = self.boosted[viewer] if viewer is not None else frozenset()
        return b"[" + b",".join([self._one(item, liked, boosted) for item in found]) + b"]"

    def one(self, item: Item, viewer: int | None) -> bytes:
        """A status as JSON."""
        return self.page((item.id,), viewer)[1:-1]

    def _one(self, item: Item, liked: frozenset[int], boosted: frozenset[int]) -> bytes:
        account = self._accounts.shown(item.author)
        if item.reblog_of is None:
            identity = item.id
            if identity in liked or identity in boosted:
                body = item.body(identity in liked, identity in boosted)
            else:
                body = item.plain
            return b'%b%b,"reblog":null}' % (body, account)
        original = self.items[item.reblog_of]
        assert original is not None, "a boost is erased with its original"
        inner = self._one(original, liked, boosted)
        item.replies, item.reblogs, item.favourites = original.replies, original.reblogs, original.favourites
        body = item.body(original.id in liked, original.id in boosted)
        return b'%b%b,"reblog":%b}' % (body, account, inner)

    def _load_item(self, identity: int) -> Item | None:
        cursor = self._store.execute("SELECT * FROM statuses WHERE id = ?", (identity,))
        values = cursor.fetchone()
        if values is None:
            return None
        row = dict(zip([column[0] for column in cursor.description], values, strict=True))
        return Item(row, orjson.dumps(self._fixed(row))[:-1])

    def _fixed(self, row: dict[str, Any]) -> dict[str, Any]:
        identity, text = row["id"], row["text"]
        mentions = self._mentions(identity) if "@" in text else []
        username = self._store.one("SELECT username FROM accounts WHERE id = ?", row["author"])[0]
        return {
            "id": str(identity),
            "created_at": stamp(identity),
            "in_reply_to_id": _text(row["reply_to"]),
            "in_reply_to_account_id": _text(row["reply_to_author"]),
            "sensitive": bool(row["sensitive"]),
            "spoiler_text": row["spoiler"],
            "visibility": row["visibility"],
            "language": row["language"],
            "uri": f"{self._root}/users/{username}/statuses/{identity}",
            "url": f"{self._root}/@{username}/{identity}",
            "edited_at": None,
            "content": to_html(text, [mention["username"].lower() for mention in mentions], self._root),
            "application": self._application(row["app"]),
            "media_attachments": self._media(identity) if row["media"] else [],
            "mentions": mentions,
            "tags": [{"name": tag, "url": tag_url(tag, self._root)} for tag in hashtags(text)]
            if "#" in text
            else [],
            "emojis": [],
            "card": None,
            "poll": None,
            "quote": None,
            "filtered": [],
            "muted": False,
            "bookmarked": False,
            "pinned": False,
        }

    def _mentions(self, identity: int) -> list[dict[str, Any]]:
        rows = self._store.all(
            "SELECT a.id, a.username FROM mentions m JOIN accounts a ON a.id = m.account WHERE m.status = ?",
            identity,
        )
        return [
            {"id": str(account), "username": name, "acct": name, "url": f"{self._root}/@{name}"}
            for account, name in rows
        ]

    def _application(self, app: int | None) -> dict[str, Any] | None:
        row = self._store.one("SELECT name, website FROM apps WHERE id = ?", app) if app is not None else None
        return {"name": row[0], "website": row[1]} if row else None

    def _media(self, identity: int) -> list[dict[str, Any]]:
        rows = self._store.all(
            "SELECT id, file, mime, width, height, description FROM media WHERE status = ? ORDER BY id",
            identity,
        )
        return [attachment(self._root, *row) for row in rows]

    def _load_liked(self, account: int) -> frozenset[int]:
        return frozenset(self._store.column("SELECT status FROM favourites WHERE account = ?", account))

    def _load_boosted(self, account: int) -> frozenset[int]:
        return frozenset(
            self._store.column(
                "SELECT reblog_of FROM statuses WHERE author = ? AND reblog_of IS NOT NULL", account
            )
        )

    def _load_recent(self, author: int) -> tuple[int, ...]:
        """The newest statuses of an author that feeds may show, oldest first."""
        newest = self._store.column(
            "SELECT id FROM statuses WHERE author = ? AND visibility <> 'direct' ORDER BY id DESC LIMIT ?",
            author,
            self.depth,
        )
        return tuple(reversed(newest))


def attachment(
    root: str, identity: int, file: str, mime: str, width: int, height: int, description: str | None
) -> dict[str, Any]:
    """A media file as Mastodon gives it; the file itself serves as its preview."""
    url = f"{root}/media/{file}"
    meta: dict[str, Any] = {}
    if width:
        size = {"width": width, "height": height, "size": f"{width}x{height}", "aspect": width / height}
        meta = {"original": size, "small": size}
    return {
        "id": str(identity),
        "type": mime.partition("/")[0] if mime.startswith(("image/", "video/", "audio/")) else "unknown",
        "url": url,
        "preview_url": url,
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": meta,
        "description": description,
        "blurhash": None,
    }


def _text(identity: int | None) -> str | None:
    return None if identity is None else str(identity)
