"""Rows on their way from the recorder to the record."""

import threading
from types import SimpleNamespace

import gevent
import numpy as np

from flashcrowd.load import journal as module
from flashcrowd.load.journal import Journal
from flashcrowd.load.progress import Display
from flashcrowd.load.runclock import RunClock


class Slow:
    """A writer whose first table takes until it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.let_go = threading.Event()
        self.written: list[tuple[str, int]] = []

    def append(self, table, columns) -> None:
        self.begun.set()
        self.let_go.wait(10)
        self.written.append((table, len(columns["seq"])))


def test_end_of_a_run_cuts_no_batch_in_two(monkeypatch):
    """Halted while a batch is being written, the journal first writes it all, and nothing twice."""
    monkeypatch.setattr(module, "EVERY_S", 0.001)
    batches = [{"actions": {"seq": np.arange(3)}, "exposures": {"seq": np.arange(5)}}]
    source = SimpleNamespace(
        recorder=SimpleNamespace(take=lambda: batches.pop() if batches else {}),
        clock=RunClock(0.0, 1.0),
        tally=SimpleNamespace(online=0),
    )
    writer = Slow()
    journal = Journal(source, writer, lambda collected, source: None, Display(quiet=True), 1.0)
    keeper = gevent.spawn(journal.keep)
    while not writer.begun.is_set():
        gevent.sleep(0.001)
    gevent.spawn_later(0.01, writer.let_go.set)
    journal.halt([keeper])
    journal.empty()
    assert keeper.dead
    assert writer.written == [("actions", 3), ("exposures", 5)]
