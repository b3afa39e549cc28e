"""When members come: in the society's rhythm, or at rates that the user says."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import invgauss

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.core.wishes import Step, parse_profile
from flashcrowd.load.schedule import Arrival, Schedule, draw_schedule, schedule_of
from flashcrowd.sim import session
from flashcrowd.sim.world import World

GOLDEN: Final = 0.6180339887498949
"""The golden ratio's fraction, whose multiples fill (0, 1) most evenly."""


def scheduled(world: World, members: npt.NDArray[np.int32]) -> Schedule:
    """The arrivals of a live run of the world's scenario: as its profile says, or as the society has them.

    Args:
        members: the live ones, shape `(n,)`.
    """
    load = world.scenario.load
    total_s = load.warm_up + load.duration
    steps = parse_profile(load.profile)
    if steps:
        return fixed_schedule(world, members, steps, load.starts_at, total_s)
    return draw_schedule(world, members, load.starts_at, load.starts_at + total_s * load.time_lapse)


def fixed_schedule(
    world: World, members: npt.NDArray[np.int32], steps: Sequence[Step], begin_s: float, total_s: float
) -> Schedule:
    """Evenly spaced visits of the members in turn; their lengths are those of the society's, evenly mixed.

    Any stretch of consecutive visits holds long and short ones in the same proportion (the quantiles of their
    distribution in the order of the golden ratio's multiples; Weyl 1916): so a load is known by its rate,
    and two probes differ by that alone.

    Args:
        members: shape `(n,)`; who comes is a fixed shuffle of them, again and again.
        steps: what begins when.
        begin_s: scenario time of the run's beginning.
        total_s: wall seconds from then on; when the steps end earlier, nobody comes any more.
    """
    settings = world.scenario
    key = root_key(settings.seed, Purpose.SESSION)
    turn = sorted(members.tolist(), key=lambda member: int(fold(key, member)))
    times = [begin_s + wall_s * settings.load.time_lapse for wall_s in _times(steps, total_s)]
    budgets = _budgets(len(times), settings.sessions.budget)
    return schedule_of(
        [
            Arrival(t, turn[number % len(turn)], t, budget_s)
            for number, (t, budget_s) in enumerate(zip(times, budgets, strict=True))
        ]
    )


def _budgets(count: int, mean_s: float) -> list[float]:
    """Time budgets (s) of visits, evenly mixed; inverse Gaussian, as `sim.session.time_budget`."""
    u = (GOLDEN * (np.arange(count) + 1)) % 1.0
    shape = session.BUDGET_SHAPE
    budgets = mean_s * invgauss.ppf(u, 1 / shape, scale=shape)  # of mean 1 and this shape, times the mean
    return [float(budget_s) for budget_s in budgets]


def _times(steps: Sequence[Step], total_s: float) -> Iterator[float]:
    """Wall seconds at which visits begin: `n / rate` after the beginning of their step."""
    begin_s = 0.0
    for step in steps:
        lasts_s = min(step.duration_s, total_s - begin_s)
        if lasts_s <= 0:
            return
        count = int(np.ceil(lasts_s * step.sessions_per_s - 1e-9))
        yield from (begin_s + number / step.sessions_per_s for number in range(count))
        begin_s += lasts_s
