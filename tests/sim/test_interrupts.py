"""Ctrl-C waits for the end of what must not be broken off."""

import signal
import threading
from collections.abc import Iterator

import pytest

from flashcrowd.sim.interrupts import held_interrupts


@pytest.fixture(autouse=True)
def _python_handles_interrupts() -> Iterator[None]:
    """A shell's background jobs begin with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_interrupt_waits_until_it_may_be_raised() -> None:
    """The signal does not show where it arrives; the next call raises it."""
    with held_interrupts() as raise_held:
        raise_held()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            raise_held()


def test_second_interrupt_is_raised_at_once() -> None:
    """Whoever presses Ctrl-C twice does not wait."""
    with held_interrupts():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_interrupts_after_the_block_are_what_they_were() -> None:
    """The handler of before is back, also after an interrupt that was never raised."""
    before = signal.getsignal(signal.SIGINT)
    with held_interrupts():
        assert signal.getsignal(signal.SIGINT) != before
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) == before


def test_block_in_another_thread_changes_nothing() -> None:
    """Signals are the main thread's; elsewhere the block runs as if it were not there."""
    before, seen = signal.getsignal(signal.SIGINT), []

    def work() -> None:
        with held_interrupts() as raise_held:
            raise_held()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
