"""Addressed randomness: a draw is a pure function of its address, not the next number of a stream.

An address is a chain of integers (seed, purpose, member, tick, …) folded into a 64-bit key. So results do not
depend on the order in which members are visited, on the number of workers, or on offline against live.

The functions work on Python ints in [0, 2**64), on numpy uint64 arrays, and compiled by numba on uint64: one
source for the readable engine, the kernel and live sessions; constants are 2**63 or more so that numba types
them as uint64. The mixer is the finaliser of SplitMix64 (Steele,
Lea & Flood, OOPSLA 2014, figure 15: "mix64variant13").
"""

import math
from typing import Any, Final

MASK: Final = 0xFFFFFFFFFFFFFFFF
UNIT: Final = 1.0 / (1 << 52)
HALF_UNIT: Final = 0.5 / (1 << 52)


class Purpose:
    """What a draw is for: the second link of every address. A new purpose takes a new number."""

    PERSONA: Final = 1
    REGION: Final = 2
    ACTIVITY: Final = 3
    FITNESS: Final = 4
    INTEREST: Final = 5
    TRAIT: Final = 6
    COMMUNITY: Final = 7
    STUB: Final = 8
    FOLLOW_BACK: Final = 9
    ARRIVAL: Final = 10
    SESSION: Final = 11
    PAGE: Final = 12
    EXPOSURE: Final = 13
    ITEM: Final = 14
    POST: Final = 15
    GENERATE: Final = 16
    RETURN: Final = 17
    DISCOVERY: Final = 18
    NOTIFY: Final = 19
    SAMPLE: Final = 20
    TEXT: Final = 21
    RETRY: Final = 22
    PATIENCE: Final = 23
    LANGUAGE: Final = 24
    GROWTH: Final = 25
    EVENT: Final = 26
    MODERATION: Final = 27
    RING: Final = 28
    MIGRATION: Final = 29
    TURN: Final = 30
    DUEL: Final = 90
    NULL: Final = 100


def u64(x: Any) -> Any:
    """`x` as an unsigned 64-bit integer (the kernel replaces this by a cast)."""
    return x & MASK


def mix(x: Any) -> Any:
    """A 64-bit key whose every bit depends on every bit of `x` in [0, 2**64)."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def root_key(seed: Any, purpose: Any) -> Any:
    """The key that begins every address: (seed, purpose)."""
    return mix(mix(u64(seed) ^ 0x9E3779B97F4A7C15) ^ u64(purpose))


def fold(key: Any, part: Any) -> Any:
    """The key of the address `key` lengthened by the integer `part`."""
    return mix(key ^ u64(part))


def uniform(key: Any) -> float:
    """A number in the open interval (0, 1): the middle of one of 2**52 equal cells.

    One bit less than a double holds, because with 53 the middle of the last cell rounds to 1.

    >>> 0.0 < uniform(root_key(1, Purpose.ARRIVAL)) < 1.0
    True
    """
    number: float = (key >> 12) * UNIT + HALF_UNIT
    return number


def normal(key: Any) -> float:
    """A standard normal number: Box and Muller (1958), cosine branch, of two uniforms taken from `key`."""
    radius = math.sqrt(-2.0 * math.log(uniform(key)))
    return radius * math.cos(2.0 * math.pi * uniform(mix(key ^ 0xD851F42D4C957F2D)))


def exponential(key: Any) -> float:
    """An exponential number with mean 1, by inversion."""
    return -math.log(uniform(key))


def poisson(key: Any, mean: float) -> int:
    """A Poisson count with the given mean, by inversion (meant for means below about 30).

    >>> poisson(root_key(1, 2), 0.0)
    0
    """
    if mean <= 0.0:
        return 0
    u = uniform(key)
    p = math.exp(-mean)
    total = p
    k = 0
    while u > total and k < 1000:
        k += 1
        p *= mean / k
        total += p
    return k


def inverse_gaussian(key: Any, mean: float, shape: float) -> float:
    """An inverse Gaussian number with mean `mean` and shape lambda, by Michael, Schucany & Haas (1976)."""
    n = normal(key)
    y = n * n
    half = mean / (2.0 * shape)
    x = mean + half * (mean * y - math.sqrt(4.0 * mean * shape * y + mean * mean * y * y))
    if uniform(mix(key ^ 0x94057B7EF767814F)) <= mean / (mean + x):
        return x
    return mean * mean / x
