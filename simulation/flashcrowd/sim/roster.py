"""Who was there: the member table of a run, the same for offline and live ones."""

from typing import Any

import numpy as np

from flashcrowd.core.runlog import RunWriter
from flashcrowd.sim.world import World


def write_members(
    writer: RunWriter, world: World, followers: Any, followees: Any, live: Any = False, left: Any = np.nan
) -> None:
    """Write `members.parquet` of a world.

    Args:
        followers, followees: counts at the end, shape `(n_members,)`.
        live: which members sent HTTP, bool or bool array.
        left: when members left for good (scenario s), NaN = not; float or float array.
    """
    people = world.population
    columns = {
        "member": np.arange(people.size),
        "persona": people.persona,
        "community": people.community,
        "region": people.region,
        "followers": followers,
        "followees": followees,
        "joined": np.full(people.size, np.nan),
        "left": np.broadcast_to(left, people.size),
        "live": np.broadcast_to(live, people.size),
    }
    writer.write_members(columns, [persona.name for persona in people.personas], list(people.regions))
