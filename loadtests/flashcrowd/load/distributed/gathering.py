"""One record out of the rows of many workers: numbered anew, in order of time, causes looked up.

Workers number their rows by themselves. Here sessions and requests get the worker's number in their upper
bits, and actions their place in the one record. An action waits until what the other workers did before it
has arrived.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flashcrowd.load.distributed.packing import joined
from flashcrowd.load.recorder import Columns

WORKER_BITS: Final = 40
"""A worker numbers up to 2**40 sessions and requests."""

UNKNOWN: Final = -1
Longs = npt.NDArray[np.int64]


class Gathering:
    """Takes workers' rows, and gives out the rows of the record; stands where a `Recorder` stands.

    Args:
        settled_s: the scenario time up to which all rows should have arrived.
    """

    def __init__(self, settled_s: Callable[[], float]) -> None:
        self._settled_s = settled_s
        self._waiting: list[Columns] = []
        self._ready: dict[str, list[Columns]] = {}
        self._places: dict[int, Longs] = {}
        self._made: dict[int, tuple[int, int]] = {}
        self._next_seq = 0

    def add(self, worker: int, table: str, columns: Columns) -> None:
        """Take rows of a worker, in the order in which it sent them."""
        if table == "made":
            told = zip(columns["item"].tolist(), columns["seq"].tolist(), strict=True)
            self._made |= {item: (worker, seq) for item, seq in told}
        elif table == "actions":
            self._waiting.append({**columns, "worker": np.full(len(columns["seq"]), worker)})
        else:
            numbered = {name: columns[name] for name in ("request", "session") if name in columns}
            prefixed: Columns = {name: _prefixed(values, worker) for name, values in numbered.items()}
            self._ready.setdefault(table, []).append({**columns, **prefixed})

    def take(self, everything: bool = False) -> dict[str, Columns]:
        """Rows of the record by table since the last time; tables without rows are left out.

        Args:
            everything: leave nothing waiting.
        """
        ready, self._ready = self._ready, {}
        tables = {table: joined(parts) for table, parts in ready.items()}
        actions = self._settled(everything)
        if actions is not None:
            tables["actions"] = actions
        return tables

    def _settled(self, everything: bool) -> Columns | None:
        if not self._waiting:
            return None
        rows = joined(self._waiting)
        now = rows["t"] <= (np.inf if everything else self._settled_s())
        self._waiting = [{name: values[~now] for name, values in rows.items()}] if not now.all() else []
        order = np.flatnonzero(now)[np.argsort(rows["t"][now], kind="stable")]
        return self._placed({name: values[order] for name, values in rows.items()}) if len(order) else None

    def _placed(self, rows: dict[str, Any]) -> Columns:
        """Rows in order of time with their place as `seq`, and with causes and requests of the one record."""
        workers = rows.pop("worker")
        seq = np.arange(self._next_seq, self._next_seq + len(workers), dtype=np.int64)
        self._next_seq += len(seq)
        for worker in np.unique(workers).tolist():
            own = workers == worker
            self._note_places(worker, rows["seq"][own], seq[own])
        cause = rows["cause"].copy()
        for place in np.flatnonzero(cause != UNKNOWN).tolist():
            cause[place] = self._cause(int(workers[place]), int(cause[place]))
        return {**rows, "seq": seq, "cause": cause, "request": _prefixed(rows["request"], workers)}

    def _note_places(self, worker: int, own: Longs, seq: Longs) -> None:
        known = self._places.get(worker, np.empty(0, np.int64))
        if own.max() >= len(known):
            grown = np.full(max(2 * len(known), int(own.max()) + 1), UNKNOWN, np.int64)
            grown[: len(known)] = known
            self._places[worker] = known = grown
        known[own] = seq

    def _cause(self, worker: int, cause: int) -> int:
        """`seq` of a cause: a row of the worker, or -2 minus the number of an item; -1 when not known."""
        if cause < UNKNOWN:
            worker, cause = self._made.get(-2 - cause, (worker, UNKNOWN))
        known = self._places.get(worker)
        return int(known[cause]) if known is not None and 0 <= cause < len(known) else UNKNOWN


def _prefixed(numbers: Any, worker: Any) -> Longs:
    """Numbers with the worker's in front; negative ones (none) stay."""
    prefixed: Longs = np.where(numbers >= 0, numbers + (np.asarray(worker, np.int64) << WORKER_BITS), numbers)
    return prefixed
