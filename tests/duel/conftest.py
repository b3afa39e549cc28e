"""Pairs of blocks whose effect is known."""

import numpy as np
import pytest


@pytest.fixture
def pairs_of():
    """Makes pairs of blocks: `factors` of the candidate by figure, noise of the blocks, a seed."""

    def make(factors, n=8, noise=0.01, seed=1):
        rng = np.random.default_rng(seed)
        made = []
        for _ in range(n):
            minute = np.exp(rng.normal(0, 0.3))  # what a minute is like falls on both blocks
            before = {name: 20 * minute * np.exp(rng.normal(0, noise)) for name in factors}
            after = {name: 20 * minute * f * np.exp(rng.normal(0, noise)) for name, f in factors.items()}
            made.append((before, after))
        return made

    return make
