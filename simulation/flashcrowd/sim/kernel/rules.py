"""The numbers of a scenario that compiled code needs."""

from typing import NamedTuple

from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.moderation import is_governed
from flashcrowd.sim.platform import strangers_of
from flashcrowd.sim.rankers import WITHOUT_LUCK


class Rules(NamedTuple):
    """The numbers of a scenario that the kernel needs; times in scenario seconds."""

    topics: int
    budget_s: float
    think_s: float
    items_per_page: float
    discovery_share: float
    return_share: float
    push_share: float
    appeal_sigma: float
    repost: float
    like: float
    reply: float
    quote: float
    report: float
    social_proof: float
    follow: float
    unfollow: float
    blocked: float
    generation_median_s: float
    generation_sigma: float
    generation_cap_s: float
    patience_s: float
    strangers: int  # candidates of a home page from whom the member does not follow
    by_luck: bool  # the ranker may want it
    governed: bool  # posts can do harm, or be moderated
    by_author: bool  # draws about an item hang on its author and time
    marked: bool  # either: `State.marks` is kept
    harm_images: float
    harm_appeal: float
    harm_offence: float
    limit_gap_s: float
    finds: float  # chance per visit to find somebody who was followed elsewhere


def rules_of(scenario: Scenario) -> Rules:
    """The numbers of a scenario that compiled code needs."""
    sessions, images, rates = scenario.sessions, scenario.generation, scenario.reactions
    return Rules(
        scenario.content.topics,
        sessions.budget,
        sessions.think,
        sessions.items_per_page,
        scenario.platform.discovery_share,
        sessions.return_share,
        sessions.push_share,
        scenario.content.appeal_sigma,
        rates.repost,
        rates.like,
        rates.reply,
        rates.quote,
        rates.report,
        rates.social_proof,
        rates.follow,
        rates.unfollow,
        images.blocked,
        images.median,
        images.sigma,
        images.cap,
        images.patience,
        strangers_of(scenario),
        scenario.platform.ranker not in WITHOUT_LUCK,
        is_governed(scenario),
        scenario.content.draws == "author",
        is_governed(scenario) or scenario.content.draws == "author",
        scenario.harm.images,
        scenario.harm.appeal,
        scenario.harm.offence,
        scenario.moderation.limit_gap,
        scenario.migration.finds if scenario.migration.is_on else 0.0,
    )
