"""What members do next: from one action to the following one of the same visit."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flashcrowd.core.events import ACTION_CODE, ACTIONS, BRACKETS
from flashcrowd.report.run import Column, Columns

BEGIN, END = (ACTION_CODE[name] for name in BRACKETS)
RARE: Final = 0.002
"""Actions below this share of all steps are left out of the picture."""


@dataclass(frozen=True)
class Transitions:
    """Steps from action to action, float64 (n, n) and int64.

    Attributes:
        names: of rows and columns; `session_start` only begins, `session_end` only ends.
        counts: steps from the row's action to the column's, int64 (n, n).
    """

    names: tuple[str, ...]
    counts: Column

    @property
    def total(self) -> int:
        """Steps of every kind."""
        return int(self.counts.sum())

    @property
    def shares(self) -> Column:
        """Where each action leads, each row adding up to 1; NaN in rows without a step."""
        whole = self.counts.sum(axis=1, keepdims=True)
        return np.asarray(
            np.divide(self.counts, whole, out=np.full(self.counts.shape, np.nan), where=whole > 0)
        )

    def without_rare(self) -> "Transitions":
        """The same without actions that are hardly ever taken."""
        used = np.maximum(self.counts.sum(axis=0), self.counts.sum(axis=1))
        kept = np.flatnonzero(used >= max(1.0, RARE * self.total))
        return Transitions(tuple(self.names[place] for place in kept), self.counts[np.ix_(kept, kept)])


def transitions(actions: Columns) -> Transitions:
    """Every step of every member, in the order of the record; from the end of a visit no step leads on."""
    member, action = actions["member"], actions["action"]
    order = np.argsort(member, kind="stable")
    member, action = member[order], action[order].astype(np.int64)
    same = (member[:-1] == member[1:]) & (action[:-1] != END) & (action[1:] != BEGIN)
    n = len(ACTIONS)
    pairs = action[:-1][same] * n + action[1:][same]
    return Transitions(ACTIONS, np.bincount(pairs, minlength=n * n).reshape(n, n))
