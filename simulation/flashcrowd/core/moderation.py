"""The sections `harm` and `moderation` of a scenario: which posts do harm, and what the platform does about
them."""

from typing import Literal

from pydantic import Field

from flashcrowd.core.settings import Duration, Positive, Settings, Share


class Harm(Settings):
    """Which posts do harm (deception, abuse, fraud), and how members take them."""

    shares: dict[str, Share] = Field(
        default_factory=dict,
        description="persona -> share of its posts that do harm; of the others none does",
    )
    images: Share = Field(0.0, description="share of AI images that do harm though no policy refused them")
    appeal: Positive = Field(
        1.7,
        description="factor on how gladly they are passed on (false news; Vosoughi et al., Science 2018)",
    )
    offence: Positive = Field(20.0, description="factor on how readily they are reported; an assumption")

    @property
    def is_possible(self) -> bool:
        """Whether any post can do harm."""
        return self.images > 0.0 or any(share > 0.0 for share in self.shares.values())


class Moderation(Settings):
    """What the platform does about harmful posts: a classifier, members' reports, people who judge."""

    recall: Share = Field(0.0, description="share of harmful posts that the classifier finds")
    false_positives: Share = Field(0.0, description="share of other posts that it finds, too")
    delay: Duration = Field(
        600.0, ge=0, description="median time until it has judged; log-normal; 0 = at once"
    )
    action: Literal["label", "downrank", "remove", "review"] = Field(
        "remove", description="what comes of its finds; review: people judge them"
    )
    reports: int = Field(0, ge=0, description="reports that bring a post before people; 0 = never")
    reviewers: int = Field(0, ge=0, le=100_000, description="people who judge, around the clock")
    review_time: Duration = Field(
        300.0, gt=0, description="median time of one person for one post; log-normal"
    )
    review_recall: Share = Field(0.95, description="share of harmful posts that people find harmful")
    review_false_positives: Share = Field(0.02, description="share of other posts that they find harmful")
    review_action: Literal["label", "downrank", "remove"] = Field(
        "remove", description="what comes of theirs"
    )
    reach: Share = Field(0.2, description="what a down-ranked post keeps of its exposures")
    label_effect: Share = Field(
        0.25, description="reactions that a label takes away (sharing: 0.247; Martel & Rand 2024)"
    )
    appeals: Share = Field(0.0, description="removed posts whose authors appeal")
    appeal_delay: Duration = Field(4 * 3600.0, ge=0, description="median time until they do; log-normal")
    strikes: int = Field(0, ge=0, description="removed posts after which an account is limited; 0 = never")
    limit_gap: Duration = Field(
        6 * 3600.0, gt=0, description="least time between two posts or reposts of a limited account"
    )

    @property
    def is_on(self) -> bool:
        """Whether it can ever judge a post."""
        return self.recall > 0.0 or self.false_positives > 0.0 or self.people_judge

    @property
    def people_judge(self) -> bool:
        """Whether members' reports, or the classifier's finds, come before people."""
        return self.reviewers > 0 and (self.reports > 0 or self.action == "review")
