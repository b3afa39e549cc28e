"""Ctrl-C in the middle of compiled code: held back until it may be raised."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def held_interrupts() -> Iterator[Callable[[], None]]:
    """A block in which the first Ctrl-C waits; what is yielded raises it, and is to be called now and then.

    An interrupt that meets compiled code turns into a TypeError there (numba loses it while it looks up the
    address of a function that is passed as an argument). A second Ctrl-C is not held back. Outside the main
    thread, where Python gives no signals, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    asked = threading.Event()
    before = signal.getsignal(signal.SIGINT)

    def hold(number: int, frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    def raise_held() -> None:
        if asked.is_set():
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, hold)
    try:
        yield raise_held
    finally:
        signal.signal(signal.SIGINT, before)
