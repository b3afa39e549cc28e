"""When members come: in the society's rhythm, or at rates that the user says."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import invgauss

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.core.wishes import Step, parse_profile
from flashcrowd.load.schedule import Schedule, draw_schedule
from flashcrowd.sim import session
from flashcrowd.sim.moods import begins_in_mood
from flashcrowd.sim.population import Floats
from flashcrowd.sim.world import World

GOLDEN: Final = 0.6180339887498949
"""The golden ratio's fraction, whose multiples fill (0, 1) most evenly (Weyl 1916): lengths of visits."""

PLASTIC: Final = (0.7548776662466927, 0.5698402909980532)
"""Inverses of the plastic number and of its square, whose multiples together fill the unit square evenly
(Roberts 2018): who comes, and in what mood."""

MOST_MOMENTS: Final = 64
"""Milliseconds out of which a visit's beginning is chosen; more made posts no evener, measured."""

MOST_LOOKS: Final = 4_000_000
"""Milliseconds that are looked at in all, about two seconds' work: long loads are even anyway."""

LATER: Final = 4
"""A visit begins at most a so-manieth of the time to the next one later than it is due."""

FIRST: Final = 2
"""Part of an address under `Purpose.SAMPLE`: with which visit a load begins."""

Numbers = npt.NDArray[np.int64]


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
    """Evenly spaced visits of the members in turn, with lengths and moods as the society's, evenly mixed.

    Any stretch of consecutive visits holds long and short ones, members who post often and seldom, and moods
    to post, in about the same proportion (quantiles of their distributions, in the order of the multiples of
    irrational numbers): so a load is known by its rate, and two probes differ by that alone.

    Args:
        members: shape `(n,)`; they come in one order again and again, from a place in it that the seed and
            `begin_s` tell.
        steps: what begins when.
        begin_s: scenario time of the run's beginning.
        total_s: wall seconds from then on; when the steps end earlier, nobody comes any more.
    """
    settings = world.scenario
    lapse = settings.load.time_lapse
    spaced = list(_times(steps, total_s))
    wall_s, gap_s = (np.array([both[part] for both in spaced]) for part in (0, 1))
    start = int(fold(fold(root_key(settings.seed, Purpose.SAMPLE), FIRST), int(begin_s))) % (1 << 20)
    numbers = start + np.arange(len(spaced))
    turn = _in_turn(members, world.propensities.posts_per_page[members])
    who = turn[numbers % len(turn)]
    most = min(MOST_MOMENTS, 1 + MOST_LOOKS // max(1, len(spaced)))
    moments = np.clip(gap_s * lapse * 1000.0 // LATER, 1, most).astype(np.int64)
    t = begins_in_mood(settings.seed, who, begin_s + wall_s * lapse, moments, _filling(PLASTIC[1], numbers))
    return Schedule(t, who, t, _budgets(numbers, settings.sessions.budget), np.zeros(len(t), np.bool_))


def _in_turn(members: npt.NDArray[np.int32], posting: npt.NDArray[np.float32]) -> npt.NDArray[np.int32]:
    """The members in an order in which those who post often and seldom are evenly mixed; shape `(n,)`."""
    ranks = np.argsort(np.argsort(_filling(PLASTIC[0], np.arange(len(members)))))
    return members[np.argsort(posting, kind="stable")[ranks]]


def _budgets(numbers: Numbers, mean_s: float) -> Floats:
    """Time budgets (s) of visits, evenly mixed; inverse Gaussian, as `sim.session.time_budget`."""
    shape = session.BUDGET_SHAPE  # of mean 1 and this shape, times the mean
    budgets = invgauss.ppf(_filling(GOLDEN, numbers), 1 / shape, scale=shape)
    return np.asarray(mean_s * budgets, np.float64)


def _filling(irrational: float, numbers: Numbers) -> Floats:
    """The fractions of multiples of an irrational number, which fill (0, 1) evenly; shape `(n,)`."""
    return np.asarray((irrational * (numbers + 1)) % 1.0, np.float64)


def _times(steps: Sequence[Step], total_s: float) -> Iterator[tuple[float, float]]:
    """Wall seconds at which visits are due, `n / rate` after the beginning of their step, and to the next."""
    begin_s = 0.0
    for step in steps:
        lasts_s = min(step.duration_s, total_s - begin_s)
        if lasts_s <= 0:
            return
        count = int(np.ceil(lasts_s * step.sessions_per_s - 1e-9))
        gap_s = 1.0 / step.sessions_per_s
        yield from ((begin_s + number * gap_s, gap_s) for number in range(count))
        begin_s += lasts_s
