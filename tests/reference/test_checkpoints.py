"""The log is emptied beside the platform, not inside a member's request."""

import time
from pathlib import Path

from flashcrowd.reference import checkpoints
from flashcrowd.reference.checkpoints import Checkpointer
from flashcrowd.reference.store import Store

LIMIT_S = 30.0


def test_committed_pages_reach_the_database_file(tmp_path: Path) -> None:
    """While the platform keeps its connection open the database file grows by what was committed."""
    path = tmp_path / "test.sqlite3"
    store = Store(path)
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = path.stat().st_size
    with Checkpointer(path):
        with store.writing():
            for number in range(1000):
                store.execute("INSERT INTO tokens VALUES (?, 1, NULL, 'read', 0)", (f"token {number:0200d}",))
        store.execute("COMMIT")
        limit_s = time.monotonic() + LIMIT_S
        while path.stat().st_size == size:
            assert time.monotonic() < limit_s
            time.sleep(checkpoints.INTERVAL_S / 10)
    store.close()
