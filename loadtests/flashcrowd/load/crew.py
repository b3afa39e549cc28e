"""Many parts of one work, some at once, with a bar that shows how far it is."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Protocol, TypeVar

import gevent
import numpy.typing as npt

T = TypeVar("T")

AT_ONCE: Final = 32


class Bar(Protocol):
    """Shows how far a step is."""

    def step(self, name: str, total: int) -> Callable[[], None]:
        """Begins a step of `total` parts; call what it returns after each part."""

    def note(self, text: str) -> None:
        """Says one line."""


def all_at_once(
    bar: Bar, name: str, parts: Sequence[T] | npt.NDArray[Any], make: Callable[[T], None]
) -> None:
    """Make every part, `AT_ONCE` at once; the first error ends it all."""
    if len(parts) == 0:
        return
    advance = bar.step(name, len(parts))
    remaining: Iterator[Any] = iter(parts)
    failed: list[BaseException] = []

    def make_rest() -> None:
        try:
            for part in remaining:
                make(part)
                advance()
        except gevent.GreenletExit:
            return  # ended below
        except BaseException as error:  # raised below: gevent would print it, too
            failed.append(error)

    makers = [gevent.spawn(make_rest) for _ in range(min(AT_ONCE, len(parts)))]
    try:
        for _ in gevent.iwait(makers):
            if failed:
                raise failed[0]
    finally:
        gevent.killall(makers)
