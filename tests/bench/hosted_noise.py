"""Simulated blocks of requests on a hosted build machine: autocorrelated, heavy-tailed, with drift and steps.

A block's level is exp(AR(1) + drift + steps + rare bursts) of block-to-block noise; inside a block requests
are log-normal with a slow tail, and share short stalls, so that neighbours resemble each other. The sizes are
chosen so that a plain 5 % threshold on p95 of one pair of runs fires on about a third of all pairs in which
nothing changed, as reported of hosted machines.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

ACTIONS: Final = {"home": (0.55, 12.0), "public": (0.15, 18.0), "thread": (0.1, 8.0), "like": (0.12, 5.0),
                  "post": (0.08, 22.0)}  # fmt: skip
"""Action -> (share of the requests, median service ms)."""

AR: Final = 0.8
AR_SIGMA: Final = 0.018
BURST_CHANCE: Final = 0.03
STEP_CHANCE: Final = 0.02
SHAPE: Final = 0.45


class HostedMachine:
    """Makes blocks one after the other; what is slow about a time falls on whoever runs then."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._wave = self._rng.normal(0, AR_SIGMA / np.sqrt(1 - AR * AR))
        self._step = 0.0
        self._drift = self._rng.normal(0, 0.004)
        self._time = 0

    def block(self, requests: int, slower: float = 1.0, tail: float = 0.0) -> dict[str, Floats]:
        """Response times (ms) by action of the next block.

        Args:
            slower: factor on every request. tail: share of requests that take ten times as long.
        """
        rng = self._rng
        level = np.exp(self._next_level()) * slower
        times = {}
        for name, (share, median_ms) in ACTIONS.items():
            n = max(1, round(share * requests))
            noise = rng.normal(0, SHAPE, n) + 0.08 * self._smooth(n)
            values = median_ms * level * np.exp(noise)
            values[rng.random(n) < tail] *= 10.0
            times[name] = values
        return times

    def _next_level(self) -> float:
        rng = self._rng
        self._time += 1
        self._wave = AR * self._wave + rng.normal(0, AR_SIGMA)
        if rng.random() < STEP_CHANCE:
            self._step += rng.choice([-1, 1]) * rng.uniform(0.05, 0.15)
        burst = rng.pareto(2.5) * 0.05 if rng.random() < BURST_CHANCE else 0.0
        return float(self._wave + self._step + self._drift * self._time + burst + rng.normal(0, 0.01))

    def _smooth(self, n: int) -> Floats:
        """Noise in which neighbours resemble each other."""
        raw = self._rng.normal(0, 1, n + 20)
        return np.convolve(raw, np.full(20, 1 / np.sqrt(20)), "valid")[:n]
