"""Statuses: posting, deleting, favouriting, boosting, and the threads that they form."""

from typing import Any, Final, NamedTuple

from flashcrowd.reference.accounts import Accounts
from flashcrowd.reference.content import hashtags, usernames
from flashcrowd.reference.errors import Refusal, invalid, not_found, refuse
from flashcrowd.reference.notifications import Notifications
from flashcrowd.reference.render import Item, Renderer
from flashcrowd.reference.store import Store, time_id

VISIBILITIES: Final = ("public", "unlisted", "private", "direct")
MOST_MEDIA: Final = 4
KEY_LIFETIME_MS: Final = 3_600_000
"""How long an Idempotency-Key is remembered; an hour, as Mastodon's documentation says."""


class Draft(NamedTuple):
    """A status as its author sends it."""

    text: str
    visibility: str = "public"
    spoiler: str = ""
    sensitive: bool = False
    language: str | None = None
    reply_to: int | None = None
    media: tuple[int, ...] = ()
    app: int | None = None


class Statuses:
    """Writes statuses and what is done to them."""

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        notifications: Notifications,
        renderer: Renderer,
        max_characters: int,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._notifications = notifications
        self._renderer = renderer
        self._max_characters = max_characters

    def seen(self, identity: int, viewer: int | None) -> Item:
        """The status, if this viewer may see it.

        Raises:
            Refusal: 404 otherwise.
        """
        item = self._renderer.items[identity]
        if item is None or not self._may_see(item, viewer):
            raise not_found()
        return item

    def is_seen(self, identity: int, viewer: int | None) -> bool:
        """Whether the status is there and this viewer may see it."""
        item = self._renderer.items[identity]
        return item is not None and self._may_see(item, viewer)

    def post(self, author: int, draft: Draft) -> int:
        """Id of a new status. The author answered and everybody mentioned are told ("mention").

        Raises:
            Refusal: 422 when it is empty, too long or of unknown visibility; 404 when its parent is gone.
        """
        self._check(draft)
        parent = self._parent(author, draft.reply_to)
        identity = self._store.next_id()
        self._attach(identity, author, draft.media)
        self._insert(identity, author, draft, parent)
        mentioned = self._accounts.named(usernames(draft.text))
        for account in mentioned.values():
            self._store.execute("INSERT OR IGNORE INTO mentions VALUES (?,?)", (identity, account))
        for tag in hashtags(draft.text):
            self._store.execute("INSERT OR IGNORE INTO tags VALUES (?,?)", (tag, identity))
        told = set(mentioned.values()) | ({parent.author} if parent else set())
        for account in sorted(told):
            self._notifications.add(account, "mention", author, identity)
        if parent:
            self._count(parent.id, "replies", 1)
        return identity

    def post_once(self, author: int, draft: Draft, key: str) -> int:
        """As `post`, but the same key within an hour gives the same status; an empty key is no key."""
        if not key:
            return self.post(author, draft)
        row = self._store.one("SELECT status FROM idempotency WHERE account = ? AND key = ?", author, key)
        horizon = self._store.next_id() - time_id(KEY_LIFETIME_MS)
        if row and row[0] > horizon and self._renderer.items[row[0]] is not None:
            status: int = row[0]
            return status
        made = self.post(author, draft)
        self._store.execute("INSERT OR REPLACE INTO idempotency VALUES (?,?,?)", (author, key, made))
        return made

    def delete(self, author: int, identity: int) -> None:
        """Delete one's own status with its boosts, favourites and notifications.

        Raises:
            Refusal: 404 when there is none of that author.
        """
        item = self._renderer.items[identity]
        if item is None or item.author != author:
            raise not_found()
        for boost in self._store.column("SELECT id FROM statuses WHERE reblog_of = ?", identity):
            self._erase(boost)
        self._erase(identity)

    def favourite(self, account: int, identity: int) -> None:
        """Favourite a status; again changes nothing."""
        item = self.seen(identity, account)
        made = self._store.execute(
            "INSERT OR IGNORE INTO favourites VALUES (?,?,?)", (account, item.id, self._store.next_id())
        )
        if made.rowcount:
            self._count(item.id, "favourites", 1)
            self._renderer.liked.drop(account)
            self._notifications.add(item.author, "favourite", account, item.id)

    def unfavourite(self, account: int, identity: int) -> None:
        """Take a favourite back, if there is one."""
        item = self.seen(identity, account)
        gone = self._store.execute(
            "DELETE FROM favourites WHERE account = ? AND status = ?", (account, item.id)
        )
        if gone.rowcount:
            self._count(item.id, "favourites", -1)
            self._renderer.liked.drop(account)
            self._notifications.remove(item.author, "favourite", account, item.id)

    def reblog(self, account: int, identity: int, visibility: str) -> int:
        """Id of the account's boost of a status (of the original, if `identity` is a boost); made if missing.

        Raises:
            Refusal: 404 when it is not there or is not public enough to be boosted.
        """
        original = self.original(identity, account)
        own_private = original.visibility == "private" and original.author == account
        if original.visibility not in ("public", "unlisted") and not own_private:
            raise not_found()
        boost = self.boost_of(account, original.id)
        if boost is not None:
            return boost
        boost = self._store.next_id()
        self._insert(boost, account, Draft("", visibility), None, original.id)
        self._count(original.id, "reblogs", 1)
        self._renderer.boosted.drop(account)
        self._notifications.add(original.author, "reblog", account, original.id)
        return boost

    def unreblog(self, account: int, identity: int) -> int:
        """Take a boost back, if there is one; id of the original."""
        original = self.original(identity, account)
        boost = self.boost_of(account, original.id)
        if boost is not None:
            self._erase(boost)
            self._notifications.remove(original.author, "reblog", account, original.id)
        return original.id

    def original(self, identity: int, viewer: int | None) -> Item:
        """The status itself, or the one that it boosts."""
        item = self.seen(identity, viewer)
        return item if item.reblog_of is None else self.seen(item.reblog_of, viewer)

    def boost_of(self, account: int, original: int) -> int | None:
        """Id of the account's boost of a status."""
        row = self._store.one("SELECT id FROM statuses WHERE reblog_of = ? AND author = ?", original, account)
        return row[0] if row else None

    def text(self, identity: int) -> str:
        """The text of a status as its author sent it."""
        text: str = self._store.one("SELECT text FROM statuses WHERE id = ?", identity)[0]
        return text

    def _check(self, draft: Draft) -> None:
        if not draft.text.strip() and not draft.media:
            raise invalid("Text can't be blank")
        if len(draft.text) + len(draft.spoiler) > self._max_characters:
            raise invalid(f"Text character limit of {self._max_characters} exceeded")
        if draft.visibility not in VISIBILITIES:
            raise invalid(f"Visibility is not included in the list: {', '.join(VISIBILITIES)}")
        if len(draft.media) > MOST_MEDIA:
            raise invalid(f"Cannot attach more than {MOST_MEDIA} files")

    def _parent(self, author: int, reply_to: int | None) -> Item | None:
        if reply_to is None:
            return None
        try:
            return self.original(reply_to, author)
        except Refusal as error:
            raise refuse(404, "The post you are trying to reply to does not appear to exist.") from error

    def _attach(self, identity: int, author: int, media: tuple[int, ...]) -> None:
        for one in media:
            done = self._store.execute(
                "UPDATE media SET status = ? WHERE id = ? AND owner = ? AND status IS NULL",
                (identity, one, author),
            )
            if not done.rowcount:
                raise invalid(f"Media {one} is not yours, or is attached already")

    def _insert(
        self, identity: int, author: int, draft: Draft, parent: Item | None, reblog_of: int | None = None
    ) -> None:
        row: dict[str, Any] = {
            "id": identity,
            "author": author,
            "text": draft.text,
            "visibility": draft.visibility,
            "spoiler": draft.spoiler,
            "sensitive": draft.sensitive or bool(draft.spoiler),
            "language": draft.language,
            "app": draft.app,
            "reply_to": parent.id if parent else None,
            "reply_to_author": parent.author if parent else None,
            "reblog_of": reblog_of,
            "media": len(draft.media),
        }
        columns = ", ".join(row)
        self._store.execute(
            f"INSERT INTO statuses ({columns}) VALUES ({', '.join('?' * len(row))})", (*row.values(),)
        )
        if draft.text:
            self._store.execute(
                "INSERT INTO status_words (rowid, text) VALUES (?, ?)", (identity, draft.text)
            )
        self._store.execute(
            "UPDATE accounts SET statuses = statuses + 1, last_status = ? WHERE id = ?", (identity, author)
        )
        self._accounts.json.drop(author)
        self._renderer.forget(identity, author)

    def _erase(self, identity: int) -> None:
        author, text, reply_to, reblog_of = self._store.one(
            "SELECT author, text, reply_to, reblog_of FROM statuses WHERE id = ?", identity
        )
        if text:
            self._store.execute(
                "INSERT INTO status_words (status_words, rowid, text) VALUES ('delete', ?, ?)",
                (identity, text),
            )
        for account in self._store.column("SELECT account FROM favourites WHERE status = ?", identity):
            self._renderer.liked.drop(account)
        for answer in self._store.column("SELECT id FROM statuses WHERE reply_to = ?", identity):
            self._renderer.items.drop(answer)
        self._store.execute("UPDATE media SET status = NULL WHERE status = ?", (identity,))
        for table in ("favourites", "mentions", "tags", "notifications"):
            self._store.execute(f"DELETE FROM {table} WHERE status = ?", (identity,))
        self._store.execute(
            "UPDATE statuses SET reply_to = NULL, reply_to_author = NULL WHERE reply_to = ?", (identity,)
        )
        self._store.execute("DELETE FROM statuses WHERE id = ?", (identity,))
        self._store.execute("UPDATE accounts SET statuses = statuses - 1 WHERE id = ?", (author,))
        self._accounts.json.drop(author)
        self._renderer.forget(identity, author)
        if reply_to is not None:
            self._count(reply_to, "replies", -1)
        if reblog_of is not None:
            self._renderer.boosted.drop(author)
            self._count(reblog_of, "reblogs", -1)

    def _count(self, identity: int, column: str, change: int) -> None:
        self._store.execute(f"UPDATE statuses SET {column} = {column} + ? WHERE id = ?", (change, identity))
        self._renderer.items.drop(identity)

    def _may_see(self, item: Item, viewer: int | None) -> bool:
        if item.visibility in ("public", "unlisted") or item.author == viewer:
            return True
        if viewer is None:
            return False
        if item.visibility == "private" and item.author in self._accounts.followees[viewer]:
            return True
        return (
            self._store.one("SELECT 1 FROM mentions WHERE status = ? AND account = ?", item.id, viewer)
            is not None
        )
