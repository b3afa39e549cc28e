"""What did harm: how often it was seen, what the platform did about it, how soon, and at whose cost."""

from dataclasses import dataclass

import numpy as np

from flashcrowd.core.events import ACTION_CODE, JUDGES, OUTCOME_CODE, VERDICTS
from flashcrowd.report.metric import Metric
from flashcrowd.report.metrics.quantiles import Quantiles, quantiles
from flashcrowd.report.run import Column, Columns

MAKING = [ACTION_CODE[name] for name in ("post", "repost", "quote")]
CLASSIFIER, PEOPLE, APPEAL = range(len(JUDGES))
ACTED = [VERDICTS.index(verdict) for verdict in ("label", "downrank", "remove", "limit")]
REMOVED = [VERDICTS.index(verdict) for verdict in ("remove", "limit")]


@dataclass(frozen=True)
class Governance:
    """Harm and moderation in the record of an offline run.

    Attributes:
        harmful: posts that do harm, whether or not anybody has judged them by the end of the run.
        exposures: how often any member was shown one of them, exactly.
        exposed: different members to whom that happened.
        views: items shown to members in all; NaN where not known.
        acted: harmful posts on which the platform acted (label, down-rank, remove).
        removals, false_removals: posts removed; of those, posts that do no harm.
        wait_s: scenario seconds from a harmful post to the first action on it.
        queue_s: seconds that cases waited for people, and for their judgement.
        appeals, restored: appeals that were judged, and posts restored by them.
        limited: accounts that were limited.
        refused: posts and reposts that limited accounts tried in vain.
        exposure_t_s: when each exposure was, float64 ascending.
    """

    harmful: int
    exposures: int
    exposed: int
    views: float
    acted: int
    removals: int
    false_removals: int
    wait_s: Quantiles
    queue_s: Quantiles
    appeals: int
    restored: int
    limited: int
    refused: int
    exposure_t_s: Column

    @property
    def exposure_share(self) -> float:
        """Share of all items shown that did harm."""
        return self.exposures / self.views if self.views else float("nan")

    @property
    def false_share(self) -> float:
        """Share of the removed posts that do no harm; NaN when none was removed."""
        return self.false_removals / self.removals if self.removals else float("nan")


def governance(harm: Columns, verdicts: Columns, actions: Columns, views: float) -> Governance:
    """What the tables `harm` and `verdicts` say; zeros when they are empty."""
    by, verdict, harmful, post = (verdicts[name] for name in ("by", "verdict", "harmful", "post"))
    acted = np.isin(verdict, ACTED)
    removed = np.isin(verdict, REMOVED)
    stopped, first = _first(post, verdicts["t"], acted & harmful)
    refused = np.isin(actions["action"], MAKING) & (actions["outcome"] == OUTCOME_CODE["blocked"])
    people = by != CLASSIFIER
    return Governance(
        harmful=len(np.unique(post[harmful])),
        exposures=len(harm["t"]),
        exposed=len(np.unique(harm["member"])),
        views=views,
        acted=len(stopped),
        removals=len(np.unique(post[removed])),
        false_removals=len(np.unique(post[removed & ~harmful])),
        wait_s=quantiles(verdicts["t"][first] - verdicts["posted"][first]),
        queue_s=quantiles((verdicts["t"] - verdicts["opened"])[people]),
        appeals=int((by == APPEAL).sum()),
        restored=int((verdict == VERDICTS.index("restore")).sum()),
        limited=len(np.unique(verdicts["author"][verdict == VERDICTS.index("limit")])),
        refused=int(refused.sum()),
        exposure_t_s=np.sort(harm["t"]),
    )


def governance_metrics(found: Governance) -> list[Metric]:
    """`harm.…` and `moderation.…`; nothing where nothing did harm and nobody moderated."""
    if not found.harmful and not found.removals:
        return []
    return [
        Metric("harm.posts", found.harmful, "count"),
        Metric("harm.exposures", found.exposures, "count", "lower"),
        Metric("harm.exposure_share", found.exposure_share, "share", "lower"),
        Metric("harm.exposures_per_post", _over(found.exposures, found.harmful), "1", "lower"),
        Metric("harm.exposed_members", found.exposed, "count", "lower"),
        Metric("moderation.acted_share", _over(found.acted, found.harmful), "share", "higher"),
        Metric("moderation.removals", found.removals, "count"),
        Metric("moderation.false_removals", found.false_removals, "count", "lower"),
        Metric("moderation.false_removal_share", found.false_share, "share", "lower"),
        Metric("moderation.time_to_action.p50", found.wait_s.p50, "s", "lower"),
        Metric("moderation.time_to_action.p95", found.wait_s.p95, "s", "lower"),
        Metric("moderation.queue.p95", found.queue_s.p95, "s", "lower"),
        Metric("moderation.appeals", found.appeals, "count"),
        Metric("moderation.restored", found.restored, "count"),
        Metric("moderation.limited_accounts", found.limited, "count"),
        Metric("moderation.refused", found.refused, "count"),
    ]


def _first(post: Column, t: Column, chosen: Column) -> tuple[Column, Column]:
    """Posts among the chosen rows, and the row of each that comes first."""
    rows = np.flatnonzero(chosen)
    rows = rows[np.lexsort((t[rows], post[rows]))]
    posts, first = np.unique(post[rows], return_index=True)
    return posts, rows[first]


def _over(count: int, total: int) -> float:
    return count / total if total else float("nan")
