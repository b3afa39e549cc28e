"""Newest first: what a following feed shows."""


def score(age_s: float, likes: int, reposts: int, replies: int, interest: float, luck: float) -> float:
    """Minus the age in seconds.

    >>> score(10.0, 0, 0, 0, 0.0, 0.5) > score(60.0, 100, 100, 100, 1.0, 0.5)
    True
    """
    return -age_s
