"""Every error that Flashcrowd raises on purpose, and the exit code that a command turns it into.

    FlashcrowdError            6   the harness could not do its work
    ├── UsageError             2   the user asked for something that cannot be
    │   ├── ScenarioError      2   a scenario file is wrong: names file, field, found and allowed
    │   └── RecordError        2   a path holds no readable run
    ├── TargetError            6   the platform cannot be reached, or does not speak what was expected
    ├── StorageError           6   the record cannot be written (disk full, no permission)
    ├── InvalidRunError        5   the load was again and again not what it should have been
    └── PlatformError          -   one answer of a platform was not usable: a row with an outcome, no exit

A message says what was found, where, and what is allowed, in one line.
"""

from enum import IntEnum

__all__ = [
    "ExitCode",
    "FlashcrowdError",
    "InvalidRunError",
    "PlatformError",
    "RecordError",
    "ScenarioError",
    "StorageError",
    "TargetError",
    "UsageError",
]


class ExitCode(IntEnum):
    """What a command says to the shell (DESIGN: verdicts and exit codes)."""

    PASS = 0
    SLO_MISSED = 1
    USAGE = 2
    REGRESSION = 3
    INCONCLUSIVE = 4
    INVALID = 5
    HARNESS = 6


class FlashcrowdError(Exception):
    """The harness could not do its work; the message is one line for the user."""

    exit_code = ExitCode.HARNESS


class UsageError(FlashcrowdError):
    """The user asked for something that cannot be."""

    exit_code = ExitCode.USAGE


class ScenarioError(UsageError):
    """A scenario file is wrong."""


class RecordError(UsageError):
    """A path holds no readable run."""


class TargetError(FlashcrowdError):
    """The platform cannot be reached, or does not speak what was expected."""


class StorageError(FlashcrowdError):
    """The record cannot be written."""


class InvalidRunError(FlashcrowdError):
    """The load was again and again not what it should have been: nothing can be said of the platform."""

    exit_code = ExitCode.INVALID


class PlatformError(FlashcrowdError):
    """One answer of a platform was not usable; `outcome` names the row's outcome."""

    def __init__(self, message: str, outcome: str = "failed") -> None:
        super().__init__(message)
        self.outcome = outcome
