"""The whole search on paper: probes of a simulated queue whose capacity is known in closed form."""

from collections import Counter

import numpy as np
import pytest

from flashcrowd.cli.capacity import HORIZON, MOST_WINDOWS
from flashcrowd.report.capacity.attainment import (
    LEAST_SHARE,
    SHORT_S,
    attained,
    is_on_freshness,
    may_end,
    settled,
)
from flashcrowd.report.capacity.evidence import Probed
from flashcrowd.report.capacity.findings import Capacity
from flashcrowd.report.capacity.loads import came_s, weighed
from flashcrowd.report.capacity.observed import observed
from flashcrowd.report.capacity.probe import Probe
from flashcrowd.report.capacity.search import next_probe
from flashcrowd.report.slo import parse

from .queue_of_visits import Images, Visits, sightings_of, traffic_of

WARM_UP_S, WINDOW_S, PATIENCE_S = 2.0, 30.0, 5.0


def probed(platform, objective, due, seed):
    """A probe, looked at as its window grows, as the command does."""
    due_s, end_s = platform.requests(due.rate, WARM_UP_S + MOST_WINDOWS * WINDOW_S, seed)
    lasts_s = SHORT_S if due.grows else LEAST_SHARE * WINDOW_S
    while True:
        is_last = lasts_s >= MOST_WINDOWS * WINDOW_S
        found, came = looked_at(objective, due_s, end_s, platform.action, lasts_s, is_last)
        if is_last or may_end(found, lasts_s, WINDOW_S, due.grows):
            found, came = looked_at(objective, due_s, end_s, platform.action, lasts_s, True)
            brief = due.grows and lasts_s < LEAST_SHARE * WINDOW_S
            verdict = Probed(due.rate, settled(found, brief), due.confirms, brief)
            counts = Counter({platform.action: came})
            return Probe(verdict, "", 0.0, 0.0, 0.0, 0.0, 0.0, lasts_s, tuple(found), counts)
        until_s = WINDOW_S if lasts_s < WINDOW_S else MOST_WINDOWS * WINDOW_S
        lasts_s = min(1.15 * lasts_s, until_s)


def looked_at(objective, due_s, end_s, action, lasts_s, is_last):
    """What a window says after so long, and how many were due in it."""
    until_s = WARM_UP_S + lasts_s
    due = (due_s >= WARM_UP_S) & (due_s <= until_s)
    if is_on_freshness(objective):
        came = due_s <= until_s
        patience_s = PATIENCE_S if is_last else 0.0
        sightings = sightings_of(due_s[came], end_s[came], until_s + patience_s)
        measured = traffic_of(due_s[due], due_s[due], action)
        seen = observed(objective, measured, sightings)
    else:
        answered = due if is_last else (due_s >= WARM_UP_S) & (end_s <= until_s)
        measured = traffic_of(due_s[answered], end_s[answered], action)
        seen = observed(objective, measured)
    return [attained(objective, seen, HORIZON * WINDOW_S, came_s(objective, measured))], int(due.sum())


def searched(platform, objective, seed):
    """The answer."""
    rng, probes = np.random.default_rng(seed), []
    while (due := next_probe(weighed(probes), 0.17 * platform.limit_per_s, 0.1)) is not None:
        probes.append(probed(platform, objective, due, int(rng.integers(1 << 31))))
        assert len(probes) < 40
    return Capacity(tuple(probes), 1000.0)


def is_right(found, limit_per_s, action):
    """Whether a capacity (requests/s) lies in a confirmed bracket of at most 10 %."""
    each, bounds = found.per_session[action], found.bracket
    held = bounds.holds * each < limit_per_s <= bounds.fails * each
    return held and bounds.confirmed and bounds.width < 0.1001


@pytest.mark.parametrize("platform", [Visits(2, 0.02), Visits(4, 0.03), Visits(1, 0.0125)])
def test_analytic_capacity_lies_in_the_bracket(platform):
    """c slots of s seconds hold c / s requests/s: in 9 of 10 searches at least, each within 4 minutes."""
    answers = [searched(platform, parse("all.p95 < 500ms"), seed) for seed in range(10)]
    limit_per_s = platform.limit_per_s * platform.requests_mean
    assert sum(is_right(found, limit_per_s, "home") for found in answers) >= 9
    assert max(sum(WARM_UP_S + probe.window_s for probe in found.probes) for found in answers) < 240


def test_capacity_of_generators_lies_in_the_bracket():
    """6 generators of 0.3 s make 20 images/s: in 5 of 6 searches, though probes bring more or fewer."""
    platform = Images(6, 0.3)
    answers = [searched(platform, parse("generate.p95 < 2s"), seed) for seed in range(30)]
    assert sum(is_right(found, 20.0, "generate") for found in answers) >= 25


def test_capacity_of_the_feeds_lies_in_the_bracket():
    """Statuses that come into the feeds one every 50 ms keep p90 < 2 s up to 19.4/s: in 9 of 10 searches."""
    platform = Images(1, 0.05, action="post")
    answers = [searched(platform, parse("freshness.p90 < 2s"), seed) for seed in range(30)]
    assert sum(is_right(found, 19.42, "post") for found in answers) >= 27


def test_times_that_differ_make_the_answer_dearer_but_not_wrong():
    """8 generators of 0.24 s on average, log-normal, make 33 images/s at most: in 8 of 10 searches."""
    platform = Images(8, 0.2395, mean=0.52, sigma=0.6)
    answers = [searched(platform, parse("generate.p95 < 5s"), seed) for seed in range(20)]
    assert sum(is_right(found, 33.0, "generate") for found in answers) >= 16
