"""Batches of rows as a journal hands them on, and who is there."""

from types import SimpleNamespace

import numpy as np

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE

MS = 1_000_000


def requests(*rows):
    """Columns of requests out of (action, intended ms, start ms, end ms, outcome); start -1 = never sent."""
    action, intended, start, end, outcome = zip(*rows, strict=True)
    return {
        "action": np.array([ACTION_CODE[name] for name in action], np.int8),
        "intended_ns": np.array(intended) * MS,
        "start_ns": np.array([at * MS if at >= 0 else -1 for at in start]),
        "end_ns": np.array(end) * MS,
        "outcome": np.array([OUTCOME_CODE[name] for name in outcome], np.int8),
    }


def actions(*rows):
    """Columns of actions out of (action, root, author, request)."""
    action, root, author, request = zip(*rows, strict=True)
    return {
        "action": np.array([ACTION_CODE[name] for name in action], np.int8),
        "outcome": np.zeros(len(action), np.int8),
        "root": np.array(root, np.int64),
        "author": np.array(author, np.int32),
        "request": np.array(request, np.int64),
    }


SOURCE = SimpleNamespace(tally=SimpleNamespace(online=7, sessions=lambda: {"started": 9, "dropped": 1}))

BATCH = {
    "requests": requests(
        ("home", 0, 10, 50, "ok"),
        ("home", 0, 60, 160, "ok"),
        ("like", 5, 5, 9, "failed"),
        ("home", 7, -1, -1, "dropped"),
    ),
    "actions": actions(
        ("post", 500, 3, -1),  # of the history
        ("session_start", -1, -1, -1),
        ("repost", 500, 3, 4),
        ("repost", 500, 3, 5),
        ("repost", 600, 4, 6),
        ("home", -1, -1, 7),
    ),
}
