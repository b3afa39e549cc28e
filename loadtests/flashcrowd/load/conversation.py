"""Has an adapter's conversation with a platform, whoever sends its requests."""

from collections.abc import Callable
from typing import TypeVar

from flashcrowd.load.adapters.adapter import Steps
from flashcrowd.load.request import Request
from flashcrowd.load.wire import Answer

T = TypeVar("T")


def converse(steps: Steps[T], send: Callable[[Request], Answer]) -> T:
    """What comes of a conversation.

    Raises:
        PlatformError: when the platform's answers cannot be used.
    """
    try:
        request = next(steps)
        while True:
            request = steps.send(send(request))
    except StopIteration as end:
        result: T = end.value
        return result
