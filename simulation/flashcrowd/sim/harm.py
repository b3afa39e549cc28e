"""Which posts do harm, and what is left of a post that was moderated: pure functions over scalars, written
once for the kernel and the readable engine."""

from typing import Any

from flashcrowd.core.draws import fold, u64, uniform


def address(number: int, author: int, t: float, by_author: bool) -> Any:
    """The integer that stands for an original in the address of every draw about it.

    Its number in the run, or its author and time (to 1 ms): those are the same in two runs of which only one
    makes further posts.
    """
    if by_author:
        return fold(fold(0x9E6C63D0676A9A99, author), int(t * 1000.0))
    return u64(number)


def chance_of_harm(share: float, ai: bool, images: float) -> float:
    """Chance that a post does harm, by its author's share, and, if it is an AI image, by that of images.

    >>> chance_of_harm(0.5, True, 0.5)
    0.75
    """
    return 1.0 - (1.0 - share) * (1.0 - images) if ai else share


def does_harm(key: Any, chance: float) -> bool:
    """Whether a post does harm; `key` is the item's."""
    return uniform(fold(key, 5)) < chance


def is_withheld(key: Any, item_address: Any, reach: float) -> bool:
    """Whether a page leaves out an item that keeps only a share `reach` of its exposures; `key` is the
    page's."""
    return reach < 1.0 and uniform(fold(fold(key, 15), item_address)) >= reach


def may_go_on(last_s: float, t: float, gap_s: float) -> bool:
    """Whether a limited account whose last item is of `last_s` may make another at `t`."""
    return t - last_s >= gap_s
