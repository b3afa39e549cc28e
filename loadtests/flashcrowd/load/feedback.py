"""How members answer to slowness and failure: small pure functions; switches, parameters and their sources
are in the scenario's section `feedback`.

Latencies are felt in wall seconds, whatever the scenario's `time_lapse`: a member that waits two seconds
has waited two seconds of its session.
"""

from math import log
from typing import Any, Final

from flashcrowd.core.draws import exponential, fold, uniform
from flashcrowd.core.scenario import Feedback

RETRIED: Final = frozenset({"failed", "timeout", "refused", "limited"})


def extra_think_s(latency_s: float, settings: Feedback) -> float:
    """Seconds that a member stays longer on a page that took `latency_s` to come.

    >>> extra_think_s(2.0, Feedback()), extra_think_s(2.0, Feedback(pace=False))
    (1.8, 0.0)
    """
    return settings.extra_think * latency_s if settings.pace else 0.0


def feed_patience_s(key: Any, settings: Feedback) -> float:
    """Wall seconds after which a member leaves a feed that does not come: nobody before `patience`, then
    with the constant hazard by which half are gone at `half_gone`.

    `key` is the page's.
    """
    mean_s = (settings.half_gone - settings.patience) / log(2.0)
    return settings.patience + mean_s * float(exponential(fold(key, 20)))


def patience_within_s(timeout_s: float, key: Any, settings: Feedback) -> float | None:
    """How long a member waits for a feed; None: as long as its client."""
    if not settings.abandonment:
        return None
    patience_s = feed_patience_s(key, settings)
    return patience_s if patience_s < timeout_s else None


def is_retried(outcome: str, status: int, attempt: int, settings: Feedback) -> bool:
    """Whether a request that ended so is sent again: after server errors, no answer, and 429.

    >>> is_retried("failed", 503, 1, Feedback()), is_retried("failed", 404, 1, Feedback())
    (True, False)
    """
    if not settings.retry or attempt >= settings.attempts or outcome not in RETRIED:
        return False
    return outcome == "limited" or status == 0 or status >= 500


def retry_delay_s(key: Any, attempt: int, asked_s: float | None, settings: Feedback) -> float:
    """Wall seconds before the next attempt: doubling, jittered by half, at least what was asked for.

    Args:
        key: address of the request.
        attempt: the one that failed, 1 = the first.
        asked_s: the platform's Retry-After, None = not said.
    """
    jitter = 0.5 + float(uniform(fold(key, 30 + attempt)))
    delay = settings.first_delay * 2.0 ** (attempt - 1) * jitter
    return min(max(delay, asked_s or 0.0), settings.longest_delay)


def ends_visit(failures_in_a_row: int, settings: Feedback) -> bool:
    """Whether a member gives up its visit."""
    return settings.leaving and failures_in_a_row >= settings.failures


def never_returns(key: Any, settings: Feedback) -> bool:
    """Whether a member whose visit was cut short does not come back in this run; `key` is the session's."""
    return settings.returning and bool(uniform(fold(key, 21)) < settings.never_back)


def skips_next(key: Any, latency_s: float, settings: Feedback) -> bool:
    """Whether a member leaves out its next visit after one of this mean latency; `key` is the session's."""
    return settings.returning and bool(uniform(fold(key, 22)) < settings.visits_lost * latency_s)
