"""How many members are there at a moment: visits begun and not yet ended."""

import numpy as np

from flashcrowd.core.events import ACTION_CODE, BRACKETS
from flashcrowd.report.run import Column, Columns


def present(actions: Columns, at_s: Column) -> Column:
    """Visits under way at each of some moments of the scenario clock, int64 (n_moments,).

    A visit that had begun before the record did is not known, and not counted.
    """
    start, end = (np.sort(actions["t"][actions["action"] == ACTION_CODE[name]]) for name in BRACKETS)
    begun, ended = (np.searchsorted(times, at_s, side="right") for times in (start, end))
    return np.asarray(np.maximum(begun - ended, 0))
