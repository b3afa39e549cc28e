"""What the harness has made on a target, and the credentials for it: one private file, outside every record.

The file has one JSON line for everything made, appended as it is made, so that an interrupted provisioning
goes on where it stopped and makes nothing twice. It is readable by its owner only (0600).
"""

import fcntl
import json
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Any

from flashcrowd.core.errors import StorageError, UsageError
from flashcrowd.load.adapters.item import Account
from flashcrowd.load.origin import Origin


def vault_path(origin: Origin, adapter: str, seed: int) -> Path:
    """Where the credentials for a target are kept: in the user's state folder (XDG), one file a seed."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    place = "".join(c if c.isalnum() or c in ".-" else "_" for c in origin.url.partition("://")[2])
    return Path(state) / "flashcrowd" / f"{adapter}-{origin.scheme}-{place}-{seed}.jsonl"


class Vault:
    """Accounts, follows and posts made on one target.

    Args:
        path: the file; None = in memory only, for a platform that does not outlive the run.

    Raises:
        UsageError: when another run has it open.
        StorageError: when it cannot be read or written.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.salt = secrets.token_hex(2)
        self.opened = 1
        self.accounts: dict[int, Account] = {}
        self.follows: set[tuple[int, int]] = set()
        self.posts: dict[int, tuple[str, int, float]] = {}
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

    def keep_account(self, account: Account, password: str) -> None:
        """Remember an account that was made."""
        self.accounts[account.member] = account
        self._append(
            "account", [account.member, account.id, account.handle, account.auth.decode("latin-1"), password]
        )

    def keep_follow(self, follower: int, followee: int) -> None:
        """Remember a follow that was made; members by their numbers."""
        self.follows.add((follower, followee))
        self._append("follow", [follower, followee])

    def keep_post(self, serial: int, identifier: str, member: int, made_s: float) -> None:
        """Remember a post of the history: its number, platform id, author, and when (s since 1970)."""
        self.posts[serial] = (identifier, member, made_s)
        self._append("post", [serial, identifier, member, made_s])

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
        text = self._file.read()
        for line in text.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # the line that a killed run was writing
            self._take(entry)
        if not text:
            self._append("salt", [self.salt])
        elif not text.endswith("\n"):
            self._file.write("\n")
        self._append("opened", [self.opened])

    def _take(self, entry: dict[str, Any]) -> None:
        for kind, values in entry.items():
            if kind == "salt":
                self.salt = str(values[0])
            elif kind == "opened":
                self.opened = int(values[0]) + 1
            elif kind == "account":
                member, identifier, handle, auth = values[:4]
                self.accounts[member] = Account(member, identifier, handle, auth.encode("latin-1"))
            elif kind == "follow":
                self.follows.add((values[0], values[1]))
            elif kind == "post":
                self.posts[values[0]] = (values[1], values[2], values[3])
