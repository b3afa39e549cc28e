"""Which hashtags trend: worked out by hand."""

import math

import numpy as np
import pytest

from flashcrowd.core.clock import DAY, HOUR
from flashcrowd.core.trends import Uses, surprise, trending


def test_surprise_is_the_term_of_chi_squared_above_the_usual_share() -> None:
    """10 of 20 recent uses where 5 are usual: (10 - 5)^2 / 5; what is used less than usual has none."""
    assert surprise([10, 7, 3], [25, 50, 25]).tolist() == [5.0, 0.0, 0.0]


def test_busier_hour_with_the_usual_shares_surprises_nobody() -> None:
    """Ten times as many uses of everything are no trend; nor is silence."""
    assert surprise([100, 50], [10, 5]).tolist() == [0.0, 0.0]
    assert surprise([0, 0], [0, 0]).tolist() == [0.0, 0.0]


def test_trending_are_the_most_surprising_first_and_no_others() -> None:
    """Two of four are used more than usual, at equal counts the one that was the rarer before it first."""
    assert trending([20, 20, 5, 5], [20, 10, 40, 30], 3) == [1, 0]
    assert trending([20, 20, 5, 5], [20, 10, 40, 30], 1) == [1]
    assert trending([], [], 3) == []


def test_uses_fade_faster_from_the_recent_than_from_the_usual_count() -> None:
    """After an hour a use counts 1 / e recently and nearly all of it usually."""
    uses = Uses(2)
    uses.recent[1] += 1.0
    uses.usual[1] += 1.0
    for _ in range(60):
        uses.fade(HOUR / 60)
    assert uses.recent.tolist() == pytest.approx([0.0, math.exp(-1.0)])
    assert uses.usual.tolist() == pytest.approx([0.0, math.exp(-HOUR / DAY)])
    assert np.argmax(uses.usual) == 1
