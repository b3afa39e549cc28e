"""The AI-image pipeline: asked for, refused, given up, failed, posted; how long it took, and the queue."""

from dataclasses import dataclass

import numpy as np

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.report.metric import Metric
from flashcrowd.report.metrics.quantiles import Quantiles, quantiles
from flashcrowd.report.metrics.traffic import Traffic
from flashcrowd.report.run import Column, Columns


@dataclass(frozen=True)
class Images:
    """Counts over `generate` rows; shares are NaN when there was nothing to share.

    Attributes:
        requested: images asked for.
        blocked, abandoned, failed: of those, refused by policy, given up by the member, failed.
        posted: original posts that carry an AI image.
        posts, reposts: all original posts, and all reposts.
        ai_reposts: reposts of items that carry an AI image.
        wait_s: seconds from asking to the outcome; see `wall`.
        wall: whether `wait_s` and `queue` are wall time of live requests, or scenario time until the post.
        queue_t_s, queue: when, and how many images were asked for and not yet there.
    """

    requested: int
    blocked: int
    abandoned: int
    failed: int
    posted: int
    posts: int
    reposts: int
    ai_reposts: int
    wait_s: Quantiles
    wall: bool
    queue_t_s: Column
    queue: Column

    @property
    def post_share(self) -> float:
        """Share of original posts that carry an AI image."""
        return self.posted / self.posts if self.posts else float("nan")

    @property
    def repost_share(self) -> float:
        """Share of reposts that fell on AI images."""
        return self.ai_reposts / self.reposts if self.reposts else float("nan")

    @property
    def longest_queue(self) -> float:
        """Most images that were waited for at once; NaN when no wait is known."""
        return float(self.queue.max()) if len(self.queue) else float("nan")

    def share(self, count: int) -> float:
        """A count of requests as a share of all of them."""
        return count / self.requested if self.requested else float("nan")


def images(actions: Columns, requests: Traffic) -> Images:
    """The pipeline of a run; waits come from the live requests (all phases), or else from the actions."""
    action, ok = actions["action"], actions["outcome"] == OUTCOME_CODE["ok"]
    asked = action == ACTION_CODE["generate"]
    posts = ok & (action == ACTION_CODE["post"])
    reposts = ok & (action == ACTION_CODE["repost"])
    outcome = np.bincount(actions["outcome"][asked], minlength=len(OUTCOME_CODE))
    known = OUTCOME_CODE["ok"], OUTCOME_CODE["blocked"], OUTCOME_CODE["abandoned"]
    wall = len(requests) > 0
    begun, ended = _live_waits(requests) if wall else offline_waits(actions, asked & ok, posts)
    queue_t_s, queue = queue_length(begun, ended)
    return Images(
        requested=int(asked.sum()),
        blocked=int(outcome[OUTCOME_CODE["blocked"]]),
        abandoned=int(outcome[OUTCOME_CODE["abandoned"]]),
        failed=int(outcome.sum() - outcome[list(known)].sum()),
        posted=int((posts & actions["ai"]).sum()),
        posts=int(posts.sum()),
        reposts=int(reposts.sum()),
        ai_reposts=int((reposts & actions["ai"]).sum()),
        wait_s=quantiles(ended - begun),
        wall=wall,
        queue_t_s=queue_t_s,
        queue=queue,
    )


def queue_length(begun: Column, ended: Column, points: int = 300) -> tuple[Column, Column]:
    """The most that had begun and not ended, in each of `points` equal bins of time: (beginnings, counts).

    >>> [list(map(float, c)) for c in queue_length(np.array([0.0, 1.0]), np.array([2.0, 4.0]), points=2)]
    [[0.0, 2.0], [2.0, 1.0]]
    """
    if not len(begun):
        return np.empty(0), np.empty(0)
    at = np.linspace(begun.min(), ended.max(), points + 1)[:-1]
    asked, there = (np.searchsorted(np.sort(times), at, side="right") for times in (begun, ended))
    most = asked - there
    when = np.concatenate([begun, ended])
    order = np.lexsort((np.repeat([1, 0], len(begun)), when))
    waiting = np.cumsum(np.repeat([1, -1], len(begun))[order])
    np.maximum.at(most, np.searchsorted(at, when[order], side="right") - 1, waiting)
    return at, most


def image_metrics(found: Images) -> list[Metric]:
    """`images.…`; nothing when no image was asked for or posted."""
    if not found.requested and not found.posted:
        return []
    return [
        Metric("images.requested", found.requested, "count"),
        Metric("images.posted", found.posted, "count"),
        Metric("images.blocked_share", found.share(found.blocked), "share"),
        Metric("images.abandoned_share", found.share(found.abandoned), "share", "lower"),
        Metric("images.failed_share", found.share(found.failed), "share", "lower"),
        Metric("images.wait.p50", found.wait_s.p50, "s", "lower"),
        Metric("images.wait.p95", found.wait_s.p95, "s", "lower"),
        Metric("images.queue.max", found.longest_queue, "count", "lower"),
        Metric("images.post_share", found.post_share, "share"),
        Metric("images.repost_share", found.repost_share, "share"),
    ]


def _live_waits(requests: Traffic) -> tuple[Column, Column]:
    """When each image was due to be asked for, and when its wait was over, in wall seconds."""
    asked = requests.where((requests.action == ACTION_CODE["generate"]) & requests.sent)
    return asked.intended_s, asked.end_s


def offline_waits(actions: Columns, made: Column, posts: Column) -> tuple[Column, Column]:
    """Scenario times of each image made and of the same member's next post with an AI image."""
    member, t = actions["member"], actions["t"]
    shown = posts & actions["ai"]
    kind = np.where(shown, 1, 0)[made | shown]
    member, t = member[made | shown], t[made | shown]
    order = np.lexsort((kind, t, member))
    kind, member, t = kind[order], member[order], t[order]
    paired = (kind[:-1] == 0) & (kind[1:] == 1) & (member[:-1] == member[1:])
    return t[:-1][paired], t[1:][paired]
