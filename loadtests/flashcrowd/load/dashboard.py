"""A live run on a terminal: how far it is, rates, quantiles, the largest cascades, warnings in words."""

from typing import TYPE_CHECKING, Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from flashcrowd.load.alarms import alarms

if TYPE_CHECKING:
    from flashcrowd.load.progress import Pulse

SPARKS: Final = "▁▂▃▄▅▆▇█"
ASCII_SPARKS: Final = "_.-=+*#"
MOST_COLUMNS: Final = 100


def dashboard(
    pulse: "Pulse", title: str = "live run", width: int = 80, ascii_only: bool = False
) -> RenderableType:
    """The picture of a moment, `width` columns wide at most.

    Args:
        ascii_only: for terminals whose encoding has nothing else.
    """
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column(overflow="fold")
    room = min(width, MOST_COLUMNS) - 20
    rows.add_row("progress", _progress(pulse, room))
    rows.add_row("load", _load(pulse, room, ascii_only))
    rows.add_row("response", _response(pulse))
    rows.add_row("trouble", _trouble(pulse))
    if pulse.seen.cascades:
        rows.add_row("cascades", _cascades(pulse))
    warned = [Text(f"! {sentence}", style="bold yellow") for sentence in alarms(pulse)]
    return Panel(
        Group(rows, *warned),
        title=title,
        title_align="left",
        border_style="dim",
        width=min(width, MOST_COLUMNS),
    )


def sparkline(values: tuple[float, ...], columns: int, signs: str = SPARKS) -> str:
    """The last values as a line of blocks from zero to the largest.

    >>> sparkline((0.0, 5.0, 10.0), 8)
    '▁▅█'
    """
    shown = values[-columns:]
    most = max(shown, default=0.0) or 1.0
    return "".join(signs[round(value / most * (len(signs) - 1))] for value in shown)


def _progress(pulse: "Pulse", room: int) -> RenderableType:
    told = f"{pulse.elapsed_s:.0f} of {pulse.total_s:.0f} s"
    grid = Table.grid(padding=(0, 1))
    bar = ProgressBar(total=max(pulse.total_s, 1e-9), completed=min(pulse.elapsed_s, pulse.total_s),
                      width=max(10, room - len(told) - 4))  # fmt: skip
    grid.add_row(bar, told)
    return grid


def _load(pulse: "Pulse", room: int, ascii_only: bool) -> Text:
    told = f"{pulse.rate_per_s:,.0f} req/s  {pulse.online:,} members online  {pulse.seen.sent:,} sent  "
    sparks = sparkline(
        pulse.seen.rates_per_s, max(0, room - len(told)), ASCII_SPARKS if ascii_only else SPARKS
    )
    return Text.assemble(
        (f"{pulse.rate_per_s:,.0f}", "bold"), told[len(f"{pulse.rate_per_s:,.0f}") :], (sparks, "cyan")
    )


def _response(pulse: "Pulse") -> Text:
    seen = pulse.seen
    if not seen.answered:
        return Text("nothing answered yet", style="dim")
    parts = [("50 %", seen.p50_ms), ("95 %", seen.p95_ms), ("99 %", seen.p99_ms)]
    text = Text()
    for name, value in parts:
        text.append(f"{name} ", style="dim").append(f"{_milliseconds(value)}  ", style="bold")
    return text.append("in the last 10 s", style="dim")


def _trouble(pulse: "Pulse") -> Text:
    counts = (
        ("errors", pulse.errors, "red"),
        ("late", pulse.late, "yellow"),
        ("never sent", pulse.seen.dropped, "yellow"),
    )
    text = Text()
    for name, count, style in counts:
        text.append(f"{count:,} ", style=f"bold {style}" if count else "bold").append(
            f"{name}  ", style="dim"
        )
    return text


def _cascades(pulse: "Pulse") -> Text:
    told = (
        f"{count:,} reposts of member {author}" if count > 1 else f"1 repost of member {author}"
        for author, count in pulse.seen.cascades
    )
    return Text("   ".join(told))


def _milliseconds(value: float) -> str:
    return (
        f"{value / 1000:,.2f} s"
        if value >= 1000
        else f"{value:,.0f} ms"
        if value >= 10
        else f"{value:.1f} ms"
    )
