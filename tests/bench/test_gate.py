"""How often the regression gate is wrong, and what it finds: on simulated noise of hosted build machines.

Beside it what others would say of the same builds, given the same number of requests in two plain runs one
after the other: a 5 % threshold on p95, the same on Locust's figures, and a Mann-Whitney test. Blocks follow
each other here; that a real duel visits its builds in turns, which cancels more of the noise, is not counted.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from hosted_noise import Floats, HostedMachine
from scipy.stats import mannwhitneyu

from flashcrowd.load.duel import candidate_first
from flashcrowd.report.duel.figures import LEAST_BEYOND, LEAST_REQUESTS, LEVELS, OVERALL
from flashcrowd.report.duel.looks import look_at
from flashcrowd.report.duel.outcome import Outcome, Pair, outcome
from flashcrowd.report.metrics.quantiles import quantile, smooth_quantile

pytestmark = pytest.mark.bench

REQUESTS = 1300
"""Of a block of four seconds."""

DUELS = 1000
RUNS = 200
"""Pairs of plain runs that the others judge."""

MOST = (4, 6, 8, 12, 16)
EFFECTS = (0.03, 0.05, 0.075, 0.10, 0.15, 0.25)


@dataclass(frozen=True)
class Change:
    """What the candidate does to its requests: a factor on all, a share that takes ten times as long."""

    slower: float = 1.0
    tail: float = 0.0


NONE = Change()


def figures(times: dict[str, Floats]) -> dict[str, float]:
    """The figures of a block, chosen as `block_of` chooses them."""
    found = {"throughput": 300.0, "errors": 0.0}
    for name, values, levels in [("all", np.concatenate(list(times.values())), OVERALL),
                                 *((name, values, LEVELS) for name, values in times.items())]:  # fmt: skip
        if len(values) >= LEAST_REQUESTS:
            found |= {
                f"{name}.{q}": smooth_quantile(values, at)
                for q, at in levels.items()
                if len(values) * (1 - at) >= LEAST_BEYOND
            }
    return found


@cache
def simulated(tail: float = 0.0, duels: int = DUELS) -> list[list[Pair]]:
    """The pairs of each duel on a machine of its own, of equal builds but for the candidate's slow tail."""
    return [_pairs(seed, tail) for seed in range(duels)]


def _pairs(seed: int, tail: float) -> list[Pair]:
    machine, pairs = HostedMachine(seed), list[Pair]()
    for number in range(max(MOST)):
        made = {}
        for side in (1, 0) if candidate_first(number, seed) else (0, 1):
            made[side] = figures(machine.block(REQUESTS, tail=tail * side))
        pairs.append((made[0], made[1]))
    return pairs


def slowed(pairs: list[Pair], factor: float) -> list[Pair]:
    """The pairs as they would have been with every request of the candidate slower by a factor."""
    kept = ("throughput", "errors")
    return [(a, {n: v if n in kept else v * factor for n, v in b.items()}) for a, b in pairs]


def judged(pairs: list[Pair], most: int) -> Outcome:
    """The duel; ended early where the command would end it."""
    for number in range(1, most + 1):
        if look_at(number, most) and (found := outcome(pairs[:number], most)).is_clear:
            return found
    return outcome(pairs[:most], most)


def plain_runs(seed: int, change: Change) -> tuple[Floats, Floats]:
    """The same number of requests in two plain runs, one after the other."""
    machine = HostedMachine(seed)
    runs = [[machine.block(REQUESTS, build.slower, build.tail) for _ in range(8)] for build in (NONE, change)]
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
        for value in times.tolist():
            entry._log_response_time(value)
        entry.num_requests = len(times)
        p95.append(entry.get_response_time_percentile(0.95))
    return bool(p95[1] > 1.05 * p95[0])


def rank_test(before: Floats, after: Floats) -> bool:
    """A Mann-Whitney test over requests, one-sided at 5 %."""
    return bool(mannwhitneyu(after, before, alternative="greater").pvalue < 0.05)


OTHERS: dict[str, Callable[[Floats, Floats], bool]] = {
    "5 % threshold on p95": threshold,
    "5 % threshold on Locust's p95": locust_threshold,
    "Mann-Whitney over requests": rank_test,
}


def test_false_alarms() -> None:
    """Of 1,000 duels in which nothing changed at most 5 % (+2.1 %, 3 sigma) are called slower or faster."""
    print(f"\n{DUELS} duels without a change: called slower or faster (limit 5 %)")
    for most in MOST:
        verdicts = Counter(judged(pairs, most).verdict for pairs in simulated())
        wrong = (verdicts["slower"] + verdicts["faster"]) / DUELS
        print(f"  at most {most:>2} pairs: {wrong:5.1%}   {dict(verdicts.most_common())}")
        assert wrong <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / DUELS)


def test_power_curve() -> None:
    """Effect x most pairs: how often a slower build is called slower; +10 % in at least 80 % of 8 pairs."""
    print(f"\ncalled slower, of {DUELS} duels each, {REQUESTS} requests a block (pairs run on average)")
    print("  effect  " + "".join(f"{most:>6} pairs   " for most in MOST))
    for effect in EFFECTS:
        cells = [_power(effect, most) for most in MOST]
        print(f"  {effect:>6.1%}  " + "".join(f"{rate:>8.1%} ({pairs:4.1f})" for rate, pairs in cells))
    assert _power(0.10, 8)[0] >= 0.8


def test_pure_tail_effect() -> None:
    """One request in a hundred takes ten times as long: found by more than half, and at its own quantile."""
    print()
    for most in (8, 12, 16):
        found = [judged(pairs, most) for pairs in simulated(0.01, RUNS)]
        slower = [one for one in found if one.verdict == "slower"]
        own = sum(one.changed[0].figure.name == "all.p99" for one in slower)
        print(f"1 % of requests ten times as slow, {most} pairs: {len(slower) / RUNS:.0%} called slower, "
              f"{own / max(len(slower), 1):.0%} of them name all.p99 first")  # fmt: skip
        assert len(slower) > RUNS / 2
        assert own >= 0.95 * len(slower)


def test_what_others_say() -> None:
    """The same builds in two plain runs: called slower by a threshold and by a rank test over requests."""
    changes = {"no change": NONE, "+5 %": Change(1.05), "+10 %": Change(1.1), "1 % x 10": Change(tail=0.01)}
    print(f"\ncalled slower, of {RUNS} pairs of plain runs")
    print(" " * 34 + "".join(f"{name:>12}" for name in changes))
    runs = {n: [plain_runs(10_000 + seed, c) for seed in range(RUNS)] for n, c in changes.items()}
    for name, says in OTHERS.items():
        shares = [np.mean([says(*pair) for pair in runs[change]]) for change in changes]
        print(f"  {name:<32}" + "".join(f"{share:>12.0%}" for share in shares))
    ours = [simulated(), [slowed(p, 1.05) for p in simulated()], [slowed(p, 1.1) for p in simulated()],
            simulated(0.01, RUNS)]  # fmt: skip
    shares = [np.mean([judged(pairs, 8).verdict == "slower" for pairs in duels]) for duels in ours]
    print(f"  {'flashcrowd check, 8 pairs':<32}" + "".join(f"{share:>12.0%}" for share in shares))


def _power(effect: float, most: int) -> tuple[float, float]:
    found = [judged(slowed(pairs, 1 + effect), most) for pairs in simulated()]
    return (
        float(np.mean([one.verdict == "slower" for one in found])),
        float(np.mean([one.pairs for one in found])),
    )
