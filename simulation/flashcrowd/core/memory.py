"""Memory that was freed, given back to the system."""

import ctypes

import pyarrow as pa


def release_memory() -> None:
    """Return what the allocators of C and of Arrow keep for later.

    A part that is closed takes megabytes for a moment, in several threads; each of them would keep its own
    for good, and a run of hours would seem to leak. Where the C library has no `malloc_trim` only Arrow
    returns its own.
    """
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
