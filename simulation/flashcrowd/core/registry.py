"""Tables of named things that others can add to: a literal table of ours, then entry points of that name."""

import difflib
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from flashcrowd.core.errors import UsageError


def nearest(word: str, allowed: Mapping[str, Any] | list[str] | tuple[str, ...]) -> str:
    """`; did you mean X?` for the nearest allowed word, or nothing.

    >>> nearest("popluation", ["population", "graph"])
    '; did you mean population?'
    """
    close = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else ""


class Registry:
    """Names -> objects, imported when asked for.

    Args:
        kind: the entry-point group is `flashcrowd.<kind>`; the word also stands in errors.
        table: name -> "module:attribute".
    """

    def __init__(self, kind: str, table: Mapping[str, str]) -> None:
        self.kind = kind
        self.table = dict(table)

    def names(self) -> list[str]:
        """Every name that `get` takes, ours first."""
        theirs = [point.name for point in entry_points(group=f"flashcrowd.{self.kind}")]
        return list(self.table) + [name for name in sorted(theirs) if name not in self.table]

    def get(self, name: str) -> Any:
        """The object named `name`, or the one of a user's file, `FILE.py:NAME`.

        Raises:
            UsageError: when nothing has that name, or the file is not usable.
        """
        if name in self.table:
            module, _, attribute = self.table[name].partition(":")
            return getattr(import_module(module), attribute)
        for point in entry_points(group=f"flashcrowd.{self.kind}", name=name):
            return point.load()
        from flashcrowd.core.own import is_own, load_own  # which needs `nearest`

        if is_own(name):
            return load_own(name)
        names = self.names()
        what = self.kind.removesuffix("s")
        raise UsageError(f"unknown {what} {name!r}; known: {', '.join(names)}{nearest(name, names)}")
