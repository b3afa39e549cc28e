"""What a section of a report is made of: a finding in words, then tiles, charts, tables, pictures.

Sections know nothing of HTML: every writer shows the same parts in its own way. All text is plain text.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Tone = Literal["plain", "good", "warn", "bad"]


@dataclass(frozen=True)
class Tile:
    """One figure at a glance."""

    label: str
    value: str
    note: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True)
class Tiles:
    """A row of tiles, or, when not wide, a block of them beside another; `large` for the few that matter."""

    tiles: Sequence[Tile]
    wide: bool = True
    large: bool = False


@dataclass(frozen=True)
class Chart:
    """A Vega-Lite chart. `alt` says what is to be seen in it; colours are names of `sections.palette`.

    A chart that is not wide shares its row with another block where there is room. Charts that are `zoomable`
    have the parameters `from` and `to`, over one time axis that they share; those with a parameter `picked`
    show the cascade of that number of the page's `Explorer`.
    """

    key: str
    title: str
    spec: dict[str, Any]
    alt: str
    wide: bool = False

    @property
    def zoomable(self) -> bool:
        """Whether it lies along the time axis of the report."""
        return any(param["name"] == "from" for param in self.spec.get("params", ()))


@dataclass(frozen=True)
class Zoom:
    """The controls of the time axis of all zoomable charts; `unit` of it, "clock" = scenario hours."""

    text: str
    unit: str


@dataclass(frozen=True)
class Drawn:
    """One cascade that an `Explorer` draws.

    Attributes:
        name: for the list.
        finding: what it shows, in a sentence or two.
        facts: (label, value) of its figures.
        svg: it, fully grown, as SVG text made by ourselves.
        nodes: what the page needs to draw it as it grew; see `sections.tree_drawing.nodes`.
    """

    name: str
    finding: str
    facts: Sequence[tuple[str, str]]
    svg: str
    nodes: dict[str, Any]


@dataclass(frozen=True)
class Explorer:
    """Cascades to choose from, each drawn as it grew; `legend` holds (name of a colour, label)."""

    key: str
    title: str
    alt: str
    cascades: Sequence[Drawn]
    legend: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Steps:
    """What to do, in order: (what, why or how); commands stand between backticks."""

    title: str
    steps: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Cell:
    """A cell of a table with a tone."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Table:
    """A table: the first column is text, the others are figures unless named in `text_columns`.

    `groups` are headings above the columns: (heading, how many columns), left to right.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]
    note: str = ""
    text_columns: Sequence[int] = (0,)
    wide: bool = False
    groups: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    text: str


Block = Tiles | Chart | Explorer | Zoom | Steps | Table | Prose


@dataclass(frozen=True)
class Section:
    """One section of a report.

    Attributes:
        key: its anchor.
        label: its name in the contents, a word or two.
        title: its heading.
        finding: what it shows, in a sentence or two; where the record says nothing, why.
        blocks: the evidence; empty where the record says nothing.
    """

    key: str
    label: str
    title: str
    finding: str
    blocks: Sequence[Block] = field(default=())
