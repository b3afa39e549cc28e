"""Makes the pure functions of the model callable from compiled code, unchanged.

`register_jitable` leaves a function what it is, plain Python, and lets numba compile it wherever compiled
code calls it: the readable engine, live sessions and the kernel share one source.

Compiled code is cached by numba beside a digest of the sources it was made from, so a changed behaviour is
never served from an old cache.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from inspect import getmembers, isfunction
from pathlib import Path
from typing import Any, Final, TypeVar

import numba
import numpy as np
from numba.extending import overload, register_jitable

from flashcrowd.core import clock, draws
from flashcrowd.sim import (
    agenda,
    behaviour,
    calendar,
    content,
    discovery,
    generation,
    harm,
    notify,
    outage,
    permutation,
    reunion,
    session,
)

SHARED = (
    clock,
    draws,
    agenda,
    behaviour,
    calendar,
    content,
    discovery,
    generation,
    harm,
    notify,
    outage,
    permutation,
    reunion,
    session,
)
"""Modules whose functions the kernel compiles."""

CORE: Final = ("clock.py", "draws.py", "errors.py", "events.py", "own.py", "trends.py")
"""Sources of the core that compiled code is made from, or that modules of compiled code take from."""


def sources_digest(folder: Path = Path(__file__).parents[1]) -> str:
    """A digest of every source file that compiled code may be made from.

    Args:
        folder: holds the sources, `core` and `sim`.
    """
    digest = hashlib.sha256(f"{sys.version}{numba.__version__}".encode())
    for path in sorted([*(folder / "core" / name for name in CORE), *(folder / "sim").rglob("*.py")]):
        digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_dir() -> Path:
    """Where compiled code is kept: `$FLASHCROWD_CACHE`, else the user's cache directory, else a temporary
    one."""
    base = os.environ.get("FLASHCROWD_CACHE") or os.environ.get("XDG_CACHE_HOME")
    try:
        root = Path(base) if base else Path.home() / ".cache"
        path = root / "flashcrowd" / "kernels" / sources_digest()
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # RuntimeError: the user has no home
        path = Path(tempfile.mkdtemp(prefix="flashcrowd-kernels-"))
    return path


def compiled_score(score: Any) -> Any:
    """A ranker's `score` as a C function that compiled code calls by its address."""
    prepare()
    let_call(score)
    return numba.cfunc("float64(float64, int64, int64, int64, float64, float64)", cache=True)(score)


def compiled_key(seed: int, purpose: int) -> np.uint64:
    """`draws.root_key` in the one type that compiled code takes a key in."""
    return np.uint64(draws.root_key(seed, purpose))


F = TypeVar("F", bound=Callable[..., Any])


@cache
def inner(function: F) -> F:
    """Let compiled code call a plain function, which stays what it is; its code goes into the caller's.

    Handing over a state of fifty arrays at every call took a quarter of the time, measured.
    """
    register_jitable(forceinline=True)(function)
    return function


def apart(function: F) -> F:
    """As `inner`, for what is long and called from several places: its code is made once."""
    register_jitable(function)
    return function


def let_call(function: Callable[..., Any]) -> None:
    """Let compiled code call every plain function of the module that a function lies in."""
    module = sys.modules[function.__module__]
    for _, one in getmembers(module, isfunction):
        if one.__module__ == module.__name__:
            inner(one)


def entry(function: F) -> F:
    """Compile a function that plain Python calls; the compiled code is cached on disk."""
    prepare()
    compiled: F = numba.njit(cache=True)(function)
    return compiled


def hot(function: F) -> F:
    """Compile a function that runs often and makes no arrays of its own, as `entry` does.

    Its arrays are not counted by reference (counting took a third of the time, measured), and other threads
    run meanwhile.
    """
    prepare()
    compiled: F = numba.njit(cache=True, nogil=True, _nrt=False)(function)
    return compiled


def hot_variant(function: F, digest: str) -> F:
    """Compile a function as `hot` does, into a cache of its own; `digest`: of what makes it another."""
    prepare()
    usual = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(Path(usual) / hashlib.sha256(digest.encode()).hexdigest()[:16])
    try:
        return hot(function)
    finally:
        numba.config.CACHE_DIR = usual


@cache
def prepare() -> None:
    """Set the cache, and let compiled code call every function of `SHARED`."""
    numba.config.CACHE_DIR = str(cache_dir())
    for module in SHARED:
        for name, function in getmembers(module, isfunction):
            if function.__module__ == module.__name__ and name != "u64":
                inner(function)


@overload(draws.u64)
def _u64(x):  # type: ignore[no-untyped-def]
    return lambda x: np.uint64(x)
