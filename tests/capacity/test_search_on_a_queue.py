"""The whole search on paper: probes of a simulated queue whose capacity is known in closed form."""

import numpy as np
import pytest

from flashcrowd.report.capacity.attainment import OPEN, attained, judged, settled
from flashcrowd.report.capacity.observed import observed
from flashcrowd.report.capacity.search import Probed, bracket, next_probe
from flashcrowd.report.slo import parse

from .queue_of_visits import Visits, traffic_of

OBJECTIVE = parse("all.p95 < 500ms")
WARM_UP_S, LONGEST_S, LEAST_S = 2.0, 20.0, 6.0


def verdict(visits, due, seed):
    """A probe's verdict, looked for as the window grows, and how long it took."""
    longest_s = LONGEST_S * (2 if due.confirms else 1)
    due_s, end_s = visits.requests(due.rate, WARM_UP_S + longest_s, seed)
    lasts_s = LEAST_S if due.grows else LONGEST_S / 2
    while True:
        is_last = lasts_s >= longest_s
        seen = (due_s >= WARM_UP_S) & (is_last | (end_s <= WARM_UP_S + lasts_s))
        found = [
            attained(OBJECTIVE, observed(OBJECTIVE, traffic_of(due_s[seen], end_s[seen])), 2 * LONGEST_S)
        ]
        if is_last or judged(found) != OPEN:
            return (settled(found) if is_last else judged(found)), lasts_s + WARM_UP_S
        lasts_s = min(1.15 * lasts_s, longest_s)


def searched(visits, seed):
    """The bracket, and the seconds that all probes took."""
    rng, probes, took_s = np.random.default_rng(seed), [], 0.0
    while (due := next_probe(probes, 0.2 * visits.limit_per_s, 0.1)) is not None:
        word, lasted_s = verdict(visits, due, int(rng.integers(1 << 31)))
        probes.append(Probed(due.rate, word, due.confirms))
        took_s += lasted_s
    return bracket(probes).widened(0.1), took_s


@pytest.mark.parametrize("visits", [Visits(2, 0.02), Visits(4, 0.03), Visits(1, 0.0125)])
def test_analytic_capacity_lies_in_the_bracket(visits):
    """c slots of s seconds hold c / s requests/s: confirmed and 10 % wide in 9 of 10 searches at least."""
    good = 0
    for seed in range(10):
        found, took_s = searched(visits, seed)
        good += found.holds < visits.limit_per_s <= found.fails and found.confirmed and found.width < 0.1001
        assert took_s < 240
    assert good >= 9
