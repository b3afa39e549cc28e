"""How the C library keeps memory, and that what was freed goes back to the system."""

import ctypes
from typing import Any, Final

import pyarrow as pa

ARENAS: Final = -8
LARGE: Final = -3
"""`M_ARENA_MAX` and `M_MMAP_THRESHOLD` of glibc's `mallopt`."""

LARGE_BYTES: Final = 1 << 17


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


def keep_memory_together() -> None:
    """Let a process that runs for hours keep little memory that it does not use; once, when it begins.

    By itself glibc gives each thread a heap of its own, and keeps large arrays among small objects once some
    have been freed: what is freed then lies scattered between what is used, and cannot go back. C libraries
    without `mallopt` are left as they are.
    """
    mallopt: Any = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(ARENAS, 1)
        mallopt(LARGE, LARGE_BYTES)
