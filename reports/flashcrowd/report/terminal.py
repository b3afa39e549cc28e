"""The summary that ends a run in the terminal: verdict, tiles, objectives; fits 80 columns."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from flashcrowd.report.section import Cell, Section, Steps, Table, Tile, Tiles
from flashcrowd.report.verdict import Verdict

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table as RichTable

STYLES: Final = {"good": "green", "warn": "yellow", "bad": "bold red", "plain": ""}
WORDS: Final = {
    "pass": "green",
    "done": "green",
    "slo missed": "red",
    "invalid": "magenta",
    "inconclusive": "yellow",
    "unfinished": "yellow",
}
"""Colour of each verdict."""

COLUMNS: Final = 4


def print_summary(console: "Console", verdict: Verdict, sections: Sequence[Section]) -> None:
    """Print the verdict, the first screen of the report and the finding of every other section."""
    from rich.text import Text

    style = WORDS.get(verdict.word, "")
    headline = Text.assemble((f" {verdict.word.upper()} ", f"reverse bold {style}"), " ", verdict.sentence)
    console.print(headline)
    steps = Steps("", ())
    for block in sections[0].blocks:
        if isinstance(block, Tiles) and not block.large:
            console.print(_tiles(block.tiles))
        elif isinstance(block, Steps):
            steps = block
        elif isinstance(block, Table):
            console.print(_table(block))
    for section in sections[1:]:
        if section.blocks and section.key != "about":
            console.print(Text.assemble((f"{section.title}: ", "bold"), section.finding))
    console.print(_steps(steps))


def _steps(block: Steps) -> "RenderableType":
    from rich.text import Text

    lines = (
        ((f"{n}. {what} ", "bold"), how.replace("`", ""), "\n")
        for n, (what, how) in enumerate(block.steps, 1)
    )
    return Text.assemble(*((f"{block.title}\n", "bold"), *(part for line in lines for part in line)))


def _tiles(tiles: Sequence[Tile]) -> "RenderableType":
    from rich.table import Table as RichTable
    from rich.text import Text

    grid = RichTable.grid(padding=(0, 2), expand=False)
    for first in range(0, len(tiles), COLUMNS):
        row = tiles[first : first + COLUMNS]
        cells = [
            Text.assemble((tile.value, f"bold {STYLES[tile.tone]}"), "\n", (tile.label, "dim"))
            for tile in row
        ]
        grid.add_row(*cells)
    return grid


def _table(table: Table) -> "RichTable":
    from rich.table import Table as RichTable

    drawn = RichTable(title=table.title, title_justify="left", box=None, pad_edge=False, header_style="dim")
    for number, name in enumerate(table.columns):
        drawn.add_column(name, justify="left" if number in table.text_columns else "right")
    for row in table.rows:
        drawn.add_row(*(_cell(cell) for cell in row))
    return drawn


def _cell(cell: str | Cell) -> "RenderableType":
    from rich.text import Text

    return Text(cell.text, style=STYLES[cell.tone]) if isinstance(cell, Cell) else Text(cell)
