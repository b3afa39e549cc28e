"""AI images against everything else: reach, reactions and structure, the latter at matched size."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.report.metric import Metric
from flashcrowd.report.metrics.forest import Forest
from flashcrowd.report.metrics.quantiles import quantile
from flashcrowd.report.metrics.virality import Spread
from flashcrowd.report.run import Column, Columns

LEAST: Final = 10
"""Cascades of a size that both kinds need before they are compared at it."""


@dataclass(frozen=True)
class Kind:
    """One kind of original posts in the record; shares and means are over them, NaN when there are none."""

    posts: int
    unshared_share: float
    reposts_per_post: float
    likes_per_post: float
    ten_share: float
    largest: int

    @property
    def attention_per_post(self) -> float:
        """Likes and reposts together."""
        return self.likes_per_post + self.reposts_per_post


@dataclass(frozen=True)
class Matched:
    """Cascades of one size range, of both kinds: how many, median structural virality and half-life (s)."""

    least: int
    below: float
    counts: tuple[int, int]
    virality: tuple[float, float]
    half_life_s: tuple[float, float]


@dataclass(frozen=True)
class Kinds:
    """AI images, then everything else.

    `ai_exposures_share`: share of recorded exposures that showed an AI image; NaN when none were recorded.
    """

    ai: Kind
    other: Kind
    matched: tuple[Matched, ...]
    ai_exposures_share: float = math.nan

    @property
    def ai_attention_share(self) -> float:
        """Share of all likes and reposts that AI images get; NaN when there are none."""
        one, other = (kind.posts * kind.attention_per_post for kind in (self.ai, self.other))
        return one / (one + other) if one + other else math.nan


def kinds(actions: Columns, trees: Forest, found: Spread, exposures: Columns | None = None) -> Kinds:
    """Both kinds of content of a run; `exposures`: None when none were recorded."""
    ok = actions["outcome"] == OUTCOME_CODE["ok"]
    liked = ok & (actions["action"] == ACTION_CODE["like"])
    of_ai = actions["ai"][liked].astype(bool)
    likes = int(of_ai.sum()), int((~of_ai).sum())
    ai = trees.ai[: trees.n_recorded]
    own = found.size[: trees.n_recorded]
    bounds = ((3, 10), (10, 30), (30, 100), (100, 300), (300, 1000), (1000, float("inf")))
    matched = (_matched(found, trees.ai, least, below) for least, below in bounds)
    return Kinds(
        _kind(own[ai], likes[0]),
        _kind(own[~ai], likes[1]),
        tuple(one for one in matched if min(one.counts) >= LEAST),
        math.nan if exposures is None else _share_of_ai(exposures["root"], trees),
    )


def kinds_metrics(found: Kinds) -> list[Metric]:
    """`kinds.…`; nothing unless both kinds were posted."""
    if not found.ai.posts or not found.other.posts:
        return []
    pairs = (("ai", found.ai), ("other", found.other))
    return [
        metric
        for name, kind in pairs
        for metric in (
            Metric(f"kinds.{name}.reposts_per_post", kind.reposts_per_post, "1"),
            Metric(f"kinds.{name}.likes_per_post", kind.likes_per_post, "1"),
            Metric(f"kinds.{name}.attention_per_post", kind.attention_per_post, "1"),
            Metric(f"kinds.{name}.no_reshare_share", kind.unshared_share, "share"),
        )
    ] + [
        Metric("kinds.ai.exposures_share", found.ai_exposures_share, "share"),
        Metric("kinds.ai.attention_share", found.ai_attention_share, "share"),
    ]


def _share_of_ai(roots: Column, trees: Forest) -> float:
    """Share of the exposures, given their originals, that showed an AI image; NaN for none of the record."""
    recorded = trees.post[: trees.n_recorded]
    if not len(recorded) or not len(roots):
        return math.nan
    order = np.argsort(recorded)
    place = order[np.minimum(np.searchsorted(recorded, roots, sorter=order), len(recorded) - 1)]
    known = recorded[place] == roots
    return float(trees.ai[place[known]].mean()) if known.any() else math.nan


def _kind(sizes: Column, likes: int) -> Kind:
    n = len(sizes)
    if not n:
        return Kind(0, math.nan, math.nan, math.nan, math.nan, 0)
    return Kind(
        posts=n,
        unshared_share=float((sizes == 1).mean()),
        reposts_per_post=float((sizes - 1).mean()),
        likes_per_post=likes / n,
        ten_share=float((sizes >= 10).mean()),
        largest=int(sizes.max()),
    )


def _matched(found: Spread, ai: Column, least: int, below: float) -> Matched:
    inside = (found.size >= least) & (found.size < below)
    groups = inside & ai, inside & ~ai

    def medians(values: Column) -> tuple[float, float]:
        one, other = (quantile(values[g][np.isfinite(values[g])], 0.5) for g in groups)
        return one, other

    counts = int(groups[0].sum()), int(groups[1].sum())
    return Matched(least, below, counts, medians(found.virality), medians(found.half_life_s))
