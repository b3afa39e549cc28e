"""Members who look for those whom they followed on another network: pure functions over scalars."""

from typing import Any

from flashcrowd.core.draws import fold, uniform


def looks_for_somebody(key: Any, finds: float) -> bool:
    """Whether a member finds somebody in this visit, if that one is here; `key` is the visit's."""
    return uniform(fold(key, 20)) < finds


def whom(key: Any, many: int) -> int:
    """Which of the `many` (> 0) whom it misses; `key` is the visit's."""
    return min(int(uniform(fold(key, 21)) * many), many - 1)
