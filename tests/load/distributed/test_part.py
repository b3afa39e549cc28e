"""When a worker takes its master for gone."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from locust import runners

from flashcrowd.load.distributed import messages
from flashcrowd.load.distributed import part as part_module
from flashcrowd.load.distributed.hand import PLAYING
from flashcrowd.load.distributed.part import Part
from flashcrowd.load.progress import Display
from flashcrowd.load.runclock import NS


class Played:
    """A worker that plays, whose master says nothing, on a clock of the test's own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_ns = 100 * NS
        monkeypatch.setattr(part_module, "monotonic_ns", lambda: self.now_ns)
        runner = SimpleNamespace(custom_messages={}, register_message=lambda name, listener: None)
        self._part = Part(runner, Path, Display(quiet=True), SimpleNamespace())
        self._part._state = PLAYING

    def ended_within(self, seconds: float) -> bool:
        """Let that time go by, beat for beat; whether the worker has ended by itself."""
        for _ in range(round(seconds / messages.BEAT_S)):
            self.now_ns += int(messages.BEAT_S * NS)
            self._part._look_at_the_clock()
        return self._part._stopped

    def hold_up(self, seconds: float) -> None:
        """Let time go by in which the worker does nothing at all."""
        self.now_ns += int(seconds * NS)


def test_only_this_watch_ends_a_worker(monkeypatch):
    """Locust's own would end one that was suspended for a minute, as soon as it goes on."""
    Played(monkeypatch)
    assert runners.MASTER_HEARTBEAT_TIMEOUT > 1e9


def test_silent_master_is_gone(monkeypatch):
    """After the time for which the worker was there to hear it, and not before."""
    played = Played(monkeypatch)
    assert not played.ended_within(messages.MASTER_LOST_S)
    assert played.ended_within(1.0)


def test_worker_that_was_held_up_itself_goes_on(monkeypatch):
    """What its master said meanwhile still waits to be read; only silence after that counts."""
    played = Played(monkeypatch)
    played.hold_up(2 * messages.MASTER_LOST_S)
    assert not played.ended_within(messages.MASTER_LOST_S)
    assert played.ended_within(2.0)
