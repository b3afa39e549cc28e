"""By luck alone: a control for what every other ranker does."""


def score(age_s: float, likes: int, reposts: int, replies: int, interest: float, luck: float) -> float:
    """The luck of the item with this viewer.

    >>> score(600.0, 10, 2, 0, 0.0, 0.7) > score(1.0, 99, 99, 99, 1.0, 0.2)
    True
    """
    return luck
