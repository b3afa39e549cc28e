"""Who was there: the member table of a run, the same for offline and live ones."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from flashcrowd.sim.world import World


class TakesMembers(Protocol):
    """A record that is being made; see `RunWriter.write_members`."""

    def write_members(self, columns: Mapping[str, Any], personas: list[str], regions: list[str]) -> None:
        """Take the member table."""


def write_members(
    writer: TakesMembers,
    world: World,
    followers: Any,
    followees: Any,
    end_s: float,
    live: Any = False,
    left: Any = None,
) -> None:
    """Write `members.parquet` of a world.

    Args:
        followers, followees: counts at the end, shape `(n_members,)`.
        end_s: scenario time at which the record ends: who has not left by then is there.
        live: which members sent HTTP, bool or bool array.
        left: when members left for good (scenario s), NaN = not; None: as the society has it.
    """
    people = world.population
    known = people.left if left is None else left
    columns = {
        "member": np.arange(people.size),
        "persona": people.persona,
        "community": people.community,
        "region": people.region,
        "followers": followers,
        "followees": followees,
        "joined": np.where(people.joined > end_s, np.inf, people.joined),
        "left": np.where(known > end_s, np.nan, known),
        "live": np.broadcast_to(live, people.size),
    }
    writer.write_members(columns, [persona.name for persona in people.personas], list(people.regions))
