"""`summary.md`: findings, tiles and tables of the report, for pull requests and chats."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from flashcrowd.core.runlog import write_text
from flashcrowd.report.section import Block, Cell, Chart, Explorer, Prose, Section, Steps, Table, Tiles
from flashcrowd.report.verdict import Verdict

_COMMAND: Final = re.compile(r"[\w ./:=,%'-]+")
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def markdown(title: str, verdict: Verdict, sections: Sequence[Section]) -> str:
    """The report as Markdown text; charts are told by what they show."""
    lines = [f"# {escaped(title)}", "", f"**{escaped(verdict.word)}** · {escaped(verdict.sentence)}", ""]
    for section in sections:
        lines += [f"## {escaped(section.title)}", ""]
        if section.finding != verdict.sentence:
            lines += [escaped(section.finding), ""]
        for block in section.blocks:
            lines += [*_block(block), ""]
    return "\n".join(lines).rstrip() + "\n"


def write_markdown(title: str, verdict: Verdict, sections: Sequence[Section], path: Path) -> None:
    """Write `summary.md`."""
    write_text(path, markdown(title, verdict, sections))


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: nothing in it becomes markup, a link or a new line.

    >>> escaped("a|b <i>")
    'a\\\\|b \\\\<i\\\\>'
    """
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Tiles):
        yield from (f"- {escaped(t.label)}: **{escaped(t.value)}** ({escaped(t.note)})" for t in block.tiles)
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Steps):
        yield f"**{escaped(block.title)}**"
        yield ""
        yield from (f"{n}. {escaped(what)} {_coded(how)}" for n, (what, how) in enumerate(block.steps, 1))
    elif isinstance(block, Chart | Explorer):
        yield f"*{escaped(block.title)}.* {escaped(block.alt)}"
    elif isinstance(block, Prose):
        yield escaped(block.text)


def _coded(text: str) -> str:
    """A text whose parts between backticks are code, when they look like a command."""
    parts = " ".join(text.split()).split("`")
    return "".join(
        f"`{part}`" if place % 2 and _COMMAND.fullmatch(part) else escaped(part) if part.strip() else part
        for place, part in enumerate(parts)
    )


def _table(table: Table) -> Iterator[str]:
    yield f"**{escaped(table.title)}**"
    yield ""
    yield _row(table.columns)
    yield _row([":--" if n in table.text_columns else "--:" for n in range(len(table.columns))], raw=True)
    yield from (_row(row) for row in table.rows)


def _row(cells: Sequence[str | Cell], raw: bool = False) -> str:
    texts = [cell.text if isinstance(cell, Cell) else cell for cell in cells]
    return "| " + " | ".join(text if raw else escaped(text) for text in texts) + " |"
