"""Colours by name, light and dark: after Okabe & Ito's palette for colour-blind readers (2008), adjusted so
that every colour stands out from its background. Charts hold names such as `@blue`; a writer replaces them.
"""

from typing import Any, Final

LIGHT: Final = {
    "blue": "#0072b2",
    "orange": "#d98a00",
    "green": "#009e73",
    "red": "#d55e00",
    "purple": "#b0558a",
    "sky": "#3a9fd8",
    "grey": "#7a828c",
    "faint": "#d5d9de",
    "text": "#1d2126",
    "paper": "#ffffff",
    "heat0": "#d9e8f3",
    "heat1": "#4a93c7",
    "heat2": "#08306b",
}

DARK: Final = {
    "blue": "#4ba3e3",
    "orange": "#f0b040",
    "green": "#2fc79a",
    "red": "#ff8445",
    "purple": "#dd8fbb",
    "sky": "#86cdf6",
    "grey": "#98a1ac",
    "faint": "#3a414a",
    "text": "#e7eaee",
    "paper": "#1a1e24",
    "heat0": "#22384d",
    "heat1": "#3f8ecb",
    "heat2": "#d9efff",
}


def coloured(spec: Any, colours: dict[str, str]) -> Any:
    """A chart's spec with names of colours replaced; its data are left alone.

    >>> coloured({"mark": {"color": "@blue"}, "data": {"values": ["@blue"]}}, LIGHT)
    {'mark': {'color': '#0072b2'}, 'data': {'values': ['@blue']}}
    """
    if isinstance(spec, dict):
        return {key: value if key == "data" else coloured(value, colours) for key, value in spec.items()}
    if isinstance(spec, list):
        return [coloured(value, colours) for value in spec]
    if isinstance(spec, str) and spec.startswith("@"):
        return colours.get(spec[1:], spec)
    return spec
