"""The section `events` of a scenario: what happens at stated times. One class a kind, one line in `Event`.

What an event does to the society stands in `sim.happenings`, in a file of the same name.
"""

from typing import Annotated, Final, Literal, get_args

from pydantic import Field, model_validator

from flashcrowd.core.moderation import Moderation
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


class Broadcast(Settings):
    """Accounts with a large audience post, and their followers come to see it."""

    kind: Literal["broadcast"] = "broadcast"
    at: Moment = Field(description="when the first post is made")
    persona: str = Field("celebrity", description="whose accounts post: the most followed of this persona")
    accounts: int = Field(1, ge=1, le=10_000, description="how many of them")
    posts: int = Field(1, ge=1, le=100, description="posts of each")
    every: Duration = Field(3600.0, gt=0, description="time between two of its posts")
    topic: int = Field(0, ge=0, description="number of the topic")
    image: Share = Field(0.0, description="chance that a post is an AI image")
    reach: Share = Field(0.3, description="share of the followers awake who come for a post")
    delay: Duration = Field(300.0, gt=0, description="median time until they do; log-normal")


class FeatureLaunch(Settings):
    """A feature is launched: members come to try it, and make AI images."""

    kind: Literal["feature_launch"] = "feature_launch"
    at: Moment = Field(description="when it is launched")
    reach: Share = Field(0.3, description="share of the awake members who come to try it")
    lasts: Duration = Field(6 * 3600.0, gt=0, description="mean time until they do; exponential")
    urge: Share = Field(0.9, description="chance that one who comes asks for an image at once")


class Attack(Settings):
    """A coordinated group floods a topic: some of its accounts post, the others pass it on at once."""

    kind: Literal["attack"] = "attack"
    at: Moment = Field(description="when it begins")
    persona: str = Field("amplifier", description="whose accounts take part: all of this persona")
    seeds: int = Field(0, ge=0, description="how many of them post, while the others pass on; 0 = all post")
    posts: int = Field(1, ge=1, le=1000, description="posts of each account that posts")
    lasts: Duration = Field(3600.0, gt=0, description="time over which they post, evenly")
    topic: int = Field(0, ge=0, description="number of the topic")
    image: Share = Field(0.0, description="chance that a post is an AI image")
    delay: Duration = Field(180.0, gt=0, description="median time until a post is passed on; log-normal")


class Outage(Settings):
    """The platform is down: who comes is turned away, visits break off, images wait. Then they come back."""

    kind: Literal["outage"] = "outage"
    at: Moment = Field(description="when it goes down")
    lasts: Duration = Field(3600.0, gt=0, description="until it is up again")
    returning: Share = Field(0.7, description="chance that one who was turned away looks in when it is up")
    delay: Duration = Field(600.0, gt=0, description="median time after it is up until they do; log-normal")


class Invitations(Settings):
    """Invitations go out: some who have not signed up yet (see `growth`) do."""

    kind: Literal["invitations"] = "invitations"
    at: Moment = Field(description="when they go out")
    share: Share = Field(0.2, description="share of those who have not signed up who take one up")
    acceptance: Duration = Field(12 * 3600.0, gt=0, description="mean time to take it up; exponential")


class Switch(Settings):
    """The operator switches to another ranker, or to another moderation policy."""

    kind: Literal["switch"] = "switch"
    at: Moment = Field(description="when")
    ranker: str | None = Field(None, description="how home feeds are ordered from then on")
    moderation: Moderation | None = Field(None, description="the policy from then on")

    @model_validator(mode="after")
    def _switches_something(self) -> "Switch":
        if self.ranker is None and self.moderation is None:
            raise ValueError("must name a ranker, or moderation, or both")
        return self


Event = Annotated[
    BreakingNews | Rush | Broadcast | FeatureLaunch | Attack | Outage | Invitations | Switch,
    Field(discriminator="kind"),
]
"""Every kind of event."""

EVENT_KINDS: Final = {model.model_fields["kind"].default: model for model in get_args(get_args(Event)[0])}
"""Kind -> its class."""
