"""Visits in moods that are wished for."""

import numpy as np
import pytest

from flashcrowd.core.draws import Purpose, root_key
from flashcrowd.sim import session
from flashcrowd.sim.moods import begins_in_mood

SEED = 3
MEMBERS = np.arange(500, dtype=np.int32)
EARLIEST_S = np.linspace(0.0, 5000.0, 500)


def shares_of(begins_s: np.ndarray) -> np.ndarray:
    """The moods of the visits that begin then, as the model has them."""
    key = root_key(SEED, Purpose.SESSION)
    keys = [session.session_key(key, int(u), float(t)) for u, t in zip(MEMBERS, begins_s, strict=True)]
    return np.array([session.posting_mood_share(session.posting_mood(key)) for key in keys])


@pytest.mark.parametrize("choices", [1, 16, 256])
def test_moods_come_near_to_the_wishes_within_their_time(choices: int) -> None:
    """The nearest of n on a circle is 1 / (2 n + 2) away on average; it begins in the time that was given."""
    wishes = (np.arange(500) * 0.6180339887) % 1.0
    begins_s = begins_in_mood(SEED, MEMBERS, EARLIEST_S, np.full(500, choices), wishes)
    later_ms = 1000.0 * (begins_s - EARLIEST_S)
    assert later_ms.min() >= 0
    assert later_ms.max() <= choices - 1 + 1e-6
    apart = np.abs(shares_of(begins_s) - wishes)
    expected = 0.5 / (choices + 1)
    assert np.minimum(apart, 1.0 - apart).mean() == pytest.approx(expected, rel=0.25)


def test_wishes_that_are_all_the_same_are_followed_too() -> None:
    """A crowd in one mood, where one asks for it: 64 moments bring all within a twentieth of it."""
    begins_s = begins_in_mood(SEED, MEMBERS, EARLIEST_S, np.full(500, 64), np.full(500, 0.9))
    assert np.quantile(np.abs(shares_of(begins_s) - 0.9), 0.95) < 0.05
