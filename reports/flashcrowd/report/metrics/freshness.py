"""How soon followers saw new posts, and whether what was written stayed: lost writes, wrong counts."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import betaincinv

from flashcrowd.core.events import ACTIONS, ORIGINALS
from flashcrowd.report.metric import Metric
from flashcrowd.report.run import Column, Columns

NS_PER_MS: Final = 1e6

LEVELS: Final = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
"""Quantiles of the time to visibility that are told."""

COUNTS: Final = ("likes", "reposts", "replies")
"""What is counted of a post, as the columns of `rereads` name it."""


@dataclass(frozen=True)
class Reread:
    """What became of one kind of write: read again, lost, found with a count below what was acknowledged."""

    action: str
    read: int
    lost: int
    wrong: dict[str, int]


@dataclass(frozen=True)
class Freshness:
    """Time to visibility and correctness of a run; empty arrays and zero counts where nothing was looked for.

    Attributes:
        time_ms: from the platform's acknowledgement to the answer that showed the post, or, where none did,
            to the end of looking; shape `(n,)`, ascending.
        is_seen: whether `time_ms` is the former; shape `(n,)`.
        never: posts that were not seen within the limit.
        resolution_ms: median time between the last read that did not show a post and the first that did;
            what `time_ms` may be too long by. NaN when nothing was seen.
        rereads: by action, most frequent first.
        wrong: posts found with any count below what was acknowledged.
    """

    time_ms: Column
    is_seen: Column
    never: int
    resolution_ms: float
    rereads: tuple[Reread, ...]
    wrong: int

    @property
    def followed(self) -> int:
        """Posts that were looked for."""
        return len(self.time_ms)

    @property
    def never_share(self) -> float:
        """Share of the posts looked for to their end that were never seen; NaN without any."""
        settled = int(self.is_seen.sum()) + self.never
        return self.never / settled if settled else math.nan

    @property
    def read(self) -> int:
        """Posts and replies that were read again."""
        return sum(row.read for row in self.rereads)

    @property
    def lost(self) -> int:
        """Those of them that were acknowledged and are not there."""
        return sum(row.lost for row in self.rereads)

    @property
    def lost_share(self) -> float:
        """Share of what was read again that is lost; NaN when nothing was."""
        return self.lost / self.read if self.read else math.nan

    @property
    def wrong_share(self) -> float:
        """Share of what was found again whose counts are too low; NaN when nothing was found."""
        found = self.read - self.lost
        return self.wrong / found if found else math.nan

    @property
    def longest_ms(self) -> float:
        """The longest that anything was looked for; NaN when nothing was."""
        return float(self.time_ms[-1]) if len(self.time_ms) else math.nan

    def quantile_ms(self, level: float) -> float:
        """The time within which this share of the posts was visible.

        Posts that were not seen are not left out: they count as taking longer than they were looked for, by
        the product-limit estimate (Kaplan & Meier, JASA 1958). inf when fewer were ever seen; NaN without
        posts.
        """
        if not self.followed:
            return math.nan
        at_risk = self.followed - np.arange(self.followed)
        hidden = np.cumprod(1.0 - self.is_seen / at_risk)
        reached = np.flatnonzero(self.is_seen & (hidden <= 1.0 - level + 1e-9))
        return float(self.time_ms[reached[0]]) if len(reached) else math.inf

    def visible(self) -> tuple[Column, Column]:
        """The curve of visibility: times (ms) at which posts came into view, the share visible from then."""
        at_risk = self.followed - np.arange(self.followed)
        share = 1.0 - np.cumprod(1.0 - self.is_seen / np.maximum(at_risk, 1))
        return self.time_ms[self.is_seen], share[self.is_seen]


def freshness(sightings: Columns, rereads: Columns, limit_s: float) -> Freshness:
    """What the tables `sightings` and `rereads` say; `limit_s`: after so long a post counts as never seen."""
    is_seen = sightings["seen_ns"] >= 0
    until = np.where(is_seen, sightings["seen_ns"], sightings["ended_ns"])
    time_ms = (until - sightings["made_ns"]) / NS_PER_MS
    order = np.lexsort((~is_seen, time_ms))
    since = np.maximum(sightings["hidden_ns"], sightings["made_ns"])
    gaps = ((sightings["seen_ns"] - since) / NS_PER_MS)[is_seen]
    short = {name: rereads["found"] & (rereads[f"shown_{name}"] < rereads[name]) for name in COUNTS}
    return Freshness(
        time_ms=time_ms[order],
        is_seen=is_seen[order],
        never=int((~is_seen & (time_ms >= limit_s * 1000)).sum()),
        resolution_ms=float(np.median(gaps)) if len(gaps) else math.nan,
        rereads=_by_action(rereads, short),
        wrong=int(np.logical_or.reduce(list(short.values())).sum()),
    )


def upper_share(count: int, of: int, confidence: float = 0.95) -> float:
    """The largest share that `count` of `of` still allows, one-sided (Clopper & Pearson, Biometrika 1934).

    >>> round(upper_share(0, 300), 4), upper_share(3, 3)
    (0.0099, 1.0)
    """
    return 1.0 if count >= of else float(betaincinv(count + 1, of - count, confidence))


def freshness_metrics(found: Freshness) -> list[Metric]:
    """`freshness.p95` and its like, `writes.lost_share` …; nothing for what was not looked at."""
    metrics = []
    if found.followed:
        metrics += [
            Metric("freshness.followed", found.followed, "count"),
            *(
                Metric(f"freshness.{name}", found.quantile_ms(level), "ms", "lower")
                for name, level in LEVELS.items()
            ),
            Metric("freshness.never_share", found.never_share, "share", "lower"),
        ]
    if found.read:
        high = upper_share(found.lost, found.read)
        metrics += [
            Metric("writes.reread", found.read, "count"),
            Metric("writes.lost_share", found.lost_share, "share", "lower", high=high),
            Metric("writes.wrong_counts_share", found.wrong_share, "share", "lower"),
        ]
    return metrics


def _by_action(rereads: Columns, short: dict[str, Column]) -> tuple[Reread, ...]:
    rows = []
    for action in ORIGINALS:
        chosen = rereads["action"] == ACTIONS.index(action)
        if chosen.any():
            wrong = {name: int((chosen & column).sum()) for name, column in short.items()}
            lost = int((chosen & ~rereads["found"]).sum())
            rows.append(Reread(action, int(chosen.sum()), lost, wrong))
    return tuple(sorted(rows, key=lambda row: -row.read))
