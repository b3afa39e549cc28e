"""Posts and reposts of a null model as rows of `actions`."""

from typing import Any

import numpy as np

from flashcrowd.core.events import ACTION_CODE

Rows = dict[str, Any]
"""Column of `ACTIONS_SCHEMA` -> array; all equally long."""


def rows_of_trees(t: Any, member: Any, parent: Any, root: Any, topic: Any, ai: Any) -> Rows:
    """Rows in order of time.

    Args:
        t: scenario seconds, float64 (n_nodes,); a child is not earlier than its parent and stands after it.
        member: who posted or reposted, int (n_nodes,).
        parent: node that exposed the member, -1 for originals, int (n_nodes,).
        root: node of the original, int (n_nodes,).
        topic, ai: of the originals; read at `root`.
    """
    n = len(t)
    order = np.argsort(t, kind="stable")
    seq = np.empty(n, np.int64)
    seq[order] = np.arange(n)
    original = parent[order] < 0
    return {
        "seq": np.arange(n),
        "t": t[order],
        "member": member[order],
        "action": np.where(original, ACTION_CODE["post"], ACTION_CODE["repost"]).astype(np.int8),
        "post": np.arange(n),
        "root": seq[root[order]],
        "cause": np.where(original, -1, seq[parent[order]]),
        "author": member[root[order]],
        "position": np.full(n, -1, np.int16),
        "topic": topic[root[order]],
        "ai": ai[root[order]],
        "request": np.full(n, -1),
        "outcome": np.zeros(n, np.int8),
    }
