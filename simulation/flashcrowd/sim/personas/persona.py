"""What makes a kind of member different: multipliers of the population's means."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Persona:
    """A kind of member. Every number but `share` multiplies the population's mean.

    Args:
        name: the word used in scenarios and in the record.
        share: share of the population, 0..1.
        activity: sessions a day.
        posting: posts a day.
        repost, like, reply, follow: propensities per exposure.
        ai: share of posts that begin with an AI image request.
        fitness: pull on followers.
        offence: how readily others report what it posts.
        keen: how readily it follows notifications, and comes because of events.
        may_be_dormant: whether accounts of this kind can lie idle (a newsroom does not).
    """

    name: str
    share: float
    activity: float = 1.0
    posting: float = 1.0
    repost: float = 1.0
    like: float = 1.0
    reply: float = 1.0
    follow: float = 1.0
    ai: float = 1.0
    fitness: float = 1.0
    offence: float = 1.0
    keen: float = 1.0
    may_be_dormant: bool = True
