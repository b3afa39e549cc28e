"""Observations worked out by hand, for the tests of measures."""

from typing import Any

import numpy as np

from flashcrowd.core.clock import DAY
from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.report.realism.measures.collector import Collector
from flashcrowd.report.realism.measures.observation import FollowLists, Observation

COLUMNS = ("seq", "t", "member", "post", "root", "cause", "author", "position", "topic")


def rows(*lines: dict[str, Any]) -> dict[str, Any]:
    """Rows of `actions`: `action` and `outcome` by name, what is not said is -1 (no `ai`), `seq` counts."""
    table = [{"seq": number, "outcome": "ok", "ai": False, **line} for number, line in enumerate(lines)]
    columns: dict[str, Any] = {
        name: np.array([line.get(name, -1) for line in table], np.float64 if name == "t" else np.int64)
        for name in COLUMNS
    }
    columns["action"] = np.array([ACTION_CODE[line["action"]] for line in table], np.int8)
    columns["outcome"] = np.array([OUTCOME_CODE[line["outcome"]] for line in table], np.int8)
    columns["ai"] = np.array([line["ai"] for line in table], bool)
    return columns


def post(t: float, member: int, number: int, **more: Any) -> dict[str, Any]:
    """The row of an original with this item id."""
    line = {"action": "post", "t": t, "member": member, "post": number, "root": number, "author": member}
    return line | more


def repost(t: float, member: int, root: int, cause: int, author: int = 0) -> dict[str, Any]:
    """The row of a repost of item `root`, seen through row `cause`."""
    return {"action": "repost", "t": t, "member": member, "root": root, "cause": cause, "author": author}


def observed(
    actions: dict[str, Any],
    members: int = 10,
    days: float = 8.0,
    warm_up: float = 0.0,
    follow_up: float = 0.0,
    graph: FollowLists | None = None,
    exposures: dict[str, Any] | None = None,
    joined: Any = None,
) -> Observation:
    """What a run of these rows left; all members live in one region at UTC. Times in days."""
    zone = np.zeros(members, np.int64), np.zeros(1)
    collector = Collector(*zone, warm_up * DAY, days * DAY, follow_up * DAY)
    collector.take("actions", actions)
    if exposures is not None:
        collector.take("exposures", exposures)
    return collector.observation(graph, joined)


def follow_lists(edges: list[tuple[int, int]], members: int) -> FollowLists:
    """A graph given as (who follows, whom)."""
    pairs = np.array(sorted(set(edges)), np.int64).reshape(-1, 2)
    start = np.concatenate([[0], np.cumsum(np.bincount(pairs[:, 0], minlength=members))])
    return FollowLists(start, pairs[:, 1].astype(np.int32))
