"""What a society asks of a platform, from its rates alone: no run is needed."""

import numpy as np

from flashcrowd.sim import calendar
from flashcrowd.sim.population import REGION_OFFSET_H
from flashcrowd.sim.world import World


def busiest_sessions_per_s(world: World) -> float:
    """Sessions a second that the members of a world begin on average in the busiest half hour of a day.

    Quick returns are in it, visits that notifications cause are not.
    """
    people, sessions = world.population, world.scenario.sessions
    regions = [people.region == code for code in range(len(people.regions))]
    per_day = [float(world.drawn_per_day[inside].sum()) for inside in regions]
    offsets = [REGION_OFFSET_H[name] for name in people.regions]
    means = [
        sum(
            calendar.slice_mean(rate, calendar.slice_profile(slice_no, offset))
            for rate, offset in zip(per_day, offsets, strict=True)
        )
        for slice_no in range(round(calendar.SLICES_PER_DAY))
    ]
    return float(np.max(means)) * (1 + sessions.return_share) / calendar.SLICE_S
