"""What one cascade asked of the platform: the actions on it, and the requests that carried them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flashcrowd.core.events import ACTION_CODE, ACTIONS
from flashcrowd.report.run import Column, Columns

POST = ACTION_CODE["post"]


@dataclass(frozen=True)
class Footprint:
    """Everything that members did to a cascade's items, its original post left out.

    Attributes:
        counts: action -> rows, most frequent first.
        requests: rows that were sent to a live platform; 0 offline.
        t: scenario seconds of every row, ascending, float64.
    """

    counts: dict[str, int]
    requests: int
    t: Column

    @property
    def total(self) -> int:
        """Actions of every kind."""
        return len(self.t)


def footprints(actions: Columns, roots: Sequence[int]) -> tuple[Footprint, ...]:
    """The footprint of each of some original posts (ids), in their order."""
    root = actions["root"]
    chosen = np.flatnonzero(np.isin(root, np.asarray(roots, root.dtype)) & (root >= 0))
    chosen = chosen[~((actions["action"][chosen] == POST) & (actions["post"][chosen] == root[chosen]))]
    rows = {name: actions[name][chosen] for name in ("root", "action", "request", "t")}
    return tuple(_footprint({name: column[rows["root"] == one] for name, column in rows.items()})
                 for one in roots)  # fmt: skip


def _footprint(rows: Columns) -> Footprint:
    by_code = np.bincount(rows["action"], minlength=len(ACTIONS))
    order = np.argsort(-by_code, kind="stable")
    counts = {ACTIONS[code]: int(by_code[code]) for code in order if by_code[code]}
    return Footprint(counts, int((rows["request"] >= 0).sum()), np.sort(rows["t"]))
