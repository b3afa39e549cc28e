"""The rows of an offline run held in memory instead of on disk: for runs that only leave their figures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from flashcrowd.core.events import TABLES, VOCABULARY
from flashcrowd.core.scenario import Scenario

NOWHERE: Final = Path()


class HeldRecord:
    """Takes the rows of a run, as `RunWriter` does, and is read by `Run`, as a directory is.

    Args:
        scenario: the resolved scenario of the run.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.path = NOWHERE
        self.scenario = scenario
        self.kind = "offline"
        self.manifest: dict[str, Any] = {"kind": self.kind, "state": "running", "seed": scenario.seed}
        self._parts: dict[str, list[Mapping[str, Any]]] = {}
        self._words: dict[str, Sequence[str]] = dict(VOCABULARY)

    def append(self, table: str, columns: Mapping[str, Any]) -> None:
        """Add rows to a table; dictionary columns as codes of `VOCABULARY`."""
        self._parts.setdefault(table, []).append(dict(columns))

    def write_members(self, columns: Mapping[str, Any], personas: list[str], regions: list[str]) -> None:
        """Take the member table; `persona` and `region` are codes into the given words."""
        self._words |= {"persona": personas, "region": regions}
        self._parts["members"] = [columns]

    def close(self, state: str = "finished", **details: Any) -> None:
        """Say how the run ended; `details` become entries of the manifest."""
        self.manifest |= {"state": state, **details}

    def has(self, table: str) -> bool:
        """Whether there is any row of a table."""
        return table in self._parts

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """A whole table, or some of its columns; empty with the right schema when nothing was taken."""
        wanted = [TABLES[name].field(column) for column in columns or TABLES[name].names]
        arrays = [self._array(name, field) for field in wanted]
        return pa.Table.from_arrays(arrays, schema=pa.schema(wanted))

    def _array(self, table: str, field: pa.Field) -> pa.Array:
        parts = [part[field.name] for part in self._parts.get(table, ())]
        if pa.types.is_dictionary(field.type):
            codes = np.concatenate(parts).astype(np.int8) if parts else np.empty(0, np.int8)
            return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(self._words[field.name])))
        kind = field.type.to_pandas_dtype()
        return pa.array(np.concatenate(parts).astype(kind, copy=False) if parts else np.empty(0, kind))
