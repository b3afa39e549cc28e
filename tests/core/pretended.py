"""Work that other processes import by name, in place of a society."""

import os
import signal
from pathlib import Path
from typing import Any

from flashcrowd.core.jobs import Tell


def pretend(seed: int, tell: Tell) -> dict[str, Any]:
    """A task that knows its seed and its process."""
    tell(0.5)
    return {"seed": seed, "process": os.getpid()}


def fail(seed: int, tell: Tell) -> dict[str, Any]:
    """A task that goes wrong."""
    raise ValueError(f"seed {seed}")


def die(seed: int, tell: Tell) -> dict[str, Any]:
    """A task whose process is killed, as when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def outlive(pid_file: str, tell: Tell) -> dict[str, Any]:
    """A task that says which process does it, then waits to be stopped."""
    Path(pid_file).write_text(str(os.getpid()))
    signal.pause()
    return {}
