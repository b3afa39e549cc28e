"""The section `rings` of a scenario: coordinated groups, whose accounts follow nobody but each other."""

from pydantic import Field

from flashcrowd.core.settings import Settings


class Ring(Settings):
    """All accounts of a persona, as one group."""

    persona: str = Field("amplifier", description="whose accounts; a persona with a share of the population")
    leaders: int = Field(3, ge=1, description="the most followed of them, whom all of them follow")
    follows: int = Field(20, ge=0, description="how many others of the group each follows besides")
