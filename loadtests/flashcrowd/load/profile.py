"""Fixed load: visits at rates that the user says, instead of the society's rhythm."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.core.wishes import Step
from flashcrowd.load.schedule import Arrival, Schedule, schedule_of
from flashcrowd.sim import session
from flashcrowd.sim.world import World


def fixed_schedule(
    world: World, members: npt.NDArray[np.int32], steps: Sequence[Step], begin_s: float, total_s: float
) -> Schedule:
    """Evenly spaced visits of the members in turn; each is as long as the society's visit at that time.

    Args:
        members: shape `(n,)`; who comes is a fixed shuffle of them, again and again.
        steps: what begins when.
        begin_s: scenario time of the run's beginning.
        total_s: wall seconds from then on; when the steps end earlier, nobody comes any more.
    """
    settings = world.scenario
    key = root_key(settings.seed, Purpose.SESSION)
    turn = sorted(members.tolist(), key=lambda member: int(fold(key, member)))
    arrivals = []
    for number, wall_s in enumerate(_times(steps, total_s)):
        member = turn[number % len(turn)]
        t = begin_s + wall_s * settings.load.time_lapse
        budget_s = session.time_budget(session.session_key(key, member, t), settings.sessions.budget)
        arrivals.append(Arrival(t, member, t, budget_s))
    return schedule_of(arrivals)


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
