"""What a study can compare: figures of a run, by the names that `metrics.json` gives them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.registry import nearest


@dataclass(frozen=True)
class Outcome:
    """One figure of a run.

    Attributes:
        metric: its name in `metrics.json`.
        says: what it is, as a sentence has it.
        unit: of its `Metric`.
    """

    metric: str
    says: str
    unit: str = "1"


OUTCOMES: Final = (
    Outcome("attention.authors_gini", "the Gini coefficient of attention among authors"),
    Outcome("attention.gini", "the Gini coefficient of attention among all members"),
    Outcome("attention.top_1pc_share", "the attention that the most noticed 1 % of members get", "share"),
    Outcome("attention.top_10pc_share", "the attention that the most noticed 10 % of members get", "share"),
    Outcome("attention.received", "the number of likes and reposts", "count"),
    Outcome("cascades.size.mean", "the mean size of a cascade"),
    Outcome("cascades.no_reshare_share", "the share of posts that nobody reposts", "share"),
    Outcome("cascades.big_share", "the share of posts whose cascade reaches 100", "share"),
    Outcome("cascades.largest", "the size of the largest cascade", "count"),
    Outcome("cascades.one_hop_share", "the share of a big cascade's reposts at first hand", "share"),
    Outcome("cascades.secondary_r", "the reposts that one repost causes in big cascades"),
    Outcome("cascades.structural_virality.10_to_30", "the structural virality of cascades of 10 to 29"),
    Outcome("cascades.structural_virality.30_to_100", "the structural virality of cascades of 30 to 99"),
    Outcome("cascades.structural_virality.100_to_300", "the structural virality of cascades of 100 to 299"),
    Outcome("cascades.structural_virality.from_300", "the structural virality of cascades of 300 and more"),
    Outcome("cascades.half_life.p50", "the half-life of big cascades", "s"),
    Outcome("cascades.communities.p90", "the communities that a reposted post reaches (90 % quantile)"),
    Outcome("actions.post.per_member_day", "the posts of a member a day", "1/day"),
    Outcome("actions.repost.per_member_day", "the reposts of a member a day", "1/day"),
    Outcome("actions.like.per_member_day", "the likes of a member a day", "1/day"),
    Outcome("actions.reply.per_member_day", "the replies of a member a day", "1/day"),
    Outcome("actions.follow.per_member_day", "the new follows of a member a day", "1/day"),
    Outcome("images.post_share", "the share of posts with an AI image", "share"),
    Outcome("images.repost_share", "the share of reposts that pass on an AI image", "share"),
    Outcome("images.wait.p95", "the wait for an image (95 % quantile)", "s"),
    Outcome("images.abandoned_share", "the share of image requests that are given up", "share"),
    Outcome("kinds.ai.attention_per_post", "the likes and reposts of a post with an AI image"),
    Outcome("kinds.other.attention_per_post", "the likes and reposts of a post without an AI image"),
    Outcome("kinds.ai.attention_share", "the share of attention that AI images get", "share"),
    Outcome("kinds.ai.exposures_share", "the share of what members see that is an AI image", "share"),
    Outcome("moderation.reports", "the number of reports", "count"),
    Outcome("harm.posts", "the number of harmful posts", "count"),
    Outcome("harm.exposures", "the number of exposures to harmful posts", "count"),
    Outcome("harm.exposure_share", "the share of exposures that show a harmful post", "share"),
    Outcome("harm.exposures_per_post", "the exposures to a harmful post"),
    Outcome("harm.exposed_members", "the number of members who see a harmful post", "count"),
    Outcome("moderation.acted_share", "the share of harmful posts that are acted upon", "share"),
    Outcome("moderation.removals", "the number of removals", "count"),
    Outcome("moderation.false_removals", "the number of posts removed by mistake", "count"),
    Outcome("moderation.false_removal_share", "the share of removals that are a mistake", "share"),
    Outcome("moderation.time_to_action.p50", "the median time until a harmful post is acted upon", "s"),
    Outcome("moderation.time_to_action.p95", "the time to action on a harmful post (95 % quantile)", "s"),
    Outcome("moderation.queue.p95", "the wait of a case for a person (95 % quantile)", "s"),
)
"""Every outcome; a new one is a metric and a line here."""


def outcomes_of(names: Sequence[str], source: str) -> tuple[Outcome, ...]:
    """The outcomes of these names, in their order; `source` names the file in errors.

    Raises:
        ScenarioError: when one is not known.
    """
    table = {outcome.metric: outcome for outcome in OUTCOMES}
    for place, name in enumerate(names):
        if name not in table:
            hint = nearest(name, table) or f"; known: {', '.join(table)}"
            raise ScenarioError(f"{source}: outcomes.{place} is {name!r}, which is no outcome{hint}")
    return tuple(table[name] for name in names)
