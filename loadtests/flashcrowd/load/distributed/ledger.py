"""A worker's own copy of its rows, and their way to the master."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from flashcrowd.core.runlog import RunWriter
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.distributed.courier import Courier
from flashcrowd.load.recorder import Columns


class Ledger:
    """Takes rows where a record's writer takes them: keeps them here, and sends them to the master.

    The copy is a run of its own, which `flashcrowd report` reads, should the master never get the rows.

    Args:
        path: of the copy.
        details: for its manifest.
    """

    def __init__(self, path: Path, scenario: Scenario, details: Mapping[str, Any], courier: Courier) -> None:
        self.path = path
        self._courier = courier
        self._writer = RunWriter(path, scenario, "live", details)

    def append(self, table: str, columns: Columns) -> None:
        """Keep rows, and send them; from any thread.

        Raises:
            StorageError: when they cannot be kept.
        """
        self._courier.post(table, columns)
        if table == "actions":  # causes at other workers are unknown here
            columns = {**columns, "cause": np.maximum(columns["cause"], -1)}
        if table != "made":
            self._writer.append(table, columns)

    def close(self, state: str, details: Mapping[str, Any]) -> None:
        """Close the copy."""
        self._writer.close(state, **details)
