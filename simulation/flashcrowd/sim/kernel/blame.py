"""Whose mistake an error of compiled code is, when functions of the user's run in it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.own import divisions_of, mistake_of

COMPILED: Final = "<numba."
"""What could not be raised is said to have happened in an object whose name begins so."""


@contextmanager
def blamed(own: list[str]) -> Iterator[None]:
    """Run compiled code in which functions of the user's run, given as `FILE.py:NAME`.

    An error of a decision is raised by compiled code; one of a ranker, which is called by its address, cannot
    be, and is heard of here.

    Raises:
        ScenarioError: names file and line.
    """
    if not own:
        yield
        return
    usual, heard = sys.unraisablehook, []

    def hear(unraisable: Any) -> None:
        if str(unraisable.object).startswith(COMPILED):
            heard.append(unraisable.exc_value)
        else:
            usual(unraisable)

    sys.unraisablehook = hear
    try:
        yield
    except MemoryError:  # functions of the user's take none
        raise
    except Exception as error:
        raise ScenarioError(told(error, own)) from error
    finally:
        sys.unraisablehook = usual
    if heard:
        raise ScenarioError(told(heard[0], own)) from heard[0]


def told(error: BaseException, own: list[str]) -> str:
    """An error of the user's functions, in one line, with file and line.

    Compiled code does not know where it divided by 0; that may be wherever the files divide by no constant.
    """
    known = mistake_of(error)
    if known is not None:
        return known
    places = divisions_of(own) if isinstance(error, ZeroDivisionError) else []
    raised = f"{type(error).__name__}: {error}"
    if len(places) == 1:
        return f"{places[0]}: {raised}"
    if places:
        return f"{places[0]}, or {' or '.join(places[1:])}: {raised} (`--engine agents` says in which line)"
    return f"a behaviour of your own raised {raised} (`--engine agents` says in which line)"
