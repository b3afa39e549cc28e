"""Python's garbage collector during a run: it looks at what is new, and seldom."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

THRESHOLDS: Final = (50_000, 20, 20)
"""New objects until the youngest are looked at, and how many such looks until older ones are.

By default it is 700, which takes time and finds next to nothing: hardly anything of a request refers to
itself."""

_NORMAL: Final = gc.get_threshold()
_blocks = 0


@contextmanager
def rare_collections() -> Iterator[None]:
    """A block in which what was there before is not looked at, and what is new only now and then; blocks may
    overlap."""
    global _blocks
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    _blocks += 1
    try:
        yield
    finally:
        _blocks -= 1
        if not _blocks:
            gc.set_threshold(*_NORMAL)
            gc.unfreeze()
