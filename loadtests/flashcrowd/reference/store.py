"""SQLite as the truth: one connection on the event loop's thread, group commit, read-through caches.

* Statements run directly on the loop's thread: they take microseconds, a thread hop would take longer.
* Writes of requests that are served in the same turn of the loop share one commit (group commit); an answer
  is sent only after the commit that holds its writes. With `synchronous=NORMAL` a crash of the process loses
  nothing that was acknowledged, a crash of the machine may lose the last moments.
* A cache never holds what SQLite does not: a write drops the keys that it touched, the next read loads them.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, TypeVar

from flashcrowd.core.errors import StorageError
from flashcrowd.reference import schema

K = TypeVar("K")
V = TypeVar("V")

ID_SHIFT = 16
"""An id is (milliseconds since 1970 << 16) + a serial."""

DAY_FORMAT = "%Y-%m-%d"


class Cache(dict[K, V], Generic[K, V]):
    """Read-through: a missing key is loaded; the key that came first leaves when there are `most` already."""

    def __init__(self, load: Callable[[K], V], most: int) -> None:
        super().__init__()
        self._load = load
        self._most = most
        self._touched: list[tuple[dict[Any, Any], Any]] | None = None

    def __missing__(self, key: K) -> V:
        value = self._load(key)
        if len(self) >= self._most:
            del self[next(iter(self))]
        self[key] = value
        return value

    def watch(self, touched: list[tuple[dict[Any, Any], Any]]) -> None:
        """Note every dropped key in `touched`, so that a rolled-back write can drop it again."""
        self._touched = touched

    def drop(self, key: K) -> None:
        """Forget a key because a write changed what it stands for."""
        self.pop(key, None)
        if self._touched is not None:
            self._touched.append((self, key))


class Writing:
    """A write that happens as a whole or not at all; `lost` makes it not happen, and nobody is told."""

    def __init__(self, store: "Store", lost: bool) -> None:
        self._store = store
        self._lost = lost

    def __enter__(self) -> None:
        self._store.begin()
        self._store.execute("SAVEPOINT one_write")

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if kind is not None or self._lost:
            self._store.execute("ROLLBACK TO one_write")
            self._store.forget_touched()
        self._store.execute("RELEASE one_write")
        self._store.touched.clear()


class Store:
    """The database of one platform.

    Args:
        path: of the database file; made if missing.

    Raises:
        StorageError: when it cannot be opened or is not ours.
    """

    def __init__(self, path: Path) -> None:
        self.touched: list[tuple[dict[Any, Any], Any]] = []
        self._caches: list[Cache[Any, Any]] = []
        self._waiting: asyncio.Future[None] | None = None
        self._connection = _opened(path)
        self.execute = self._connection.execute
        self._last_id = self._highest_id()

    def cache(self, load: Callable[[K], V], most: int) -> Cache[K, V]:
        """A new read-through cache of `most` keys."""
        made = Cache(load, most)
        made.watch(self.touched)
        self._caches.append(made)
        return made

    def one(self, sql: str, *values: Any) -> Any:
        """The first row, or None."""
        return self.execute(sql, values).fetchone()

    def all(self, sql: str, *values: Any) -> list[Any]:
        """All rows."""
        return self.execute(sql, values).fetchall()

    def column(self, sql: str, *values: Any) -> list[Any]:
        """The first column of all rows."""
        return [row[0] for row in self.execute(sql, values)]

    def writing(self, lost: bool = False) -> Writing:
        """Hold this while writing: all of it happens or nothing; a lost write does not happen."""
        return Writing(self, lost)

    def next_id(self) -> int:
        """An id larger than every id before it."""
        self._last_id = max(self._last_id + 1, time_id(time.time_ns() // 1_000_000))
        return self._last_id

    def begin(self) -> None:
        """Open the transaction that the next commit closes, if none is open."""
        if not self._connection.in_transaction:
            self.execute("BEGIN IMMEDIATE")

    def forget_touched(self) -> None:
        """Drop again what the write under way has touched."""
        for cache, key in self.touched:
            cache.pop(key, None)

    async def committed(self) -> None:
        """Return when everything written so far is committed."""
        if self._waiting is None:
            loop = asyncio.get_running_loop()
            self._waiting = loop.create_future()
            loop.call_soon(self._commit)
        await asyncio.shield(self._waiting)

    def close(self) -> None:
        """Commit what is open and close the file."""
        if self._connection.in_transaction:
            self.execute("COMMIT")
        self._connection.close()

    def _commit(self) -> None:
        waiting, self._waiting = self._waiting, None
        assert waiting is not None
        try:
            if self._connection.in_transaction:
                self.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo()
            waiting.set_exception(error)
            waiting.exception()
        else:
            waiting.set_result(None)

    def _undo(self) -> None:
        """After a failed commit: nothing of the transaction happened, so no cache may remember it."""
        if self._connection.in_transaction:
            self.execute("ROLLBACK")
        for cache in self._caches:
            cache.clear()

    def _highest_id(self) -> int:
        tables = ("accounts", "statuses", "media", "notifications", "reports", "apps")
        return max(int(self.one(f"SELECT coalesce(max(id), 0) FROM {table}")[0]) for table in tables)


def _opened(path: Path) -> sqlite3.Connection:
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
        for pragma in schema.PRAGMAS:
            connection.execute(pragma)
        connection.executescript(schema.TABLES)
    except sqlite3.Error as error:
        if connection:
            connection.close()
        raise StorageError(f"{path}: cannot be used as the platform's database: {error}") from error
    return connection


def time_id(milliseconds: int) -> int:
    """The smallest id of a millisecond since 1970."""
    return milliseconds << ID_SHIFT


def stamp(identity: int) -> str:
    """When the thing with this id was made, in ISO 8601.

    >>> stamp(time_id(1_700_000_000_123))
    '2023-11-14T22:13:20.123Z'
    """
    milliseconds = identity >> ID_SHIFT
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000))
    return f"{whole}.{milliseconds % 1000:03d}Z"


def day(identity: int) -> str:
    """The UTC day on which the thing with this id was made.

    >>> day(time_id(1_700_000_000_123))
    '2023-11-14'
    """
    return time.strftime(DAY_FORMAT, time.gmtime((identity >> ID_SHIFT) // 1000))
