"""Accounts and who follows whom."""

import re
import secrets
from typing import Any, Final

import orjson

from flashcrowd.reference import store as storage
from flashcrowd.reference.content import to_html
from flashcrowd.reference.errors import invalid, not_found, refuse
from flashcrowd.reference.notifications import Notifications
from flashcrowd.reference.oauth import password_hash
from flashcrowd.reference.store import Store

USERNAME: Final = re.compile(r"[A-Za-z0-9_]{1,30}")
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
LEAST_PASSWORD: Final = 8
LONGEST_NAME: Final = 30
LONGEST_NOTE: Final = 500
MISSING_AVATAR: Final = "/avatars/original/missing.png"
PROFILE_COLUMNS: Final = ("display_name", "note", "bot", "avatar", "language")
COMPLAINTS: Final = {
    "ERR_TAKEN": "has already been taken",
    "ERR_INVALID": "is invalid",
    "ERR_BLANK": "can't be blank",
    "ERR_TOO_SHORT": f"is too short (minimum is {LEAST_PASSWORD} characters)",
    "ERR_ACCEPTED": "must be accepted",
}


class Accounts:
    """Signs members up, shows them, lets them follow each other."""

    def __init__(self, store: Store, notifications: Notifications, root: str) -> None:
        self._store = store
        self._notifications = notifications
        self._root = root
        self.json = store.cache(self._load_json, 200_000)
        self.followees = store.cache(self._load_followees, 200_000)

    def sign_up(self, username: str, email: str, password: str, language: str, agreed: bool) -> int:
        """Id of a new account.

        Raises:
            Refusal: 422 that names every field that is wrong.
        """
        self._check(username, email, password, agreed)
        identity = self._store.next_id()
        salt = secrets.token_bytes(16)
        self._store.execute(
            "INSERT INTO accounts (id, username, email, salt, password, language) VALUES (?,?,?,?,?,?)",
            (identity, username, email, salt, password_hash(salt, password), language or "en"),
        )
        self._store.execute(
            "INSERT INTO account_words (rowid, username, display_name) VALUES (?, ?, '')",
            (identity, username),
        )
        self.json.drop(identity)
        return identity

    def log_in(self, name: str, password: str) -> int | None:
        """Id of the account with this e-mail address or username, if the password is right."""
        row = self._store.one(
            "SELECT id, salt, password FROM accounts WHERE email = ?1 OR username = ?1", name
        )
        if row and secrets.compare_digest(row[2], password_hash(row[1], password)):
            identity: int = row[0]
            return identity
        return None

    def update(self, identity: int, changes: dict[str, Any]) -> None:
        """Change columns of a profile (`PROFILE_COLUMNS`).

        Raises:
            Refusal: 422 when a text is too long.
        """
        if len(changes.get("display_name", "")) > LONGEST_NAME:
            raise invalid(f"Display name is too long (maximum is {LONGEST_NAME} characters)")
        if len(changes.get("note", "")) > LONGEST_NOTE:
            raise invalid(f"Note is too long (maximum is {LONGEST_NOTE} characters)")
        old = self._store.one("SELECT username, display_name FROM accounts WHERE id = ?", identity)
        for column in PROFILE_COLUMNS:
            if column in changes:
                self._store.execute(
                    f"UPDATE accounts SET {column} = ? WHERE id = ?", (changes[column], identity)
                )
        if "display_name" in changes:
            self._index_anew(identity, old[0], old[1], changes["display_name"])
        self.json.drop(identity)

    def find(self, username: str) -> int | None:
        """Id of the account with this name, `name@here` allowed."""
        row = self._store.one(
            "SELECT id FROM accounts WHERE username = ?", username.lstrip("@").partition("@")[0]
        )
        return row[0] if row else None

    def named(self, usernames: list[str]) -> dict[str, int]:
        """Lower-case name -> id of those names that are members."""
        found = ((name, self.find(name)) for name in usernames)
        return {name: identity for name, identity in found if identity is not None}

    def search(self, words: str, limit: int, offset: int) -> list[int]:
        """Ids of the accounts whose name or display name begins with these words; most followed first."""
        terms = re.findall(r"\w+", words)
        if not terms:
            return []
        match = " ".join(f'"{term}"*' for term in terms)
        return self._store.column(
            "SELECT id FROM accounts WHERE id IN"
            " (SELECT rowid FROM account_words WHERE account_words MATCH ?)"
            " ORDER BY followers DESC, id LIMIT ? OFFSET ?",
            match,
            limit,
            offset,
        )

    def exists(self, identity: int) -> None:
        """Do nothing if there is such an account.

        Raises:
            Refusal: 404 if there is none.
        """
        if self.json[identity] is None:
            raise not_found()

    def shown(self, identity: int) -> bytes:
        """An account as JSON.

        Raises:
            Refusal: 404 if there is none.
        """
        body = self.json[identity]
        if body is None:
            raise not_found()
        return body

    def shown_all(self, identities: list[int]) -> bytes:
        """Accounts as a JSON list."""
        return b"[" + b",".join([self.shown(identity) for identity in identities]) + b"]"

    def own(self, identity: int) -> bytes:
        """An account as its owner sees it, with its source."""
        shown = orjson.loads(self.shown(identity))
        note, language = self._store.one("SELECT note, language FROM accounts WHERE id = ?", identity)
        source = {
            "privacy": "public",
            "sensitive": False,
            "language": language,
            "note": note,
            "fields": [],
            "follow_requests_count": 0,
        }
        return orjson.dumps({**shown, "source": source})

    def follow(self, follower: int, followee: int) -> None:
        """Let one account follow another; again changes nothing.

        Raises:
            Refusal: 404 if there is no such account, 403 for oneself.
        """
        self.exists(followee)
        if follower == followee:
            raise refuse(403, "This action is not allowed")
        made = self._store.execute(
            "INSERT OR IGNORE INTO follows VALUES (?,?,?)", (follower, followee, self._store.next_id())
        )
        if made.rowcount:
            self._count_follow(follower, followee, 1)
            self._notifications.add(followee, "follow", follower, None)

    def unfollow(self, follower: int, followee: int) -> None:
        """End a follow, if there is one.

        Raises:
            Refusal: 404 if there is no such account.
        """
        self.exists(followee)
        gone = self._store.execute(
            "DELETE FROM follows WHERE follower = ? AND followee = ?", (follower, followee)
        )
        if gone.rowcount:
            self._count_follow(follower, followee, -1)
            self._notifications.remove(followee, "follow", follower, None)

    def relationship(self, viewer: int, other: int) -> dict[str, Any]:
        """How two accounts stand to each other, as Mastodon gives it."""
        follows = "SELECT 1 FROM follows WHERE follower = ? AND followee = ?"
        following = self._store.one(follows, viewer, other) is not None
        return {
            "id": str(other),
            "following": following,
            "showing_reblogs": following,
            "notifying": False,
            "languages": None,
            "followed_by": self._store.one(follows, other, viewer) is not None,
            "blocking": False,
            "blocked_by": False,
            "muting": False,
            "muting_notifications": False,
            "requested": False,
            "requested_by": False,
            "domain_blocking": False,
            "endorsed": False,
            "note": "",
        }

    def _check(self, username: str, email: str, password: str, agreed: bool) -> None:
        wrong: dict[str, str] = {}
        if not USERNAME.fullmatch(username):
            wrong["username"] = "ERR_INVALID" if username else "ERR_BLANK"
        elif self.find(username) is not None:
            wrong["username"] = "ERR_TAKEN"
        if not EMAIL.fullmatch(email):
            wrong["email"] = "ERR_INVALID" if email else "ERR_BLANK"
        elif self._store.one("SELECT 1 FROM accounts WHERE email = ?", email):
            wrong["email"] = "ERR_TAKEN"
        if len(password) < LEAST_PASSWORD:
            wrong["password"] = "ERR_TOO_SHORT" if password else "ERR_BLANK"
        if not agreed:
            wrong["agreement"] = "ERR_ACCEPTED"
        if wrong:
            words = ", ".join(f"{field.capitalize()} {COMPLAINTS[code]}" for field, code in wrong.items())
            details = {
                field: [{"error": code, "description": COMPLAINTS[code]}] for field, code in wrong.items()
            }
            raise invalid(words, details=details)

    def _count_follow(self, follower: int, followee: int, change: int) -> None:
        self._store.execute("UPDATE accounts SET followees = followees + ? WHERE id = ?", (change, follower))
        self._store.execute("UPDATE accounts SET followers = followers + ? WHERE id = ?", (change, followee))
        self.followees.drop(follower)
        self.json.drop(follower)
        self.json.drop(followee)

    def _index_anew(self, identity: int, username: str, old: str, new: str) -> None:
        self._store.execute(
            "INSERT INTO account_words (account_words, rowid, username, display_name)"
            " VALUES ('delete', ?, ?, ?)",
            (identity, username, old),
        )
        self._store.execute(
            "INSERT INTO account_words (rowid, username, display_name) VALUES (?, ?, ?)",
            (identity, username, new),
        )

    def _load_followees(self, identity: int) -> frozenset[int]:
        return frozenset(self._store.column("SELECT followee FROM follows WHERE follower = ?", identity))

    def _load_json(self, identity: int) -> bytes | None:
        row = self._store.one(
            "SELECT username, display_name, note, bot, avatar, followers, followees, statuses, last_status"
            " FROM accounts WHERE id = ?",
            identity,
        )
        return orjson.dumps(self._as_mastodon(identity, *row)) if row else None

    def _as_mastodon(
        self,
        identity: int,
        username: str,
        display_name: str,
        note: str,
        bot: int,
        avatar: str | None,
        followers: int,
        followees: int,
        statuses: int,
        last_status: int | None,
    ) -> dict[str, Any]:
        picture = self._root + (avatar or MISSING_AVATAR)
        return {
            "id": str(identity),
            "username": username,
            "acct": username,
            "display_name": display_name,
            "locked": False,
            "bot": bool(bot),
            "discoverable": True,
            "indexable": True,
            "group": False,
            "created_at": f"{storage.day(identity)}T00:00:00.000Z",
            "note": to_html(note, (), self._root),
            "url": f"{self._root}/@{username}",
            "uri": f"{self._root}/users/{username}",
            "avatar": picture,
            "avatar_static": picture,
            "header": self._root + MISSING_AVATAR,
            "header_static": self._root + MISSING_AVATAR,
            "followers_count": followers,
            "following_count": followees,
            "statuses_count": statuses,
            "last_status_at": storage.day(last_status) if last_status else None,
            "hide_collections": False,
            "noindex": False,
            "emojis": [],
            "roles": [],
            "fields": [],
        }
