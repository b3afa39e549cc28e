"""The whole search on paper: probes of a simulated queue whose capacity is known in closed form."""

from collections import Counter

import numpy as np
import pytest

from flashcrowd.report.capacity.attainment import attained, is_missed, seems_clear, settled
from flashcrowd.report.capacity.findings import Capacity
from flashcrowd.report.capacity.loads import weighed
from flashcrowd.report.capacity.observed import observed
from flashcrowd.report.capacity.probe import Probe
from flashcrowd.report.capacity.search import Probed, next_probe
from flashcrowd.report.slo import parse

from .queue_of_visits import Images, Visits, traffic_of

WARM_UP_S, LONGEST_S, LEAST_S, SHARE = 2.0, 30.0, 6.0, 0.6


def probed(platform, objective, due, seed):
    """A probe, looked at as its window grows, as the command does."""
    due_s, end_s = platform.requests(due.rate, WARM_UP_S + LONGEST_S, seed)
    lasts_s = LEAST_S if due.grows else SHARE * LONGEST_S
    while True:
        is_last = lasts_s >= LONGEST_S
        seen = (due_s >= WARM_UP_S) & (is_last | (end_s <= WARM_UP_S + lasts_s))
        traffic = traffic_of(due_s[seen], end_s[seen], platform.action)
        found = [attained(objective, observed(objective, traffic), 2 * LONGEST_S)]
        if is_last or (seems_clear(found) if due.grows else is_missed(found)):
            came, later = (
                Counter(
                    {
                        platform.action: int(
                            ((due_s >= WARM_UP_S + since_s) & (due_s <= WARM_UP_S + lasts_s)).sum()
                        )
                    }
                )
                for since_s in (0.0, lasts_s / 2)
            )
            verdict = Probed(
                due.rate, settled(found), due.confirms, due.grows and lasts_s < SHARE * LONGEST_S
            )
            return Probe(verdict, "", 0.0, 0.0, 0.0, 0.0, 0.0, lasts_s, tuple(found), came, 0.0, later)
        lasts_s = min(1.15 * lasts_s, LONGEST_S)


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
