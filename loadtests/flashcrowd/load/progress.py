"""What a live run shows on standard error: bars of provisioning, then one line that keeps changing.

On a terminal the line is redrawn; elsewhere a plain line comes every few seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from flashcrowd.core import clock

PLAIN_EVERY_S: Final = 10.0
REFRESH_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a run is doing at a moment; the window of the rates is the last second or so.

    `response_p95_ms`: NaN when nothing was answered yet · `late`: requests sent more than 50 ms after
    their time.
    """

    elapsed_s: float
    total_s: float
    online: int
    rate_per_s: float
    response_p95_ms: float
    errors: int
    late: int

    def text(self) -> str:
        """One line.

        >>> Pulse(12.0, 65.0, 120, 88.4, 21.5, 0, 3).text()
        '12/65 s · 120 online · 88 req/s · response p95 22 ms · 0 errors · 3 late'
        """
        p95 = "–" if self.response_p95_ms != self.response_p95_ms else f"{self.response_p95_ms:.0f} ms"
        return (
            f"{self.elapsed_s:.0f}/{self.total_s:.0f} s · {self.online} online · {self.rate_per_s:.0f} req/s"
            f" · response p95 {p95} · {self.errors} errors · {self.late} late"
        )


class Display:
    """Shows notes, bars and the pulse.

    Args:
        console: standard error.
        quiet: show nothing.
    """

    def __init__(self, console: Console | None = None, quiet: bool = False) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._quiet = quiet
        self._interactive = self._console.is_terminal and not quiet
        self._said_s = 0.0
        self._bar: _Bar | None = None
        self._live: Any = None

    def note(self, text: str) -> None:
        """One line."""
        if not self._quiet:
            self._console.print(text, markup=False, soft_wrap=True)

    def step(self, name: str, total: int) -> Callable[[], None]:
        """Begins a step of provisioning; call what it returns after each of its parts."""
        if not self._interactive:
            self.note(f"{name}: {total:,}")
            return _PlainSteps(name, total, self.note).advance
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        progress = Progress(*columns, console=self._console, transient=True, auto_refresh=False)
        self._bar = _Bar(progress, progress.add_task(name, total=total), total)
        return self._bar.advance

    def close(self) -> None:
        """Give the terminal back as it was, also when a step was interrupted."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def pulse(self, pulse: Pulse) -> None:
        """Show how the run is doing."""
        if self._quiet:
            return
        if self._interactive:
            self._console.file.write(f"\r\x1b[2K{pulse.text()}")
            self._console.file.flush()
        elif monotonic() - self._said_s >= PLAIN_EVERY_S:
            self._said_s = monotonic()
            self.note(pulse.text())

    def end_pulse(self) -> None:
        """End the changing line."""
        if self._interactive:
            self._console.file.write("\n")


class _Bar:
    def __init__(self, progress: Progress, task: Any, total: int) -> None:
        self._progress = progress
        self._task = task
        self._left = total
        self._drawn_s = 0.0
        progress.start()

    def advance(self) -> None:
        self._progress.advance(self._task)
        self._left -= 1
        now = monotonic()
        if now - self._drawn_s >= REFRESH_S:
            self._drawn_s = now
            self._progress.refresh()
        if self._left == 0:
            self.stop()

    def stop(self) -> None:
        """Take the bar off the screen; again does nothing."""
        self._progress.stop()


class _PlainSteps:
    """Says now and then how far a step is, and how long it may still take."""

    def __init__(self, name: str, total: int, note: Callable[[str], None]) -> None:
        self._name = name
        self._total = total
        self._note = note
        self._done = 0
        self._began_s = self._said_s = monotonic()

    def advance(self) -> None:
        self._done += 1
        now = monotonic()
        if now - self._said_s < PLAIN_EVERY_S or self._done == self._total:
            return
        self._said_s = now
        left_s = (now - self._began_s) / self._done * (self._total - self._done)
        self._note(f"{self._name}: {self._done:,} of {self._total:,}, about {clock.human(left_s)} left")
