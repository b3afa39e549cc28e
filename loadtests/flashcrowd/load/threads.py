"""Long work without gevent in it, done in a thread; and pieces of work that need not wait for each other."""

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


def at_once(*works: Callable[[], None]) -> None:
    """Do all of it side by side; when all have ended, what the first of them raised is raised here.

    >>> done = []
    >>> at_once(lambda: done.append(1), lambda: done.append(2))
    >>> sorted(done)
    [1, 2]
    """
    jobs = [gevent.spawn(_caught, work) for work in works]
    try:
        gevent.joinall(jobs)
    finally:
        gevent.killall(jobs)
    for job in jobs:
        if job.value is not None:
            raise job.value


def _caught(work: Callable[[], None]) -> Exception | None:
    """What `work` raises: gevent would print it."""
    try:
        work()
    except Exception as error:
        return error
    return None
