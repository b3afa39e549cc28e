"""Searches of capacities that are known beforehand."""

import pytest

from .known_capacity import KNOWN, searched

pytestmark = pytest.mark.live


@pytest.mark.parametrize("name", KNOWN)
def test_known_capacity_lies_in_the_bracket(name, tmp_path):
    """The analytic limit lies in a confirmed bracket of at most 10 %, found within four minutes."""
    found = searched(KNOWN[name], tmp_path, seed=1)
    print(f"\n{name}: {found}")
    assert found["good"]
    assert found["in_time"]
