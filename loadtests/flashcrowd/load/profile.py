"""When members come: in the society's rhythm, or at rates that the user says."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import invgauss

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.core.wishes import Step, parse_profile
from flashcrowd.load.schedule import Schedule, draw_schedule
from flashcrowd.sim import session
from flashcrowd.sim.moods import Longs, begins_in_mood
from flashcrowd.sim.population import Floats
from flashcrowd.sim.world import World

GOLDEN: Final = 0.6180339887498949
"""The golden ratio's fraction, whose multiples fill (0, 1) most evenly (Weyl 1916)."""

PLASTIC: Final = (0.7548776662466927, 0.5698402909980532)
"""Inverses of the plastic number and of its square, whose multiples together fill the unit square evenly
(Roberts 2018): how often who comes posts, and in what mood."""

MOODS: Final = (PLASTIC[1], 2**0.5 - 1)
LENGTHS: Final = (GOLDEN, 3**0.5 - 1)
"""How far moods and lengths move from visit to visit, and from round to round of the members, as parts of
their distributions: without the second a member would come again in nearly the same mood where a round's
number of visits is near a period of the first."""

MOST_MOMENTS: Final = 64
"""Milliseconds out of which a visit's beginning is chosen; more made posts no evener, measured."""

MOST_LOOKS: Final = 4_000_000
"""Milliseconds that are looked at in all, about a second's work: long loads are even anyway."""

LATER: Final = 4
"""A visit begins at most a so-manieth of the time to the next one later than it is due."""


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

    A thousand consecutive visits hold long and short ones, members who post often and seldom, and moods to
    post, in about the same proportion as any other thousand (quantiles of their distributions, in the order
    of the multiples of irrational numbers): so a load is known by its rate, and two probes differ by that
    alone. Moods are chosen as far as time allows it: not where visits are due less than some milliseconds of
    scenario time after each other.

    Args:
        members: shape `(n,)`; they come in one order again and again, from a place in it that the seed and
            `begin_s` tell.
        steps: what begins when.
        begin_s: scenario time of the run's beginning.
        total_s: wall seconds from then on; when the steps end earlier, nobody comes any more.
    """
    settings = world.scenario
    lapse = settings.load.time_lapse
    due_s, room_s = _due(steps, total_s)
    turn = _in_turn(members, world.propensities.posts_per_page[members])
    start = fold(root_key(settings.seed, Purpose.TURN), int(begin_s * 1000.0)) % (1 << 20)
    rounds, places = np.divmod(int(start) + np.arange(len(due_s)), len(turn))
    most = min(MOST_MOMENTS, 1 + MOST_LOOKS // max(1, len(due_s)))
    moments = np.clip(room_s * lapse * 1000.0 // LATER, 1, most).astype(np.int64)
    who, moods = turn[places], _filling(MOODS, places, rounds)
    t = begins_in_mood(settings.seed, who, begin_s + due_s * lapse, moments, moods)
    lengths = _filling(LENGTHS, places, rounds)
    return Schedule(t, who, t, _budgets(lengths, settings.sessions.budget), np.zeros(len(t), np.bool_))


def _due(steps: Sequence[Step], total_s: float) -> tuple[Floats, Floats]:
    """Wall seconds at which visits are due, `n / rate` after the beginning of their step, and how long until
    the next one is, or the step ends; both of shape `(n,)`."""
    due, room = [np.empty(0)], [np.empty(0)]
    begin_s = 0.0
    for step in steps:
        lasts_s = min(step.duration_s, total_s - begin_s)
        if lasts_s <= 0:
            break
        passed_s = np.arange(np.ceil(lasts_s * step.sessions_per_s - 1e-9)) / step.sessions_per_s
        due.append(begin_s + passed_s)
        room.append(np.minimum(1.0 / step.sessions_per_s, lasts_s - passed_s))
        begin_s += lasts_s
    return np.concatenate(due), np.concatenate(room)


def _in_turn(members: npt.NDArray[np.int32], posting: npt.NDArray[np.float32]) -> npt.NDArray[np.int32]:
    """The members in an order in which those who post often and seldom are evenly mixed; shape `(n,)`."""
    ranks = np.argsort(np.argsort((PLASTIC[0] * (np.arange(len(members)) + 1)) % 1.0))
    return members[np.argsort(posting, kind="stable")[ranks]]


def _filling(steps: tuple[float, float], places: Longs, rounds: Longs) -> Floats:
    """Numbers that fill (0, 1) evenly, for visits at these places of these rounds; shape `(n,)`."""
    within, between = steps
    return np.asarray((within * (places + 1) + between * rounds) % 1.0, np.float64)


def _budgets(levels: Floats, mean_s: float) -> Floats:
    """Time budgets (s) of visits, as quantiles; inverse Gaussian, as `sim.session.time_budget`."""
    shape = session.BUDGET_SHAPE  # of mean 1 and this shape, times the mean
    return np.asarray(mean_s * invgauss.ppf(levels, 1 / shape, scale=shape), np.float64)
