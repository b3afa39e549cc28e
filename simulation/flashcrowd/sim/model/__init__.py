"""The society as a Mesa model: `SocialModel`, with two engines that leave the same record."""

from flashcrowd.sim.model.cohort import Cohort
from flashcrowd.sim.model.member import MemberAgent
from flashcrowd.sim.model.social import SocialModel

__all__ = ["Cohort", "MemberAgent", "SocialModel"]
