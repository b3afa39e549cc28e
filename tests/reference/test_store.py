"""Writes happen as a whole or not at all, answers wait for their commit, caches know no more than SQLite."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from flashcrowd.core.errors import StorageError
from flashcrowd.reference.store import Store, stamp, time_id


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty database."""
    return Store(tmp_path / "test.sqlite3")


def _say(store: Store, word: str) -> None:
    store.execute("INSERT INTO tokens VALUES (?, 1, NULL, 'read', 0)", (word,))


def _say_both(store: Store, first: str, second: str) -> None:
    with store.writing():
        _say(store, first)
        _say(store, second)


def _words(store: Store) -> list[str]:
    return store.column("SELECT token FROM tokens ORDER BY token")


def _committed(path: Path) -> list[str]:
    with sqlite3.connect(path) as other:
        words = [row[0] for row in other.execute("SELECT token FROM tokens ORDER BY token")]
    other.close()
    return words


def test_failed_write_leaves_nothing(store: Store) -> None:
    """An error inside a write undoes that write and no other of the same transaction."""
    with store.writing():
        _say(store, "kept")
    with pytest.raises(sqlite3.IntegrityError):
        _say_both(store, "undone", "kept")
    assert _words(store) == ["kept"]
    store.close()


def test_lost_write_leaves_nothing(store: Store) -> None:
    """A write that the fault loses is not there, though nothing was raised."""
    with store.writing(lost=True):
        _say(store, "lost")
    assert _words(store) == []
    store.close()


def test_cache_forgets_what_a_lost_write_showed_it(store: Store) -> None:
    """A value read inside a write that is lost is read again afterwards."""
    count = store.cache(lambda _: len(_words(store)), 10)
    with store.writing(lost=True):
        _say(store, "lost")
        count.drop("all")
        assert count["all"] == 1
    assert count["all"] == 0
    store.close()


def test_cache_holds_no_more_than_it_may(store: Store) -> None:
    """The key that came first makes room."""
    square = store.cache(lambda key: key * key, 3)
    assert [square[key] for key in range(5)] == [0, 1, 4, 9, 16]
    assert list(square) == [2, 3, 4]
    store.close()


def test_writes_of_one_turn_share_a_commit(store: Store, tmp_path: Path) -> None:
    """Nobody else sees a write before its commit; all waiting writers continue after the same one."""
    begun: list[str] = []

    async def write(word: str) -> list[str]:
        with store.writing():
            _say(store, word)
        begun.append(word)
        await store.committed()
        assert begun == ["a", "b", "c"]
        return _committed(tmp_path / "test.sqlite3")

    async def all_at_once() -> list[list[str]]:
        return await asyncio.gather(*(write(word) for word in "abc"))

    assert asyncio.run(all_at_once()) == [["a", "b", "c"]] * 3
    store.close()


def test_failed_commit_is_told_to_every_writer(store: Store) -> None:
    """When a commit fails nobody is told that the write happened, and it did not."""
    store.execute("PRAGMA foreign_keys=ON")
    store.execute("CREATE TABLE child (parent TEXT REFERENCES tokens (token) DEFERRABLE INITIALLY DEFERRED)")

    async def write() -> None:
        with store.writing():
            store.execute("INSERT INTO child VALUES ('nobody')")
        await store.committed()

    async def both() -> list[object]:
        return list(await asyncio.gather(write(), write(), return_exceptions=True))

    assert all(isinstance(one, sqlite3.IntegrityError) for one in asyncio.run(both()))
    assert store.one("SELECT count(*) FROM child") == (0,)
    store.close()


def test_ids_rise_and_tell_their_time(store: Store) -> None:
    """Ids made at the same moment still rise; the time of an id is a millisecond stamp."""
    ids = [store.next_id() for _ in range(1000)]
    assert ids == sorted(set(ids))
    assert stamp(time_id(0)) == "1970-01-01T00:00:00.000Z"
    store.close()


def test_ids_rise_after_a_restart(tmp_path: Path) -> None:
    """A database that holds ids of the future goes on behind them."""
    first = Store(tmp_path / "test.sqlite3")
    far = time_id(4_000_000_000_000)
    with first.writing():
        first.execute("INSERT INTO notifications VALUES (?, 1, 'follow', 2, NULL)", (far,))
    first.close()
    second = Store(tmp_path / "test.sqlite3")
    assert second.next_id() > far
    second.close()


def test_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """A file of another kind gives one clear error."""
    path = tmp_path / "test.sqlite3"
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(StorageError, match=r"test\.sqlite3: cannot be used as the platform's database"):
        Store(path)
