"""The section `events` of a scenario: what happens at stated times. One class a kind, one line in `Event`.

What an event does to the society stands in `sim.happenings`, in a file of the same name.
"""

from typing import Annotated, Final, Literal, get_args

from pydantic import Field

from flashcrowd.core.settings import Duration, Moment, Positive, Settings, Share


class BreakingNews(Settings):
    """Something happens that everybody interested in a topic wants to see, and to talk about."""

    kind: Literal["breaking_news"] = "breaking_news"
    at: Moment = Field(description="when the news breaks")
    topic: int = Field(0, ge=0, description="number of the topic")
    reach: Share = Field(1.0, description="share of the fully interested, awake members who hear of it")
    delay: Duration = Field(900.0, gt=0, description="median time until they do; log-normal")
    urge: Share = Field(0.6, description="chance that a member who comes for it posts about it at once")
    fervour: Positive = Field(4.0, ge=1.0, description="factor on reactions in the topic at first")
    lasts: Duration = Field(6 * 3600.0, gt=0, description="time in which that factor wears off to 1/e")


class Rush(Settings):
    """The platform is talked of elsewhere: members of all interests come, within a short time."""

    kind: Literal["rush"] = "rush"
    at: Moment = Field(description="when it begins")
    lasts: Duration = Field(3600.0, gt=0, description="time over which they come, evenly")
    reach: Share = Field(0.1, description="share of the awake members who come because of it")


Event = Annotated[BreakingNews | Rush, Field(discriminator="kind")]
"""Every kind of event."""

EVENT_KINDS: Final = {model.model_fields["kind"].default: model for model in get_args(get_args(Event)[0])}
"""Kind -> its class."""
