"""A run as a reader sees it: its manifest, and its tables as numpy columns, pyarrow tables, pandas frames."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import pyarrow as pa

from flashcrowd.core.clock import DAY
from flashcrowd.core.events import TABLES, VOCABULARY
from flashcrowd.core.runlog import RunReader
from flashcrowd.core.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Column = np.ndarray[Any, np.dtype[Any]]
Columns = Mapping[str, Column]
"""A table as equally long arrays by name; words of `events.VOCABULARY` stand as their integer codes."""

LIVED: Final = ("seq", "t", "member", "action", "outcome", "ai")
"""Columns of `Run.lived`: what members did and when, without what it was done to."""


class TableColumns(Mapping[str, Column]):
    """The columns of one table of the record, each read from disk when first asked for."""

    def __init__(self, reader: "Record", name: str) -> None:
        self._reader = reader
        self._name = name
        self._read: dict[str, Column] = {}

    def __getitem__(self, column: str) -> Column:
        if column not in self._read:
            table = self._reader.table(self._name, [column])
            self._read[column] = _as_numpy(table.column(column), VOCABULARY.get(column))
        return self._read[column]

    def __iter__(self) -> Iterator[str]:
        return iter(TABLES[self._name].names)

    def __len__(self) -> int:
        return len(TABLES[self._name].names)


class Record(Protocol):
    """What a run is read from: a directory, or memory; see `RunReader`."""

    path: Path
    manifest: dict[str, Any]

    @property
    def kind(self) -> str:
        """ "offline" or "live"."""

    @property
    def scenario(self) -> Scenario:
        """The resolved scenario."""

    def has(self, table: str) -> bool:
        """Whether there is any row of a table."""

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """A whole table, or some of its columns."""


class Run:
    """One recorded run, finished or killed, read from its directory or from memory.

    Attributes:
        path: the run directory.
        manifest: `run.json`.
        actions, requests, harm, verdicts, sightings, rereads, members: the tables as lazily read columns
            (`Columns`).

    Raises:
        RecordError: when the path holds no run.
    """

    def __init__(self, record: str | Path | Record) -> None:
        self._reader = RunReader(record) if isinstance(record, str | Path) else record
        self.path = self._reader.path
        self.manifest: dict[str, Any] = self._reader.manifest
        self.actions: Columns = TableColumns(self._reader, "actions")
        self.requests: Columns = TableColumns(self._reader, "requests")
        self.harm: Columns = TableColumns(self._reader, "harm")
        self.verdicts: Columns = TableColumns(self._reader, "verdicts")
        self.sightings: Columns = TableColumns(self._reader, "sightings")
        self.rereads: Columns = TableColumns(self._reader, "rereads")
        self.members: Columns = TableColumns(self._reader, "members")

    @cached_property
    def exposures(self) -> Columns | None:
        """What sampled members were shown; None when that was not recorded."""
        return TableColumns(self._reader, "exposures") if self._reader.has("exposures") else None

    @property
    def kind(self) -> str:
        """ "offline" or "live"."""
        return self._reader.kind

    @property
    def live(self) -> bool:
        """Whether the run sent HTTP to a platform."""
        return self.kind == "live"

    @property
    def started(self) -> str:
        """When the run began, in UTC, for people."""
        stamp = str(self.manifest.get("started", "at an unknown time"))
        return stamp.replace("T", " ").replace("+00:00", " UTC")

    @property
    def finished(self) -> bool:
        """Whether the run came to its planned end (a killed run still says "running")."""
        return self.manifest.get("state") == "finished"

    @property
    def scenario(self) -> Scenario:
        """The resolved scenario of the run."""
        return self._reader.scenario

    @property
    def acting_members(self) -> int:
        """Members who could act: the live ones of a live run, everybody offline."""
        if not self.live:
            recorded = len(self.members["member"])
            return recorded or int(self.manifest.get("members") or self.scenario.population.members)
        stated = self.manifest.get("live_members") or self.members["live"].sum()
        return int(stated or self.scenario.load.members)

    @property
    def views(self) -> float:
        """Items shown to members; NaN where the manifest does not say (live runs)."""
        return float(self.manifest.get("views") or "nan")

    @property
    def begin_s(self) -> float:
        """Scenario time at which the members began to act; earlier rows are the history put there before."""
        return self.scenario.load.starts_at if self.live else 0.0

    @cached_property
    def lived(self) -> Columns:
        """The actions of the members during the run, without the history put there before."""
        during = self.actions["t"] >= self.begin_s
        if during.all():
            return self.actions
        return {name: self.actions[name][during] for name in LIVED}

    @property
    def span_s(self) -> float:
        """Scenario seconds that the record covers."""
        if not self.live and self.finished:
            return self.scenario.duration
        t = self.actions["t"]
        return max(0.0, float(t.max()) - self.begin_s) if len(t) else 0.0

    @property
    def member_days(self) -> float:
        """Members who could act times scenario days: the denominator of every rate per member-day."""
        return self.acting_members * self.span_s / DAY

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """A whole table (`actions`, `requests`, `exposures` …), or some of its columns, for pyarrow."""
        return self._reader.table(name, columns)

    def frame(self, name: str, columns: list[str] | None = None) -> "pd.DataFrame":
        """The same for pandas, with words as categoricals."""
        frame: pd.DataFrame = self.table(name, columns).to_pandas()
        return frame


def load_run(path: str | Path) -> Run:
    """The run in a directory.

    Raises:
        RecordError: when the path holds no run.
    """
    return Run(path)


def _as_numpy(chunked: pa.ChunkedArray, words: tuple[str, ...] | None) -> Column:
    if not pa.types.is_dictionary(chunked.type):
        return np.asarray(chunked.to_numpy(zero_copy_only=False))
    if words is None:
        return np.asarray(chunked.cast(pa.string()).to_numpy(zero_copy_only=False))
    parts = [_codes(chunk, words) for chunk in chunked.chunks]
    return np.concatenate(parts) if parts else np.empty(0, np.int8)


def _codes(chunk: pa.DictionaryArray, words: tuple[str, ...]) -> Column:
    """Codes into `words`, whatever order the dictionary on disk has."""
    place = np.array([words.index(word) for word in chunk.dictionary.to_pylist()] or [0], np.int8)
    return np.asarray(place[chunk.indices.to_numpy(zero_copy_only=False)])
