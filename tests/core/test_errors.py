"""The tree of errors and the exit codes that commands turn it into."""

import inspect

import pytest

from flashcrowd.core import errors
from flashcrowd.core.errors import ExitCode, FlashcrowdError, PlatformError

CODES = {
    "FlashcrowdError": 6,
    "UsageError": 2,
    "ScenarioError": 2,
    "RecordError": 2,
    "TargetError": 6,
    "StorageError": 6,
}


def error_classes() -> dict[str, type[FlashcrowdError]]:
    return {
        name: found
        for name, found in inspect.getmembers(errors, inspect.isclass)
        if issubclass(found, FlashcrowdError)
    }


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_error_class_has_documented_exit_code(name: str, code: int) -> None:
    """The exit codes in the drawing of the module's docstring are those of the classes."""
    assert error_classes()[name].exit_code == code
    line = next(line for line in errors.__doc__.splitlines() if name in line)
    assert line.split(name)[1].split()[0] == str(code)


def test_every_error_stands_in_the_drawn_tree() -> None:
    """No class is missing from the drawing, and `__all__` names them all."""
    for name in error_classes():
        assert name in errors.__doc__
        assert name in errors.__all__


def test_exit_codes_are_distinct_from_each_other() -> None:
    """Seven meanings, seven codes, 0 to 6."""
    assert sorted(ExitCode) == list(range(7))


def test_platform_error_carries_the_outcome_of_its_row() -> None:
    """An unusable answer says which outcome the row gets; without one it is `failed`."""
    assert PlatformError("no JSON").outcome == "failed"
    assert PlatformError("slow down", "limited").outcome == "limited"
