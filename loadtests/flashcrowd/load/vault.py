"""What the harness has made on a target, and the credentials for it: one private file, outside every record.

The file has one JSON line for everything made, appended as it is made, so that an interrupted provisioning
goes on where it stopped and makes nothing twice. It is readable by its owner only (0600).
"""

import fcntl
import json
import os
import secrets
from collections.abc import Callable
from math import inf
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from flashcrowd.core.errors import StorageError, UsageError
from flashcrowd.load.adapters.adapter import Keys
from flashcrowd.load.adapters.item import Account, Login
from flashcrowd.load.origin import Origin
from flashcrowd.load.packed import Marks, Packed
from flashcrowd.load.pairs import Pairs


def vault_path(origin: Origin, adapter: str, seed: int) -> Path:
    """Where the credentials for a target are kept: in the user's state folder (XDG), one file a seed."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    place = "".join(c if c.isalnum() or c in ".-" else "_" for c in origin.url.partition("://")[2])
    return Path(state) / "flashcrowd" / f"{adapter}-{origin.scheme}-{place}-{seed}.jsonl"


class Vault:
    """Accounts, follows and posts made on one target.

    `keys`: the harness's registration · `logins`: member -> name and password, remembered before they are
    asked for: an account whose answer was lost is there, and is opened with them · `introduced`: members
    whose profile is filled in · `posts`: serial -> platform id, member, time · `tried`: serials of posts that
    were sent, answered or not.

    Args:
        path: the file; None = in memory only, for a platform that does not outlive the run.
        told: is told of every account, and of its new credentials.

    Raises:
        UsageError: when another run has it open.
        StorageError: when it cannot be read or written.
    """

    def __init__(self, path: Path | None, told: Callable[[Account], None] | None = None) -> None:
        self.path = path
        self._told = told
        self.salt = secrets.token_hex(2)
        self.keys: Keys = {}
        self.logins: Packed[Login] = Packed(_packed_login, _login)
        self.accounts: Packed[Account] = Packed(_packed_account, _account)
        self.follows = Pairs()
        self.posts: dict[int, tuple[str, int, float]] = {}
        self.introduced = Marks()
        self.tried: set[int] = set()
        self._file: Any = None
        if path is not None:
            self._open(path)

    def __enter__(self) -> "Vault":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others have the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def keep_keys(self, keys: Keys) -> None:
        """Remember the harness's registration."""
        self.keys = keys
        self._append("keys", [keys])

    def keep_login(self, member: int, login: Login) -> None:
        """Remember by what a member is about to sign up."""
        self.logins[member] = login
        self._append("login", [member, login.name, login.password, login.token, login.email, login.is_given])

    def keep_account(self, account: Account) -> None:
        """Remember an account, or its new credentials."""
        self.accounts[account.member] = account
        if self._told is not None:
            self._told(account)
        expires_s = account.expires_s if account.expires_s < inf else None
        auth = account.auth.decode("latin-1")
        self._append(
            "account", [account.member, account.id, account.handle, auth, account.refresh, expires_s]
        )

    def keep_introduced(self, member: int) -> None:
        """Remember that a member's profile is filled in."""
        self.introduced.add(member)
        self._append("introduced", [member])

    def keep_tried(self, serial: int) -> None:
        """Remember that a post of the history is about to be sent."""
        self.tried.add(serial)
        self._append("tried", [serial])

    def keep_follow(self, follower: int, followee: int) -> None:
        """Remember a follow that was made; members by their numbers."""
        self.follows.add(follower, followee)
        self._append("follow", [follower, followee])

    def keep_post(self, serial: int, identifier: str, member: int, made_s: float) -> None:
        """Remember a post of the history: its number, platform id, author, and when (s since 1970)."""
        self.posts[serial] = (identifier, member, made_s)
        self._append("post", [serial, identifier, member, made_s])

    def forget(self, kind: str, *number: int) -> None:
        """Remember that a "post" (its serial), a "follow" (its pair) or an "account" (its member) is gone."""
        self._forget(kind, *number)
        self._append("forgotten", [kind, *number])

    def _forget(self, kind: str, *number: int) -> None:
        if kind == "post":
            self.posts.pop(number[0], None)
            self.tried.discard(number[0])
        elif kind == "follow":
            self.follows.discard(*number)
        else:
            self.accounts.pop(number[0], None)
            self.logins.pop(number[0], None)
            self.introduced.discard(number[0])

    def _append(self, kind: str, values: list[Any]) -> None:
        if self._file is None:
            return
        try:
            self._file.write(json.dumps({kind: values}) + "\n")
        except OSError as error:
            raise StorageError(f"{self.path}: cannot be written: {error.strerror or error}") from error

    def _open(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            os.fchmod(descriptor, 0o600)
            self._file = os.fdopen(descriptor, "r+", buffering=1, encoding="utf-8")
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise UsageError(f"{path}: another run is using this target's accounts") from None
        except OSError as error:
            raise StorageError(f"{path}: cannot be opened: {error.strerror or error}") from error
        self._read()

    def _read(self) -> None:
        line = None
        for line in self._file:
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # the line that a killed run was writing
            self._take(entry)
        if line is None:
            self._append("salt", [self.salt])
        elif not line.endswith("\n"):
            self._file.write("\n")

    def _take(self, entry: dict[str, Any]) -> None:
        for kind, values in entry.items():
            if kind == "salt":
                self.salt = str(values[0])
            elif kind == "keys":
                self.keys = values[0]
            elif kind == "login":
                self.logins[values[0]] = Login(*values[1:])
            elif kind == "account":
                member, identifier, handle, auth, refresh, expires_s = values
                expires_s = inf if expires_s is None else expires_s
                self.accounts[member] = Account(
                    member, identifier, handle, auth.encode("latin-1"), refresh, expires_s
                )
            elif kind == "introduced":
                self.introduced.add(values[0])
            elif kind == "follow":
                self.follows.add(*values)
            elif kind == "forgotten":
                self._forget(*values)
            elif kind == "tried":
                self.tried.add(values[0])
            elif kind == "post":
                self.posts[values[0]] = (values[1], values[2], values[3])


def _packed_account(account: Account) -> bytes:
    return msgspec.msgpack.encode(
        (account.id, account.handle, account.auth, account.refresh, account.expires_s)
    )


def _account(member: int, packed: bytes) -> Account:
    return Account(member, *_read_account(packed))


def _packed_login(login: Login) -> bytes:
    return msgspec.msgpack.encode((login.name, login.password, login.token, login.email, login.is_given))


def _login(member: int, packed: bytes) -> Login:
    return Login(*_read_login(packed))


_read_account = msgspec.msgpack.Decoder(tuple[str, str, bytes, str, float]).decode
_read_login = msgspec.msgpack.Decoder(tuple[str, str, str, str, bool]).decode
