"""Ctrl-C while greenlets run: heard by the loop, wherever it meets the program."""

import gc
import signal

import gevent
import pytest

from flashcrowd.load.signals import interruptible, on_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_interrupts_who_waits(number):
    """The greenlet that waits in the block is told."""
    with interruptible():
        signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt):
            gevent.sleep(10)


def test_interrupt_in_a_collection_is_not_lost():
    """What Python's own handler raises in a callback of the collector is printed and forgotten."""

    def interrupted(phase, info):
        gc.callbacks.remove(interrupted)
        signal.raise_signal(signal.SIGINT)

    with interruptible():
        gc.callbacks.append(interrupted)
        gc.collect()
        with pytest.raises(KeyboardInterrupt):
            gevent.sleep(10)


def test_stop_is_called_while_the_block_goes_on():
    """A run that ends in order is asked to, and not interrupted."""
    asked = []
    with on_signals(lambda: asked.append(True)):
        signal.raise_signal(signal.SIGTERM)
        gevent.sleep(0.01)
    assert asked == [True]


def test_afterwards_signals_mean_what_they_always_do():
    """Python's own handlers are back."""
    with interruptible():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
