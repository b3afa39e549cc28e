"""Python's garbage collector during a run: it looks at what is new, and seldom."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

THRESHOLDS: Final = (50_000, 20, 20)
"""New objects until the youngest are looked at, and how many such looks until older ones are.

By default it is 700, which took an eighth of the processor time and found next to nothing: hardly anything of
a request refers to itself."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """A block in which what was there before is not looked at, and what is new only now and then."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
