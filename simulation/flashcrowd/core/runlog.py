"""One run, one record: a directory with a manifest and Parquet parts, written as the run goes.

A part is closed when it has `PART_ROWS` rows, so equal rows make equal bytes whatever the speed of the
machine; parts of live runs, which may go on for hours, are smaller, for rows wait for their part in memory.
Rows that wait are added every `FLUSH_S` seconds to `part-NNNNNN.open.arrows`, a stream that the closed part
replaces; so a killed run loses at most the last few seconds, and `RunReader` reads what is there.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from flashcrowd.core.columns import arrow_column, arrow_words
from flashcrowd.core.errors import RecordError, StorageError, UsageError
from flashcrowd.core.events import SCHEMA_VERSION, TABLES, VOCABULARY
from flashcrowd.core.memory import release_memory
from flashcrowd.core.open_part import SUFFIX as OPEN
from flashcrowd.core.open_part import OpenPart, read_open_part
from flashcrowd.core.scenario import Scenario, resolved_scenario

PART_ROWS: Final = 1 << 20
LIVE_PART_ROWS: Final = 1 << 15
FLUSH_S: Final = 3.0
MANIFEST: Final = "run.json"
CLOSED: Final = ".parquet"
PARTED: Final = ("actions", "requests", "exposures", "harm", "verdicts", "sightings", "rereads")
ALWAYS: Final = ("actions", "requests")
"""Tables in parts, and those of them that every run has."""

PACKAGES: Final = ("flashcrowd", "locust", "mesa", "numba", "numpy", "pyarrow")


def new_run_dir(out: str | Path | None, name: str, parent: str | Path = "runs") -> Path:
    """The directory of a new run: `out` itself, or `parent/<time>-<name>`.

    Raises:
        UsageError: when `out` exists and holds anything that is not an earlier run.
    """
    if out is None:
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        path = Path(parent) / f"{stamp}-{name}"
        serial = 2
        while path.exists():
            path = Path(parent) / f"{stamp}-{name}-{serial}"
            serial += 1
        return path
    path = Path(out)
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path}: is a file; --out must name a directory")
    if path.is_dir() and any(path.iterdir()) and not (path / MANIFEST).is_file():
        raise UsageError(f"{path}: is not empty and holds no run; choose another directory")
    return path


class TableWriter:
    """Writes one table in parts.

    Args:
        folder: the table's directory, made if missing.
        name: a table of `events.TABLES`.
        part_rows: rows of a part, > 0.
    """

    def __init__(self, folder: Path, name: str, part_rows: int) -> None:
        self.folder = folder
        self.part_rows = part_rows
        self.schema = TABLES[name]
        self.rows = 0
        self._pending: list[pa.Table] = []
        self._pending_rows = 0
        self._part = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._open = self._open_part()

    def append(self, columns: Mapping[str, Any]) -> bool:
        """Add rows: all columns of the schema, equally long; dictionary columns as codes of `VOCABULARY`.

        Answers whether a part was closed by it.
        """
        before = self._part
        table = pa.Table.from_arrays([_array(columns[f.name], f) for f in self.schema], schema=self.schema)
        self.rows += table.num_rows
        self._pending.append(table)
        self._pending_rows += table.num_rows
        while self._pending_rows >= self.part_rows:
            whole = pa.concat_tables(self._pending)
            self._close_part(whole.slice(0, self.part_rows))
            rest = whole.slice(self.part_rows)
            self._pending, self._pending_rows = [rest], rest.num_rows
        return self._part > before

    def flush(self) -> None:
        """Put the rows that wait for their part on disk, behind those put there before."""
        if self._pending_rows > self._open.rows:
            whole = pa.concat_tables(self._pending)
            self._pending = [whole]
            self._open.append(whole.slice(self._open.rows))

    def close(self) -> None:
        """Close the last part."""
        if self._pending_rows:
            self._close_part(pa.concat_tables(self._pending))
            self._pending, self._pending_rows = [], 0

    def _close_part(self, table: pa.Table) -> None:
        _write(table, self._path(CLOSED))
        self._open.remove()
        self._part += 1
        self._open = self._open_part()

    def _open_part(self) -> OpenPart:
        return OpenPart(self._path(OPEN), self.schema)

    def _path(self, suffix: str) -> Path:
        return self.folder / f"part-{self._part:06d}{suffix}"


class RunWriter:
    """Writes the record of one run.

    Args:
        path: the run directory; parts of an earlier run there are removed.
        scenario: the resolved scenario.
        kind: "offline" or "live".
        details: more entries of the manifest (live: target, members …).

    Raises:
        StorageError: when the disk is full or may not be written.
    """

    def __init__(
        self, path: Path, scenario: Scenario, kind: str, details: Mapping[str, Any] | None = None
    ) -> None:
        self.path = path
        self.manifest: dict[str, Any] = {
            "schema": SCHEMA_VERSION,
            "kind": kind,
            "state": "running",
            "verdict": None,
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
            "seed": scenario.seed,
            "scenario": scenario.resolved(),
            "scenario_digest": scenario.digest(),
            "versions": _versions(),
            "revision": _revision(),
            "host": {"system": platform.platform(), "cpus": os.cpu_count()},
            **(details or {}),
        }
        self._flushed = time.monotonic()
        try:
            self._clear()
            self._tables = {name: self._table(name) for name in ALWAYS}
            self._write_manifest()
        except OSError as error:
            raise _storage_error(path, error) from error

    def append(self, table: str, columns: Mapping[str, Any]) -> None:
        """Add rows to one of the tables in parts; flushes when `FLUSH_S` have passed."""
        try:
            if table not in self._tables:
                self._tables[table] = self._table(table)
            if self._tables[table].append(columns) and self.manifest["kind"] == "live":
                release_memory()
            if time.monotonic() - self._flushed >= FLUSH_S:
                self.flush()
        except OSError as error:
            raise _storage_error(self.path, error) from error

    def flush(self) -> None:
        """Put everything recorded so far on disk; a table without room keeps no other from it."""
        failed = None
        for writer in self._tables.values():
            try:
                writer.flush()
            except OSError as error:
                failed = error
        if failed is not None:
            raise _storage_error(self.path, failed) from failed
        self._flushed = time.monotonic()

    def write_members(self, columns: Mapping[str, Any], personas: list[str], regions: list[str]) -> None:
        """Write `members.parquet`; `persona` and `region` are codes into the given words."""
        words = {"persona": personas, "region": regions}
        schema = TABLES["members"]
        try:
            table = pa.Table.from_arrays([_array(columns[f.name], f, words) for f in schema], schema=schema)
            _write(table, self.path / "members.parquet")
        except OSError as error:
            raise _storage_error(self.path, error) from error

    def close(self, state: str = "finished", **details: Any) -> None:
        """Close the parts and the manifest; `details` become entries of the manifest (verdict, offered …)."""
        try:
            for writer in self._tables.values():
                writer.close()
            self.manifest |= {
                "state": state,
                "ended": datetime.now(UTC).isoformat(timespec="seconds"),
                "rows": {name: writer.rows for name, writer in self._tables.items()},
                **details,
            }
            self._write_manifest()
        except OSError as error:
            raise _storage_error(self.path, error) from error

    def rows(self, table: str) -> int:
        """Rows appended to a table so far."""
        return self._tables[table].rows if table in self._tables else 0

    def _table(self, name: str) -> TableWriter:
        part_rows = LIVE_PART_ROWS if self.manifest["kind"] == "live" else PART_ROWS
        return TableWriter(self.path / name, name, part_rows)

    def _clear(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        for name in PARTED:
            if (self.path / name).is_dir():
                shutil.rmtree(self.path / name)
        for name in ("members.parquet", "metrics.json", "report.html", "summary.md"):
            (self.path / name).unlink(missing_ok=True)

    def _write_manifest(self) -> None:
        write_text(self.path / MANIFEST, json.dumps(self.manifest, indent=1))


class RunReader:
    """Reads the record of a run, finished or killed.

    Raises:
        RecordError: when the path holds no run, or one of a newer schema.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.manifest = _read_manifest(self.path)

    @property
    def scenario(self) -> Scenario:
        """The resolved scenario of the run.

        Raises:
            ScenarioError: when this version does not know what it says.
        """
        return resolved_scenario(self.manifest["scenario"], f"{self.path}/{MANIFEST}")

    @property
    def kind(self) -> str:
        """ "offline" or "live"."""
        return str(self.manifest["kind"])

    def has(self, table: str) -> bool:
        """Whether the record holds any row of a table."""
        return any(True for _ in self._parts(table))

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """A whole table, or some of its columns; empty with the right schema when nothing was recorded.

        Dictionary columns come back as dictionaries over `VOCABULARY`, so codes equal those of `events`.

        Raises:
            RecordError: when a part is damaged.
        """
        fields = TABLES[name]
        if columns is not None:
            fields = pa.schema([fields.field(column) for column in columns])
        tables = [_read(part, fields) for part in self._parts(name)]
        if not tables:
            return fields.empty_table()
        return pa.concat_tables(tables).unify_dictionaries()

    def _parts(self, name: str) -> Iterator[Path]:
        if name not in PARTED:
            path = self.path / f"{name}.parquet"
            return iter([path] if path.is_file() else [])
        folder = self.path / name
        still_open = sorted(folder.glob(f"part-*{OPEN}"))  # first: what is closed meanwhile is read as closed
        closed = sorted(folder.glob(f"part-*{CLOSED}"))
        names = {part.name for part in closed}
        return iter([*closed, *(part for part in still_open if _closed(part).name not in names)])


def write_text(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old or the new text, never half of it."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _write(table: pa.Table, path: Path) -> None:
    temporary = path.with_name(path.name + ".tmp")
    whole = table.combine_chunks()  # chunks would show in the bytes as page boundaries
    pq.write_table(whole, temporary, compression="zstd", compression_level=1)
    temporary.replace(path)


def _closed(open_part: Path) -> Path:
    """What an open part becomes."""
    return open_part.with_name(open_part.name.replace(OPEN, CLOSED))


def _read(path: Path, fields: pa.Schema) -> pa.Table:
    try:
        if path.name.endswith(OPEN):
            try:
                return read_open_part(path, fields).select(fields.names).cast(fields)
            except FileNotFoundError:  # its writer has closed it since
                path = _closed(path)
        return pq.read_table(path, columns=fields.names, schema=fields)
    except (OSError, pa.ArrowException) as error:
        raise RecordError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise RecordError(f"{folder}: holds no run ({MANIFEST} is missing)") from None
    except (OSError, ValueError) as error:
        raise RecordError(f"{path}: cannot be read: {error}") from error
    if not isinstance(manifest, dict) or not {"schema", "kind", "scenario"} <= manifest.keys():
        raise RecordError(f"{path}: is not the manifest of a run; must hold schema, kind and scenario")
    version = manifest["schema"]
    if not isinstance(version, int) or not 1 <= version <= SCHEMA_VERSION:
        raise RecordError(f"{path}: schema is {version!r}; this version reads 1 to {SCHEMA_VERSION}")
    return manifest


def _array(values: Any, field: pa.Field, words: Mapping[str, Any] = VOCABULARY) -> pa.Array:
    if not pa.types.is_dictionary(field.type):
        return arrow_column(values, field.type)
    codes = arrow_column(values, pa.int8())
    return pa.DictionaryArray.from_arrays(codes, arrow_words(tuple(words[field.name])))


def _storage_error(path: Path, error: OSError) -> StorageError:
    reason = os.strerror(error.errno) if error.errno else str(error)  # pyarrow words strerror its own way
    return StorageError(f"{path}: the record cannot be written: {reason}")


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _revision() -> str | None:
    """The git revision of the working directory, if it is one."""
    try:
        command = ["git", "rev-parse", "--short", "HEAD"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
