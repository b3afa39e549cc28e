"""What a run shows while it goes."""

import io
import re

import numpy as np
import pytest
from rich.console import Console

from flashcrowd.core.events import ACTION_CODE
from flashcrowd.load.dashboard import SPARKS, dashboard
from flashcrowd.load.glance import Glance, Seen
from flashcrowd.load.progress import Display, Pulse

PULSE = Pulse(12.0, 65.0, 120, 88.4, 21.5, 0, 3)
BUSY = Pulse(
    26.0, 65.0, 120, 88.4, 21.5, 5, 3,
    Seen(8.0, 1200.0, 2400.0, 1, 900, 9123, 0, (10.0, 40.0, 88.4), ((7, 12), (11, 3))),
)  # fmt: skip


def display(terminal: bool, quiet: bool = False):
    """A display, and what it writes."""
    file = io.StringIO()
    return Display(Console(file=file, force_terminal=terminal, width=100), quiet), file


def test_without_a_terminal_lines_are_plain_and_rare():
    """Logs get a whole line now and then, and no control codes."""
    shown, file = display(terminal=False)
    for _ in range(5):
        shown.pulse(PULSE)
    assert file.getvalue() == "12/65 s · 120 online · 88 req/s · response p95 22 ms · 0 errors · 3 late\n"


def test_without_a_terminal_every_warning_comes_once():
    """A log says what goes wrong in words, at once, and does not repeat it."""
    shown, file = display(terminal=False)
    for late in (40, 60):
        shown.pulse(Pulse(12.0, 65.0, 120, 88.4, 21.5, 0, late, Seen(1.0, 20.0, 30.0, answered=90, sent=100)))
    assert file.getvalue().count("warning: 40% of the requests were sent late") == 1
    assert file.getvalue().count("warning") == 1


def test_on_a_terminal_the_panel_is_drawn_again_in_place():
    """A person sees one panel that changes, with rates, quantiles, cascades and warnings in words."""
    shown, file = display(terminal=True)
    shown.pulse(PULSE)
    shown.pulse(BUSY)
    shown.close()
    text = file.getvalue()
    assert text.count("live run") >= 2
    assert "\x1b[2K" in text[text.index("live run") :]
    for words in ("26 of 65 s", "9,123 sent", "1.20 s", "12 reposts of member 7", "5 errors", "slows down"):
        assert words in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text), words
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


@pytest.mark.parametrize("width", [40, 80, 200])
def test_panel_fits_the_terminal(width: int):
    """Nothing is wider than the terminal, and nothing is cut off."""
    file = io.StringIO()
    Console(file=file, width=width).print(dashboard(BUSY, width=width))
    assert max(len(line) for line in file.getvalue().splitlines()) <= width
    assert "reposts" in file.getvalue()


def test_plain_terminal_gets_plain_signs():
    """A terminal without Unicode gets a chart of ASCII signs."""
    file = io.StringIO()
    Console(file=file, width=90).print(dashboard(BUSY, width=90, ascii_only=True))
    assert not set(SPARKS) & set(file.getvalue())


def test_glance_tells_the_last_seconds_from_the_run():
    """Quantiles are of the last ten seconds, counts of the run, cascades by their originals."""
    glance = Glance()
    for second, wait_ms in ((1, 1000), (30, 5)):
        end = np.full(100, second * 10**9) + wait_ms * 10**6
        requests = {"intended_ns": np.full(100, second * 10**9), "start_ns": np.full(100, second * 10**9),
                    "end_ns": end, "outcome": np.zeros(100, np.int8)}  # fmt: skip
        requests["start_ns"][:2] = -1
        actions = {"action": np.full(3, ACTION_CODE["repost"]), "outcome": np.zeros(3, np.int8),
                   "root": np.array([5, 5, 9]), "author": np.array([50, 50, 90])}  # fmt: skip
        glance.note(requests, actions, float(second))
    seen = glance.seen()
    assert 5.0 <= seen.p95_ms < 5.01
    assert (seen.answered, seen.sent, seen.dropped) == (98, 196, 4)
    assert seen.cascades == ((50, 4), (90, 2))
    assert len(seen.rates_per_s) == 2


def test_quiet_shows_nothing():
    """Not a character."""
    shown, file = display(terminal=True, quiet=True)
    shown.note("hello")
    shown.step("accounts", 3)()
    shown.pulse(PULSE)
    assert file.getvalue() == ""


def test_interrupted_step_gives_the_cursor_back():
    """A bar that is left in the middle does not leave the terminal without a cursor."""
    shown, file = display(terminal=True)
    shown.step("accounts", 3)()
    shown.close()
    assert file.getvalue().rindex("\x1b[?25h") > file.getvalue().rindex("\x1b[?25l")


def test_nothing_answered_yet_has_no_latency():
    """NaN is shown as a dash."""
    assert "p95 – ·" in Pulse(0.0, 1.0, 0, 0.0, float("nan"), 0, 0).text()
