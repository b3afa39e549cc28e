"""The image generator: a fixed number of slots that serve a queue in order of asking (G/G/c)."""

from typing import Any


def begin_of_work(free_at: Any, t: float) -> float:
    """When work on an image asked for at `t` (s) can begin.

    Args:
        free_at: when each slot is free (s), a binary heap: the earliest stands first.
    """
    return float(max(t, free_at[0]))


def occupy(free_at: Any, until: float) -> None:
    """Give the earliest slot work until a time (s): replaces the least entry of the heap."""
    size = len(free_at)
    at = 0
    child = 1
    while child < size:
        if child + 1 < size and free_at[child + 1] < free_at[child]:
            child += 1
        if free_at[child] >= until:
            break
        free_at[at] = free_at[child]
        at = child
        child = 2 * at + 1
    free_at[at] = until
