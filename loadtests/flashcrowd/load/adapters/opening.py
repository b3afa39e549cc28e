"""The adapter that a user names: one of the table, or a mapping file."""

from pathlib import Path
from typing import Final

from flashcrowd.core.errors import UsageError
from flashcrowd.load.adapters import ADAPTERS
from flashcrowd.load.adapters.adapter import Adapter

SUFFIXES: Final = (".yaml", ".yml")


def open_adapter(name: str) -> Adapter:
    """The adapter of a name such as `mastodon`, or the one that a mapping file such as `mine.yaml` makes.

    Raises:
        UsageError: when there is none of that name, or the file is wrong.
    """
    if name.endswith(SUFFIXES):
        from flashcrowd.load.adapters.http import Http
        from flashcrowd.load.adapters.mapping import load_mapping

        return Http(load_mapping(Path(name)))
    if name == "http":
        raise UsageError(
            "the http adapter is made by a mapping file: name the file, e.g. --adapter mine.yaml"
        )
    adapter: Adapter = ADAPTERS.get(name)()
    return adapter
