"""How often the regression gate is wrong, and what it finds: on simulated noise of hosted build machines.

Beside it what others would say of the same builds, given the same number of requests in two plain runs one
after the other: a 5 % threshold on p95, the same on Locust's figures, and a Mann-Whitney test.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hosted_noise import Floats, HostedMachine
from scipy.stats import mannwhitneyu

from flashcrowd.load.duel import candidate_first
from flashcrowd.report.duel.figures import LEAST_REQUESTS, LEVELS, OVERALL
from flashcrowd.report.duel.looks import look_at
from flashcrowd.report.duel.outcome import Outcome, Pair, outcome
from flashcrowd.report.metrics.quantiles import enough, quantile

pytestmark = pytest.mark.bench

REQUESTS = 1500
PAIRS = 8
DUELS = 1000
CURVE = 200


@dataclass(frozen=True)
class Change:
    """What the candidate does to its requests: a factor on all, a share that takes ten times as long."""

    slower: float = 1.0
    tail: float = 0.0

    def block(self, machine: HostedMachine) -> dict[str, Floats]:
        """A block of a build with this change."""
        return machine.block(REQUESTS, self.slower, self.tail)


NONE = Change()


def figures(times: dict[str, Floats]) -> dict[str, float]:
    """The figures of a block, chosen as `block_of` chooses them."""
    found = {"throughput": 150.0, "errors": 0.0}
    for name, values, levels in [("all", np.concatenate(list(times.values())), OVERALL),
                                 *((name, values, LEVELS) for name, values in times.items())]:  # fmt: skip
        if len(values) >= LEAST_REQUESTS:
            found |= {
                f"{name}.{q}": quantile(values, at) for q, at in levels.items() if enough(len(values), at)
            }
    return found


def duel(seed: int, change: Change, most: int = PAIRS) -> Outcome:
    """A duel on a machine of its own; ended early where the command would end it."""
    machine, pairs = HostedMachine(seed), list[Pair]()
    for number in range(most):
        made = {}
        for side in (1, 0) if candidate_first(number, seed) else (0, 1):
            made[side] = figures((NONE, change)[side].block(machine))
        pairs.append((made[0], made[1]))
        if look_at(number + 1, most) and (found := outcome(pairs, most)).is_clear:
            return found
    return outcome(pairs, most)


def plain_runs(seed: int, change: Change) -> tuple[Floats, Floats]:
    """The same number of requests in two plain runs, one after the other."""
    machine = HostedMachine(seed)
    runs = [[build.block(machine) for _ in range(PAIRS)] for build in (NONE, change)]
    first, second = (np.concatenate([t for block in run for t in block.values()]) for run in runs)
    return first, second


def threshold(before: Floats, after: Floats) -> bool:
    """A plain threshold of 5 % on p95."""
    return quantile(after, 0.95) > 1.05 * quantile(before, 0.95)


def locust_threshold(before: Floats, after: Floats) -> bool:
    """The same threshold on the p95 that Locust's statistics give."""
    from locust.stats import StatsEntry

    p95 = []
    for times in (before, after):
        entry = StatsEntry(None, "all", "GET", use_response_times_cache=False)
        for value in times:
            entry._log_response_time(float(value))
        entry.num_requests = len(times)
        p95.append(entry.get_response_time_percentile(0.95))
    return bool(p95[1] > 1.05 * p95[0])


def rank_test(before: Floats, after: Floats) -> bool:
    """A Mann-Whitney test over requests, one-sided at 5 %."""
    return bool(mannwhitneyu(after, before, alternative="greater").pvalue < 0.05)


OTHERS: dict[str, Callable[[Floats, Floats], bool]] = {
    "plain 5 % threshold": threshold,
    "5 % threshold on Locust's figures": locust_threshold,
    "Mann-Whitney over requests": rank_test,
}


def test_false_alarms() -> None:
    """Pairs of builds in which nothing changed: how many are called slower or faster."""
    verdicts = Counter(duel(seed, NONE).verdict for seed in range(DUELS))
    wrong = (verdicts["slower"] + verdicts["faster"]) / DUELS
    print(f"\n{DUELS} duels without a change: {dict(verdicts)}; false alarms {wrong:.1%} (limit 5 %)")
    runs = [plain_runs(10_000 + seed, NONE) for seed in range(CURVE)]
    for name, says in OTHERS.items():
        print(f"  {name}: slower in {np.mean([says(*run) for run in runs]):.0%} of {CURVE}")


def test_power_curve() -> None:
    """Effect x most pairs: how often a slower build is called slower."""
    print(f"\nslower called, of {CURVE} duels each, {REQUESTS} requests a block")
    print("  effect  " + "".join(f"{most:>4} pairs" for most in (4, 6, 8, 12)))
    for effect in (0.03, 0.05, 0.10, 0.15, 0.25):
        rates = [_power(Change(1 + effect), most) for most in (4, 6, 8, 12)]
        print(f"  {effect:>6.0%}  " + "".join(f"{rate:>10.0%}" for rate in rates))


def test_pure_tail_effect() -> None:
    """One request in a hundred takes ten times as long: found, and at its own quantile."""
    for most in (8, 16):
        found = [duel(seed, Change(tail=0.01), most) for seed in range(CURVE)]
        slower = [one for one in found if one.verdict == "slower"]
        own = sum(
            any(c.figure.name == "all.p99" and c.verdict == "slower" for c in one.comparisons)
            for one in slower
        )
        print(f"\n1 % of requests ten times as slow, {most} pairs: {len(slower) / CURVE:.0%} called slower, "
              f"{own / max(len(slower), 1):.0%} of them at all.p99")  # fmt: skip


def _power(change: Change, most: int) -> float:
    return float(np.mean([duel(seed, change, most).verdict == "slower" for seed in range(CURVE)]))
