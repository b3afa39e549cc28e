"""The members of one persona as one Mesa agent: a view of columns."""

from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

if TYPE_CHECKING:
    from flashcrowd.sim.model.social import SocialModel


class Cohort(mesa.Agent):
    """All members of a persona; what they do is decided by the kernel, member by member.

    Attributes:
        persona: the persona's name.
        members: int64 array of the members, ascending.
    """

    def __init__(self, model: "SocialModel", persona: str, members: Any) -> None:
        super().__init__(model)
        self.persona = persona
        self.members = members

    @property
    def size(self) -> int:
        """Number of members."""
        return len(self.members)

    @property
    def online(self) -> int:
        """Members whose visit is under way."""
        return int(np.count_nonzero(self.model.engine.state.members["slot"][self.members] >= 0))
