"""How members answer to slowness and failure: small pure functions, each with its source, each with a switch.

Latencies are felt in wall seconds, whatever the scenario's `time_lapse`: a member that waits two seconds
has waited two seconds of its session.
"""

from math import log
from typing import Any, Final

from flashcrowd.core.draws import exponential, fold, uniform

EXTRA_THINK: Final = 0.9
"""Seconds of further delay before the next click for every second of latency.

+1 s answer -> +1.9 s to the next click: the second itself and 0.9 s more (Brutlag & Schurman, Velocity 2009).
"""

PATIENT_S: Final = 1.0
HALF_GONE_S: Final = 3.0
"""Nobody leaves a feed in its first second, half have left after three.

53 % of mobile visits leave a page that takes over 3 s (Akamai/SOASTA 2017).
"""

MOST_ATTEMPTS: Final = 3
FIRST_DELAY_S: Final = 1.0
LONGEST_DELAY_S: Final = 30.0
"""Defaults in common use among clients: three attempts, doubling delays with jitter; an assumption."""

FAILURES_TO_LEAVE: Final = 3
"""Requests that fail one after the other before a member ends its visit; an assumption."""

NEVER_BACK: Final = 0.0232
"""Chance that a failed visit was the last.

After one, people are 2.32 % less likely to return within a week (Krishnan & Sitaraman, IMC 2012).
"""

RETRIED: Final = frozenset({"failed", "timeout", "refused", "limited"})


def extra_think_s(latency_s: float) -> float:
    """Seconds that a member stays longer on a page that took `latency_s` to come.

    >>> extra_think_s(2.0)
    1.8
    """
    return EXTRA_THINK * latency_s


def feed_patience_s(key: Any) -> float:
    """Wall seconds after which a member leaves a feed that does not come; 1 s, then constant hazard.

    `key` is the page's.
    """
    mean_s = (HALF_GONE_S - PATIENT_S) / log(2.0)
    return PATIENT_S + mean_s * float(exponential(fold(key, 20)))


def is_retried(outcome: str, status: int, attempt: int) -> bool:
    """Whether a request that ended so is sent again: after server errors, no answer, and 429.

    >>> is_retried("failed", 503, 1), is_retried("failed", 404, 1), is_retried("limited", 429, 3)
    (True, False, False)
    """
    if attempt >= MOST_ATTEMPTS or outcome not in RETRIED:
        return False
    return outcome == "limited" or status == 0 or status >= 500


def retry_delay_s(key: Any, attempt: int, asked_s: float | None) -> float:
    """Wall seconds before the next attempt: doubling from 1 s, jittered by half, at least what was asked for.

    Args:
        key: address of the request.
        attempt: the one that failed, 1 = the first.
        asked_s: the platform's Retry-After, None = not said.
    """
    jitter = 0.5 + float(uniform(fold(key, 30 + attempt)))
    delay = FIRST_DELAY_S * 2.0 ** (attempt - 1) * jitter
    return min(max(delay, asked_s or 0.0), LONGEST_DELAY_S)


def ends_visit(failures_in_a_row: int) -> bool:
    """Whether a member gives up its visit."""
    return failures_in_a_row >= FAILURES_TO_LEAVE


def never_returns(key: Any) -> bool:
    """Whether a member whose visit failed does not come back in this run; `key` is the session's."""
    return bool(uniform(fold(key, 21)) < NEVER_BACK)
