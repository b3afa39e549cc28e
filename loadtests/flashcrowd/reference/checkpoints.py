"""Moves committed pages from the write-ahead log into the database beside the event loop.

SQLite would do it inside every hundredth commit or so, and the flush of the disk would then hold up whoever
waits.
"""

import logging
import sqlite3
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

LOG: Final = logging.getLogger("flashcrowd.reference")
INTERVAL_S: Final = 0.5


class Checkpointer:
    """A thread with a connection of its own, for as long as a `with` block.

    Args:
        path: of the database file, which exists.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name="checkpoints")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def _work(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            while not self._ended.wait(INTERVAL_S):
                # PASSIVE never waits for readers or writers, nor lets them wait.
                try:
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
                except sqlite3.Error as error:
                    LOG.warning("checkpoint failed, the log grows: %s", error)
        finally:
            connection.close()
