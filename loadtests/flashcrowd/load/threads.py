"""Long work without gevent in it, done in a thread, so that messages and members go on meanwhile."""

from collections.abc import Callable
from typing import TypeVar

import gevent

T = TypeVar("T")


def in_thread(work: Callable[[], T]) -> T:
    """The result of `work`, done in a thread of gevent's pool; what it raises is raised here.

    >>> in_thread(lambda: 6 * 7)
    42
    """
    results: list[T] = []
    error = gevent.get_hub().threadpool.apply(_caught, (lambda: results.append(work()),))
    if error is not None:
        raise error
    return results[0]


def _caught(work: Callable[[], None]) -> Exception | None:
    """What `work` raises: gevent would print it."""
    try:
        work()
    except Exception as error:
        return error
    return None
