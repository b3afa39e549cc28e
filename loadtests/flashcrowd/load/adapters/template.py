"""Texts with places to fill: `/posts/{item.root}/likes`, and whole bodies of them."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

PLACE: Final = re.compile(r"\{([a-z_.]+|env\.[A-Za-z0-9_]+)(?:\|([a-z]+))?\}")
Values = Mapping[str, Any]


def _integer(value: Any) -> Any:
    """The number that an id is; an id that is none stays a text."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else text


KINDS: Final[dict[str, Callable[[Any], Any]]] = {
    "int": _integer,
    "text": str,
    "json": lambda value: json.dumps(value, ensure_ascii=False),
}
"""What may stand behind a place's `|`: how its value is written."""


def places(shape: Any) -> Iterator[tuple[str, str]]:
    """Every place of a text or a body: name, and what stands behind its `|`."""
    if isinstance(shape, str):
        yield from ((name, kind or "") for name, kind in PLACE.findall(shape))
    elif isinstance(shape, dict):
        for key, value in shape.items():
            yield from places(key)
            yield from places(value)
    elif isinstance(shape, list):
        for value in shape:
            yield from places(value)


def complaint(shape: Any, known: Collection[str]) -> str:
    """What is wrong with the places of a text or body, "" when nothing is.

    >>> complaint("/posts/{item.rot}", ["item.root"])
    '{item.rot} is not a known place; known: item.root'
    """
    for name, kind in places(shape):
        if name not in known and not name.startswith("env."):
            return f"{{{name}}} is not a known place; known: {', '.join(sorted(known))}"
        if kind and kind not in KINDS:
            return f"{{{name}|{kind}}}: {kind} is not one of {', '.join(KINDS)}"
    return ""


def filled(shape: Any, values: Values) -> Any:
    """A body with its places filled; a text that is one place becomes its value, a number or a list too.

    >>> filled({"by": "{account.id|int}", "text": "{draft.text}!"}, {"account.id": "7", "draft.text": "hi"})
    {'by': 7, 'text': 'hi!'}
    """
    if isinstance(shape, str):
        whole = PLACE.fullmatch(shape)
        return _value(whole, values) if whole else text(shape, values)
    if isinstance(shape, dict):
        return {text(str(key), values): filled(value, values) for key, value in shape.items()}
    if isinstance(shape, list):
        return [filled(value, values) for value in shape]
    return shape


def text(shape: str, values: Values) -> str:
    """A text with its places filled."""
    return PLACE.sub(lambda found: _written(_value(found, values)), shape)


def target(shape: str, values: Values) -> bytes:
    """A path and query with its places filled; no value can reach another segment, parameter or line.

    >>> target("/posts/{about}?q={cursor}", {"about": "a/b", "cursor": "x&y"})
    b'/posts/a%2Fb?q=x%26y'
    """

    def segment(found: re.Match[str]) -> str:
        return quote(_written(_value(found, values)).encode("utf-8", "replace"), safe="")

    return PLACE.sub(segment, shape).encode("ascii", "replace")


def line(name: str, shape: str, values: Values) -> bytes:
    """A header line with its places filled, which stays one line."""
    said = "".join(c for c in text(shape, values) if c.isprintable())
    return f"{name}: {said}\r\n".encode("latin-1", "replace")


def _value(found: re.Match[str], values: Values) -> Any:
    value = values.get(found[1], "")
    return KINDS[found[2]](value) if found[2] else value


def _written(value: Any) -> str:
    return (
        value
        if isinstance(value, str)
        else json.dumps(value)
        if isinstance(value, list | bool)
        else str(value)
    )
