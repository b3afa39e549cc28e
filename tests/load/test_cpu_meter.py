"""How busy the generator was: processor time used, and waited for."""

import pytest

from flashcrowd.load import cpu_meter
from flashcrowd.load.cpu_meter import CpuMeter, Stamp
from flashcrowd.load.runclock import NS


def test_share_and_demand_are_those_of_the_window(monkeypatch):
    """3 s of 10 were used, 4 more would have been; before the window, what was used since the start."""
    stamps = iter(
        [Stamp(0, 1.0, 0.0), Stamp(NS, 1.5, 0.0), Stamp(5 * NS, 2.0, 1.0), Stamp(15 * NS, 5.0, 5.0)]
    )
    monkeypatch.setattr(cpu_meter, "stamp", lambda: next(stamps))
    meter = CpuMeter(0, 0)
    assert meter.share() == pytest.approx(0.5)
    meter.watch()
    assert (meter.share(), meter.demand()) == (pytest.approx(0.3), pytest.approx(0.7))


def test_system_that_does_not_tell_what_was_waited_counts_nothing(monkeypatch, tmp_path):
    """Elsewhere than on Linux the demand is what was used."""
    monkeypatch.setattr(cpu_meter, "WAITED", tmp_path / "schedstat")
    assert cpu_meter.stamp().waited_s == 0.0
