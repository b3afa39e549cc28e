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

import numpy as np

from flashcrowd.core.events import ACTIONS
from flashcrowd.report.capacity.attainment import FAIL, PASS, is_on_freshness
from flashcrowd.report.capacity.evidence import Probed
from flashcrowd.report.capacity.observed import Floats
from flashcrowd.report.capacity.probe import Probe
from flashcrowd.report.metrics.traffic import Traffic
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


def came_s(objective: Objective, measured: Traffic) -> Floats:
    """When each request was due that takes a place in an objective's queue, seconds; sorted."""
    names = made(objective)
    if not names:
        return np.sort(measured.intended_s)
    codes = [ACTIONS.index(name) for name in names]
    return np.sort(measured.intended_s[np.isin(measured.action, codes)])


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
    rate = probe.probed.rate
    came = rate
    if counted:
        expected = sum(mean.get(name, 0.0) for name in counted) * rate * probe.window_s
        share = sum(probe.due[name] for name in counted) / expected if expected > 0 else 1.0
        came = rate * share if 1 / MOST <= share <= MOST else rate
    rising = probe.rising
    if rising is None:
        return replace(probe.probed, came=came)
    # What passes through a queue is counted in its own kind, and is worth so many sessions.
    each = sum(mean.get(name, 0.0) for name in made(rising.objective) or tuple(probe.due)) or math.nan
    return replace(
        probe.probed, came=came, knee=rising.served.per_s / each, knee_most=rising.served.most / each
    )


def _mean(probes: Sequence[Probe]) -> dict[str, float]:
    sessions = sum(probe.probed.rate * probe.window_s for probe in probes)
    total: Counter[str] = sum((probe.due for probe in probes), Counter())
    return {name: count / sessions for name, count in sorted(total.items())} if sessions else {}
