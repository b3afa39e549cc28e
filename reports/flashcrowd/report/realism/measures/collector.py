"""Takes the rows of a run as they are made and keeps what the facts need: reads become counts at once."""

from typing import Any, Final

import numpy as np

from flashcrowd.core.clock import HOUR
from flashcrowd.core.events import ACTION_CODE, ACTIONS, BRACKETS, READS
from flashcrowd.report.realism.measures.observation import FollowLists, Observation
from flashcrowd.report.run import Column

KEPT: Final = {
    "seq": np.int64, "t": np.float64, "member": np.int32, "action": np.int8, "post": np.int64,
    "root": np.int64, "cause": np.int64, "author": np.int32, "topic": np.int16, "position": np.int16,
    "ai": np.bool_, "outcome": np.int8,
}  # fmt: skip
"""Columns of `actions` that are kept, and their types."""

BRACKET: Final = {name: KEPT[name] for name in ("seq", "t", "member", "action")}
EXPOSED: Final = {"t": np.float64, "member": np.int32, "position": np.int16}

SAMPLED: Final = 10_000
"""Members whose exposures are kept one by one; of all others they are only counted."""


class Collector:
    """A sink for the rows of one run.

    Args:
        region: region of each member, (members,).
        offset_h: hours east of UTC of each region.
        start_s, end_s, follow_up_s: see `Observation`; rows from `end_s` on are dropped.
    """

    def __init__(
        self, region: Column, offset_h: Column, start_s: float, end_s: float, follow_up_s: float
    ) -> None:
        self.members = len(region)
        self._region = np.asarray(region, np.int64)
        self._offset_h = np.asarray(offset_h, np.float64)
        self._window = start_s, end_s, follow_up_s
        self._counts = np.zeros((int(end_s // HOUR), len(offset_h), len(ACTIONS)), np.int64)
        self._parts: dict[str, list[dict[str, Any]]] = {"actions": [], "brackets": [], "exposures": []}
        self._views = np.zeros(1 << 12, np.int64)
        self._sampled = np.zeros(self.members, np.bool_)
        self._sampled[:: max(1, self.members // SAMPLED)] = True

    def take(self, table: str, columns: dict[str, Any]) -> None:
        """Take rows of `actions` or `exposures`."""
        inside = columns["t"] < self._window[1]
        rows = columns if inside.all() else {name: column[inside] for name, column in columns.items()}
        if table == "actions":
            self._take_actions(rows)
        elif table == "exposures":
            self._take_exposures(rows)

    def observation(self, graph: FollowLists | None = None, joined: Column | None = None) -> Observation:
        """What was taken, in one piece; the collector is empty after it."""
        start_s, end_s, follow_up_s = self._window
        return Observation(
            members=self.members,
            start_s=start_s,
            end_s=end_s,
            follow_up_s=follow_up_s,
            actions=self._whole("actions", KEPT),
            brackets=self._whole("brackets", BRACKET),
            counts=self._counts,
            offset_h=self._offset_h,
            exposures=self._whole("exposures", EXPOSED),
            sampled=np.flatnonzero(self._sampled),
            views_by_post=self._views,
            joined=np.full(self.members, np.nan) if joined is None else joined,
            graph=graph,
        )

    def _take_actions(self, rows: dict[str, Any]) -> None:
        _, regions, kinds = self._counts.shape
        hour = (rows["t"] // HOUR).astype(np.int64)
        place = (hour * regions + self._region[rows["member"]]) * kinds + rows["action"]
        self._counts += np.bincount(place, minlength=self._counts.size).reshape(self._counts.shape)
        bracket = np.isin(rows["action"], [ACTION_CODE[name] for name in BRACKETS])
        read = np.isin(rows["action"], [ACTION_CODE[name] for name in READS])
        self._keep("brackets", BRACKET, rows, bracket)
        self._keep("actions", KEPT, rows, ~(bracket | read))

    def _take_exposures(self, rows: dict[str, Any]) -> None:
        inside = rows["t"] >= self._window[0]
        seen = np.bincount(rows["root"][inside])
        if len(seen) > len(self._views):
            self._views = np.concatenate([self._views, np.zeros(max(len(seen), len(self._views)), np.int64)])
        self._views[: len(seen)] += seen
        self._keep("exposures", EXPOSED, rows, inside & self._sampled[rows["member"]])

    def _keep(self, name: str, types: dict[str, Any], rows: dict[str, Any], chosen: Column) -> None:
        if chosen.any():
            self._parts[name].append({key: rows[key][chosen].astype(kind) for key, kind in types.items()})

    def _whole(self, name: str, types: dict[str, Any]) -> dict[str, Any]:
        parts, self._parts[name] = self._parts[name], []
        whole = {}
        for key, kind in types.items():
            whole[key] = np.concatenate([part.pop(key) for part in parts]) if parts else np.empty(0, kind)
        return whole
