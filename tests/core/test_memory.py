"""Memory that is freed goes back to the system."""

import subprocess
import sys

import pytest

CHURN = """
import numpy as np, psutil
from flashcrowd.core.memory import keep_memory_together

if BOUNDED:
    keep_memory_together()
np.ones(1 << 21)  # once such an array is freed, glibc by itself keeps the next among small objects
before = psutil.Process().memory_info().rss
large, small = [], []
for _ in range(300):
    large.append(np.ones(25_000))
    small.append(bytes(600))
large.clear()
print(psutil.Process().memory_info().rss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="about glibc")
def test_large_arrays_among_small_objects_leave_nothing_behind() -> None:
    """60 MB of arrays are gone when they are freed; without the bound their room is kept."""
    bounded, usual = (
        int(
            subprocess.run(
                [sys.executable, "-c", CHURN.replace("BOUNDED", each)], check=True, capture_output=True
            ).stdout
        )
        for each in ("True", "False")
    )
    assert bounded < 10_000_000
    assert bounded < usual
