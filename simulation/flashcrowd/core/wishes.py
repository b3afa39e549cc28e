"""Short texts in which a scenario says a fixed load, or when a run is hopeless; read once, at the door."""

import re
from typing import Final, NamedTuple

from flashcrowd.core import clock

MODEL: Final = "model"
"""The load profile of the society's own rhythm."""

STEP: Final = re.compile(r"\s*(?P<rate>\d+(?:\.\d+)?)\s*/\s*s(?:\s+(?:for\s+)?(?P<time>[\w.]+))?\s*")
PROFILES: Final = "`model`, `20/s`, or steps such as `5/s for 30s, 20/s for 30s`"

RULE: Final = re.compile(
    r"\s*(?P<what>errors|p50|p95|p99)\s*>\s*(?P<limit>\d+(?:\.\d+)?)\s*(?P<unit>%|[a-z]*)\s+for\s+(?P<time>[\w.]+)\s*"
)
RULES: Final = "`errors > 20% for 10s` or `p95 > 2s for 30s`"


class Step(NamedTuple):
    """Sessions that begin in a second, and for how long (wall s); infinity = until the end."""

    sessions_per_s: float
    duration_s: float


class AbortRule(NamedTuple):
    """When a run is hopeless: what was above a limit for so long.

    `what`: errors (share of what was sent, 0..1), or a quantile of the response time (ms): p50, p95, p99 ·
    `window_s`: wall seconds · `text`: as written.
    """

    what: str
    limit: float
    window_s: float
    text: str


def parse_profile(text: str) -> tuple[Step, ...]:
    """The steps of a load profile; none for the society's own rhythm.

    >>> parse_profile("5/s for 30s, 20/s")
    (Step(sessions_per_s=5.0, duration_s=30.0), Step(sessions_per_s=20.0, duration_s=inf))
    >>> parse_profile("model")
    ()

    Raises:
        ValueError: says what is allowed.
    """
    if text.strip() == MODEL:
        return ()
    parts = text.split(",")
    steps = tuple(_step(part, text) for part in parts)
    if any(step.duration_s == float("inf") for step in steps[:-1]):
        raise ValueError(f"every step but the last needs its time; allowed are {PROFILES}")
    return steps


def parse_abort(text: str) -> AbortRule:
    """The rule that says when to end a run early.

    >>> parse_abort("errors>20% for 10s")
    AbortRule(what='errors', limit=0.2, window_s=10.0, text='errors>20% for 10s')

    Raises:
        ValueError: says what is allowed.
    """
    found = RULE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no rule; allowed are {RULES}")
    window_s = clock.seconds(found["time"])
    if window_s <= 0:
        raise ValueError(f"{text!r}: the time must be > 0")
    what, limit, unit = found["what"], float(found["limit"]), found["unit"]
    if what != "errors":
        if unit in ("", "%"):
            raise ValueError(f"{text!r}: a response time needs a unit such as ms or s")
        return AbortRule(what, clock.seconds(found["limit"] + unit) * 1000, window_s, text.strip())
    share = limit / 100 if unit == "%" else limit
    if unit not in ("", "%") or share >= 1:
        raise ValueError(f"{text!r}: errors are a share; the limit must be below 100%, such as 20%")
    return AbortRule(what, share, window_s, text.strip())


def _step(part: str, text: str) -> Step:
    found = STEP.fullmatch(part)
    if found is None:
        raise ValueError(f"allowed are {PROFILES}")
    rate = float(found["rate"])
    duration_s = clock.seconds(found["time"]) if found["time"] else float("inf")
    if not (rate > 0 and duration_s > 0):
        raise ValueError(f"rates and times must be > 0; allowed are {PROFILES}")
    return Step(rate, duration_s)
