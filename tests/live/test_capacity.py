"""Capacities that are known beforehand: the reference platform with a bounded number of service slots.

With c slots and a service time of s seconds no more than c / s requests a second can be answered.
"""

import json
import subprocess
import sys

import pytest

from flashcrowd.reference.faults import Faults
from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.reference.settings import Settings

pytestmark = pytest.mark.live


@pytest.mark.parametrize(("slots", "service_ms"), [(1, 10), (2, 25), (4, 30)])
def test_known_capacity_lies_in_the_bracket(slots, service_ms, tmp_path):
    """The largest load that holds is below the analytic limit, and the one that fails is not far below it."""
    settings = Settings(faults=Faults(service_slots=slots, service_ms=service_ms))
    with ReferencePlatform(settings) as platform:
        command = [
            sys.executable, "-m", "flashcrowd.cli", "capacity", "smoke", "--target", platform.url,
            "--slo", "home.p95<300ms, errors<1%", "--vault", str(tmp_path / "v.jsonl"),
            "--out", str(tmp_path / "out"), "--json",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    most = 1000 * slots / service_ms
    failed = [probe for probe in found["probes"] if probe["rate"] == found["sessions_per_s"]["fails"]]
    print(f"\n{slots} slots of {service_ms} ms: {most:.0f}/s at most; holds {found['requests_per_s']:.0f}/s, "
          f"fails at {failed[-1]['requests_per_s']:.0f}/s")  # fmt: skip
    assert found["requests_per_s"] <= 1.02 * most
    assert failed[-1]["requests_per_s"] >= 0.85 * most
