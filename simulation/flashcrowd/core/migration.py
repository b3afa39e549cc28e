"""The section `migration` of a scenario: those who sign up (see `growth`) come from an incumbent network."""

from pydantic import Field

from flashcrowd.core.settings import Duration, Settings, Share


class Migration(Settings):
    """What becomes of the follows that newcomers had on the incumbent network, and of their time."""

    brought: Share = Field(
        1.0, description="share of the follows from and to newcomers that is there at once"
    )
    finds: Share = Field(
        0.0, description="chance per visit that a member finds one more whom it followed there"
    )
    pull: Share = Field(0.0, description="share of newcomers' visits that goes where the followed are")
    patience: Duration = Field(
        0.0, ge=0, description="time after which newcomers go back or stay; 0 = all stay"
    )
    enough: Share = Field(
        0.3, description="share of the followed that must be here for the mean newcomer to stay"
    )

    @property
    def is_on(self) -> bool:
        """Whether it changes anything."""
        return self.brought < 1.0 or self.pull > 0.0 or self.patience > 0.0
