"""What a run shows while it goes."""

import io

from rich.console import Console

from flashcrowd.load.progress import Display, Pulse

PULSE = Pulse(12.0, 65.0, 120, 88.4, 21.5, 0, 3)


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


def test_on_a_terminal_the_line_is_drawn_again():
    """A person sees one line that changes."""
    shown, file = display(terminal=True)
    shown.pulse(PULSE)
    shown.pulse(PULSE)
    assert file.getvalue().count("\r") == 2
    assert "\n" not in file.getvalue()


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
