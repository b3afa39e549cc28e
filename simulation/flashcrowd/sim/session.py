"""One visit: how long it lasts, in what mood, which pages are read, and for how long.

A session spends a TIME budget, not a number of requests: reading time is inverse Gaussian (Luo et al., IJCAI
2016).
"""

import math
from typing import Any, Final

from flashcrowd.core.clock import MINUTE
from flashcrowd.core.draws import exponential, fold, inverse_gaussian, normal, poisson, uniform

BUDGET_SHAPE: Final = 3.0
"""Shape of the budget over its mean (lambda / mu): the spread at which it beats a geometric number of
items."""

PACE_SIGMA: Final = 0.4
POST_MOOD_SIGMA: Final = 1.75
ENGAGE_MOOD_SIGMA: Final = 0.8
NOTIFICATIONS_SHARE: Final = 0.3
RETURN_GAP_S: Final = 25.0 * MINUTE
RETURN_GAP_SIGMA: Final = 1.0
MOST_ITEMS: Final = 24
"""Most items that a member examines on one page."""

HOME: Final = 0
SEARCH: Final = 4
TRENDS: Final = 5
"""Codes of the feed reads in `events.ACTIONS`."""

SEARCH_SHARE: Final = 0.12
"""Discovery pages that are a search for one topic, as against a look at the trends: about one page in a
hundred."""

SEEKING_SHARE: Final = 0.5
"""Pages, after the first, on which a member who came for a topic looks for it."""


def session_key(key: Any, member: int, begin_s: float) -> Any:
    """The address of all draws of the session that a member begins at a scenario time (s).

    `key` is `root_key(seed, Purpose.SESSION)`.
    """
    return fold(fold(key, member), int(begin_s * 1000.0))


def time_budget(key: Any, mean_s: float) -> float:
    """Seconds of scenario time that the session lasts; inverse Gaussian."""
    return inverse_gaussian(fold(key, 1), mean_s, BUDGET_SHAPE * mean_s)


def pace(key: Any) -> float:
    """How fast the member reads in this session, relative to the mean; log-normal with mean 1."""
    return math.exp(PACE_SIGMA * normal(fold(key, 2)) - 0.5 * PACE_SIGMA * PACE_SIGMA)


def posting_mood(key: Any) -> float:
    """How ready the member is to post in this session; log-normal with mean 1."""
    return math.exp(POST_MOOD_SIGMA * normal(fold(key, 3)) - 0.5 * POST_MOOD_SIGMA * POST_MOOD_SIGMA)


def posting_mood_share(mood: float) -> float:
    """Share of visits in which a member is less ready to post than in this mood, 0..1.

    >>> posting_mood_share(math.exp(-0.5 * POST_MOOD_SIGMA * POST_MOOD_SIGMA))
    0.5
    """
    z = math.log(mood) / POST_MOOD_SIGMA + 0.5 * POST_MOOD_SIGMA
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def engaging_mood(key: Any) -> float:
    """How ready the member is to react in this session; log-normal with mean 1."""
    return math.exp(ENGAGE_MOOD_SIGMA * normal(fold(key, 4)) - 0.5 * ENGAGE_MOOD_SIGMA * ENGAGE_MOOD_SIGMA)


def reads_notifications(key: Any) -> bool:
    """Whether the session begins with a look at the notifications."""
    return uniform(fold(key, 5)) < NOTIFICATIONS_SHARE


def page_key(key: Any, page: int) -> Any:
    """The key of page `page` (0, 1, …) of a session."""
    return fold(fold(key, 6), page)


def page_read(key: Any, page: int, feed_is_exhausted: bool, discovery_share: float, seeks: bool) -> int:
    """Which feed a page shows: home first; discovery (the trends, or a search) now and then, and nine times
    in ten once home holds nothing new. A member who came for a topic looks for it first, and again.

    `key` is the page's · `seeks`: whether the member came for a topic.
    """
    if seeks and (page == 0 or uniform(fold(key, 12)) < SEEKING_SHARE):
        return SEARCH
    if page == 0:
        return HOME
    share = 0.9 if feed_is_exhausted else discovery_share
    u = uniform(fold(key, 1))
    if u < share * SEARCH_SHARE:
        return SEARCH
    return TRENDS if u < share else HOME


def items_examined(key: Any, mean: float) -> int:
    """How many items of the page the member looks at; Poisson, 0 .. `MOST_ITEMS`. `key` is the page's."""
    return min(poisson(fold(key, 2), mean), MOST_ITEMS)


def think_time(key: Any, mean_s: float) -> float:
    """Seconds that the member stays on a page; a fifth of the mean at least, the rest exponential. `key` is
    the page's."""
    return mean_s * (0.2 + 0.8 * exponential(fold(key, 3)))


def returns_soon(key: Any, share: float) -> bool:
    """Whether the session is followed by a quick return (what makes activity bursty)."""
    return uniform(fold(key, 7)) < share


def return_gap(key: Any) -> float:
    """Seconds from the end of a session to a quick return; log-normal, median 25 minutes, at least one."""
    return max(MINUTE, RETURN_GAP_S * math.exp(RETURN_GAP_SIGMA * normal(fold(key, 8))))
