"""What a live run shows on standard error: bars of provisioning, then how the run is doing.

On a terminal that is a panel that keeps changing; elsewhere a plain line comes every few seconds, and every
warning once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from flashcrowd.core import clock
from flashcrowd.load.alarms import alarms
from flashcrowd.load.dashboard import dashboard
from flashcrowd.load.glance import Seen

PLAIN_EVERY_S: Final = 10.0
REFRESH_S: Final = 0.2
NOTHING_SEEN: Final = Seen()


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a run is doing at a moment; the window of the rates is the last second or so.

    `response_p95_ms`: NaN when nothing was answered yet · `late`: requests sent more than 50 ms after
    their time · `seen`: the last seconds more closely.
    """

    elapsed_s: float
    total_s: float
    online: int
    rate_per_s: float
    response_p95_ms: float
    errors: int
    late: int
    seen: Seen = NOTHING_SEEN

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
        self._live: Live | None = None
        self._warned: set[str] = set()

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
        """Give the terminal back as it was, also when something was interrupted."""
        self.end_pulse()
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def pulse(self, pulse: Pulse) -> None:
        """Show how the run is doing."""
        if self._quiet:
            return
        if self._interactive:
            self._draw(pulse)
            return
        self._warn(pulse)
        if monotonic() - self._said_s >= PLAIN_EVERY_S:
            self._said_s = monotonic()
            self.note(pulse.text())

    def end_pulse(self) -> None:
        """Leave the last picture where it is; again does nothing."""
        live, self._live = self._live, None
        if live is not None:
            live.stop()

    def _draw(self, pulse: Pulse) -> None:
        """Draw the panel in this thread: a thread of rich's own would not get along with gevent."""
        width, ascii_only = self._console.width, self._console.options.ascii_only
        picture = dashboard(pulse, width=width, ascii_only=ascii_only)
        if self._live is None:
            self._live = Live(
                picture,
                console=self._console,
                auto_refresh=False,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start(refresh=True)
        else:
            self._live.update(picture, refresh=True)

    def _warn(self, pulse: Pulse) -> None:
        """Say each kind of warning once."""
        for sentence in alarms(pulse):
            kind = sentence.lstrip("0123456789%. ,")[:20]
            if kind not in self._warned:
                self._warned.add(kind)
                self.note(f"warning: {sentence}")


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
