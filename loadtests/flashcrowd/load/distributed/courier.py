"""Brings a worker's rows to the master: in order, each once, again until the master says it has them."""

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any, Final, NamedTuple

from flashcrowd.load.distributed.packing import columns_of, pieces
from flashcrowd.load.recorder import Columns

AGAIN_S: Final = 5.0
"""What the master has not confirmed for so long is sent again."""


class Parcel(NamedTuple):
    """Some rows of one table, as sent."""

    serial: int
    table: str
    piece: bytes


class Courier:
    """Keeps rows until they have arrived.

    Args:
        send: sends one message; it may fail for a while, by raising OSError.
    """

    def __init__(self, send: Callable[[dict[str, Any]], None]) -> None:
        self._send = send
        self._kept: deque[Parcel] = deque()
        self._next_serial = 0
        self._next_sent = 0
        self._progress_s = monotonic()
        self._lock = threading.Lock()

    @property
    def is_empty(self) -> bool:
        """Whether everything has arrived."""
        return not self._kept

    def post(self, table: str, columns: Columns) -> None:
        """Take rows; from any thread."""
        packed = list(pieces(columns))
        with self._lock:
            for piece in packed:
                self._kept.append(Parcel(self._next_serial, table, piece))
                self._next_serial += 1

    def deliver(self) -> None:
        """Send what has not been sent, and all again that was not confirmed for long."""
        if self._kept and self._next_sent > self._kept[0].serial and monotonic() - self._progress_s > AGAIN_S:
            self._next_sent, self._progress_s = self._kept[0].serial, monotonic()
        for parcel in list(self._kept):
            if parcel.serial >= self._next_sent:
                self._send(parcel._asdict())
                self._next_sent = parcel.serial + 1

    def confirm(self, serial: int) -> None:
        """Forget what has arrived: everything before `serial`."""
        while self._kept and self._kept[0].serial < serial:
            self._kept.popleft()
            self._progress_s = monotonic()


class Counter:
    """The other end: takes each parcel once, in order."""

    def __init__(self) -> None:
        self.next_serial = 0

    def take(self, parcel: Parcel) -> Columns | None:
        """The rows of a parcel; None when it was there before, or one before it is missing."""
        if parcel.serial != self.next_serial:
            return None
        self.next_serial += 1
        return columns_of(parcel.piece)
