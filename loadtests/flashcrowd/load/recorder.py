"""Collects the rows of a live run and hands them to the record in batches.

A row costs one tuple when it happens; columns are made for many rows at once, beside the crowd's work.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE, PHASE_CODE, READS, TABLES, VOCABULARY
from flashcrowd.load.adapters.item import LARGEST, number

NOTHING: Final = -1
SOURCE_CODE: Final = {name: code for code, name in enumerate(READS)}

Columns = dict[str, npt.NDArray[Any]]
Sink = Callable[[str, Columns], None]
"""Takes (table, columns), e.g. `RunWriter.append`."""


class Deed(NamedTuple):
    """What an action concerns; the columns of `actions` that only some actions have."""

    post: int = NOTHING
    root: int = NOTHING
    cause: int = NOTHING
    author: int = NOTHING
    position: int = NOTHING
    topic: int = NOTHING
    ai: bool = False


PLAIN: Final = Deed()
"""An action that concerns no item."""


class Recorder:
    """Rows of `requests` and `actions` of one process.

    Args:
        origin_ns: monotonic time of the run's beginning.
        measured_ns: begin and end of the measured window, relative to it.
        worker: number of this process.
        alone: False when other processes record the same run: items made are then told (table `made`), and a
            cause that is not known here is -2 minus the number of the item that showed it.
    """

    def __init__(
        self, origin_ns: int, measured_ns: tuple[int, int], worker: int = 0, alone: bool = True
    ) -> None:
        self.origin_ns = origin_ns
        self.worker = worker
        self._begin_ns, self._end_ns = measured_ns
        self._requests: list[tuple[Any, ...]] = []
        self._actions: list[tuple[Any, ...]] = []
        self._exposures: list[tuple[Any, ...]] = []
        self._others: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._next_request = 0
        self._next_seq = 0
        self._made: dict[str, int] = {}
        self._told: list[tuple[int, int]] | None = None if alone else []

    def request(
        self,
        session: int,
        member: int,
        action: str,
        intended_ns: int,
        answer: Any,
        outcome: str,
        attempt: int,
        phase: str = "",
    ) -> int:
        """Add the row of one attempt; its number. `answer` has the stamps (monotonic).

        `phase`: of `core.events`; "" = the one in which it was intended.
        """
        number = self._next_request
        self._next_request = number + 1
        origin = self.origin_ns
        first = answer.first_byte_ns
        self._requests.append(
            (
                number,
                session,
                member,
                ACTION_CODE[action],
                intended_ns - origin,
                answer.start_ns - origin,
                first - origin if first >= 0 else -1,
                answer.end_ns - origin,
                answer.status,
                answer.bytes_in,
                answer.bytes_out,
                OUTCOME_CODE[outcome],
                attempt,
                PHASE_CODE[phase] if phase else self._phase(intended_ns - origin),
                self.worker,
            )
        )
        return number

    def dropped(
        self, session: int, member: int, action: str, intended_ns: int, attempt: int, phase: str = ""
    ) -> int:
        """Add the row of a request that was due and never sent; its number. `phase`: see `request`."""
        number = self._next_request
        self._next_request = number + 1
        at = intended_ns - self.origin_ns
        row = (number, session, member, ACTION_CODE[action], at, -1, -1, -1, 0, 0, 0, OUTCOME_CODE["dropped"])
        code = PHASE_CODE[phase] if phase else self._phase(at)
        self._requests.append((*row, attempt, code, self.worker))
        return number

    def action(
        self,
        t: float,
        member: int,
        action: str,
        deed: Deed = PLAIN,
        request: int = NOTHING,
        outcome: str = "ok",
    ) -> int:
        """Add the row of an action at scenario time `t`; its `seq`."""
        seq = self._next_seq
        self._next_seq = seq + 1
        self._actions.append((seq, t, member, ACTION_CODE[action], *deed, request, OUTCOME_CODE[outcome]))
        return seq

    def root(self, item: str, member: int, t: float) -> None:
        """Add the row of a post that was there before the run, so that its cascade has a root."""
        post = number(item)
        self.made(item, self.action(t, member, "post", Deed(post=post, root=post, author=member)))

    def made(self, item: str, seq: int) -> None:
        """Remember which row made a platform's item, so that what follows from it can name its cause."""
        self._made[item] = seq
        if self._told is not None:
            self._told.append((number(item), seq))

    def cause(self, item: str) -> int:
        """`seq` of the row that made a platform's item; -1 when it was not made in this run (see `alone`)."""
        found = self._made.get(item, NOTHING)
        return found if found >= 0 or self._told is None else -2 - min(number(item), LARGEST - 1)

    @property
    def rows(self) -> tuple[int, int]:
        """Requests and actions so far."""
        return self._next_request, self._next_seq

    def exposure(self, t: float, member: int, post: int, root: int, position: int, source: str) -> None:
        """Add the row of an item that a member was shown; `source` is the read that showed it."""
        self._exposures.append((t, member, post, root, position, SOURCE_CODE[source]))

    def row(self, table: str, values: tuple[Any, ...]) -> None:
        """Add a row of one of the small tables (`sightings`, `rereads`), in the order of its columns."""
        self._others[table].append(values)

    def take(self) -> dict[str, Columns]:
        """The columns collected since the last time, by table; tables without rows are left out."""
        collected = {"requests": self._requests, "actions": self._actions, "exposures": self._exposures}
        collected |= self._others
        self._requests, self._actions, self._exposures = [], [], []
        self._others = defaultdict(list)
        columns = {name: _columns(TABLES[name], rows) for name, rows in collected.items() if rows}
        if self._told:
            told, self._told = np.array(self._told, np.int64), []
            columns["made"] = {"item": told[:, 0], "seq": told[:, 1]}
        return columns

    def _phase(self, at_ns: int) -> int:
        if at_ns < self._begin_ns:
            return PHASE_CODE["warm_up"]
        return PHASE_CODE["measured"] if at_ns < self._end_ns else PHASE_CODE["drain"]


def _columns(schema: Any, rows: list[tuple[Any, ...]]) -> Columns:
    """Arrays by column name, as `RunWriter.append` takes them; dictionary columns are codes."""
    columns = zip(*rows, strict=True)
    return {
        field.name: np.array(column, dtype=_dtype(field))
        for field, column in zip(schema, columns, strict=True)
    }


def _dtype(field: Any) -> Any:
    return np.int8 if field.name in VOCABULARY else field.type.to_pandas_dtype()
