"""What the load of a probe was worth: visits bring more or less than others by chance.

Where an objective is on what members make (images, posts), a probe of half a minute brings several per cent
more or fewer of them than its rate lets expect; its verdict is on those that came. So they are counted, and
the probe stands for the rate that brings as many on average. Reads need none of this: the visits of a fixed
rate are evenly mixed.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from flashcrowd.report.capacity.attainment import FAIL, PASS, is_on_freshness
from flashcrowd.report.capacity.probe import Probe
from flashcrowd.report.capacity.search import Probed
from flashcrowd.report.slo import Objective

STATUSES: Final = ("post", "reply", "quote")
"""Actions that make what comes into feeds."""

IMAGES: Final = ("generate", "upload")

MOST: Final = 1.25
"""Times more or less than expected beyond which it is not chance, and a probe counts as it was offered."""


def made(objective: Objective) -> tuple[str, ...]:
    """Actions by whose number an objective's load is counted; none for one that is on reads or on all.

    >>> from flashcrowd.report.slo import parse
    >>> made(parse("generate.p95 < 20s")), made(parse("home.p95 < 300ms"))
    (('generate',), ())
    """
    if is_on_freshness(objective) or objective.subject in STATUSES:
        return STATUSES
    return (objective.subject,) if objective.subject in IMAGES else ()


def driver(probes: Sequence[Probe]) -> tuple[str, ...]:
    """What is counted in a search: what the objective is on that gave way at the smallest rate."""
    failed = [probe for probe in probes if probe.probed.verdict == FAIL and probe.worst is not None]
    worst = min(failed, key=lambda probe: probe.probed.rate).worst if failed else None
    return () if worst is None else made(worst.objective)


def per_session(probes: Sequence[Probe]) -> dict[str, float]:
    """Requests that a session brings, by action: over the probes that held, for where answers are slow fewer
    come in time; over all for what is counted."""
    counted = driver(probes)
    held = [probe for probe in probes if probe.probed.verdict == PASS]
    mean = _mean(held)
    return mean | {name: value for name, value in _mean(probes).items() if name in counted}


def weighed(probes: Sequence[Probe]) -> list[Probed]:
    """The probes as the search goes by them: what came, and where the platform just keeps up."""
    counted, mean = driver(probes), per_session(probes)
    return [_weighed(probe, counted, mean) for probe in probes]


def _weighed(probe: Probe, counted: tuple[str, ...], mean: dict[str, float]) -> Probed:
    rate, names = probe.probed.rate, counted or tuple(probe.due)
    usual = sum(mean.get(name, 0.0) for name in names)

    def came(due: Counter[str], window_s: float) -> float:
        """Sessions/s that are worth what was due."""
        expected = usual * rate * window_s
        share = sum(due[name] for name in names) / expected if expected > 0 else 1.0
        return rate * share if not counted or 1 / MOST <= share <= MOST else rate

    whole = came(probe.due, probe.window_s)
    knee = _knee(probe, whole, came(probe.due_later, probe.window_s / 2))
    return replace(probe.probed, came=whole if counted else rate, knee=knee[1], knee_most=knee[0])


def _knee(probe: Probe, whole: float, later: float) -> tuple[float, float]:
    """(upper end, middle) of the load at which no queue grows, from what came in the window and in its later
    half: the larger one, for a queue that was empty for a while served less than it could."""
    found = probe.rising
    if found is None:
        return math.nan, math.nan
    pairs = ((whole, found.growth), (later, found.growth_later))
    return max((load / (1 + low), load / (1 + middle)) for load, (low, middle) in pairs if low > 0)


def _mean(probes: Sequence[Probe]) -> dict[str, float]:
    sessions = sum(probe.probed.rate * probe.window_s for probe in probes)
    total: Counter[str] = sum((probe.due for probe in probes), Counter())
    return {name: count / sessions for name, count in sorted(total.items())} if sessions else {}
