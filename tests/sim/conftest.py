"""Makes the modules beside the tests importable (`societies`, `draws_of`), and worlds that several share."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import societies

from flashcrowd.sim.world import World, build_world


@pytest.fixture(scope="session")
def small_world() -> World:
    """300 members as they are by default. Read only."""
    return build_world(societies.small())


@pytest.fixture(scope="session")
def busy_world() -> World:
    """1,500 members who react and post far more than usual, and one generator slot. Read only."""
    return build_world(societies.busy())
