"""Ctrl-C and SIGTERM while greenlets run: heard by the event loop, so that no code is cut in two.

Python's own handler raises in the middle of whatever runs; in a callback of the garbage collector or of the
loop that is printed and forgotten.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import gevent


@contextmanager
def on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on SIGINT and SIGTERM, in a greenlet of its own."""
    handlers = [gevent.signal_handler(number, stop) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield
    finally:
        for handler in handlers:
            handler.cancel()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def interruptible() -> Iterator[None]:
    """A block in which SIGINT and SIGTERM raise KeyboardInterrupt where its greenlet waits, now or next."""
    here = gevent.getcurrent()
    with on_signals(lambda: gevent.kill(here, KeyboardInterrupt)):
        yield
