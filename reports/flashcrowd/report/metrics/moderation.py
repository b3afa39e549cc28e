"""What members reported: how soon, and how much of it was seen and passed on before and after."""

from dataclasses import dataclass

import numpy as np

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.report.metric import Metric
from flashcrowd.report.metrics.forest import Forest
from flashcrowd.report.run import Column, Columns

REPORT = ACTION_CODE["report"]


@dataclass(frozen=True)
class Moderation:
    """Reports by members, by original post.

    Attributes:
        reports: reports that were made.
        posts: original posts in the record.
        reported: original posts that were reported, or any of their reposts.
        first_s: scenario seconds from each reported post to its first report, float64; NaN for older posts.
        reposts_before, reposts_after: reposts of reported posts before and after their first report.
        views_before, views_after: the same for recorded exposures; NaN when none were recorded.
    """

    reports: int
    posts: int
    reported: int
    first_s: Column
    reposts_before: int
    reposts_after: int
    views_before: float
    views_after: float

    @property
    def per_post(self) -> float:
        """Reports per original post; NaN without posts."""
        return self.reports / self.posts if self.posts else float("nan")


def moderation(actions: Columns, exposures: Columns | None, trees: Forest) -> Moderation:
    """What was reported; zeros when nothing was. `exposures`: None when none were recorded."""
    rows = np.flatnonzero((actions["action"] == REPORT) & (actions["outcome"] == OUTCOME_CODE["ok"]))
    root, t = actions["root"][rows], actions["t"][rows]
    order = np.lexsort((t, root))
    roots, first = np.unique(root[order], return_index=True)
    reported_s = t[order][first]
    before, after = _split(
        trees.post[trees.cascade[trees.n_cascades :]], trees.t[trees.n_cascades :], roots, reported_s
    )
    views = (float("nan"), float("nan"))
    if exposures is not None:
        seen_before, seen_after = _split(exposures["root"], exposures["t"], roots, reported_s)
        views = float(seen_before), float(seen_after)
    return Moderation(
        len(rows), trees.n_recorded, len(roots), reported_s - _posted_s(trees, roots), before, after, *views
    )


def moderation_metrics(found: Moderation) -> list[Metric]:
    """`moderation.…`; nothing when nothing was reported."""
    if not found.reports:
        return []
    known = found.first_s[np.isfinite(found.first_s)]
    return [
        Metric("moderation.reports", found.reports, "count"),
        Metric("moderation.reports_per_post", found.per_post, "1"),
        Metric("moderation.reported_posts", found.reported, "count"),
        Metric(
            "moderation.first_report.p50",
            float(np.median(known)) if len(known) else float("nan"),
            "s",
            "lower",
        ),
    ]


def _split(root: Column, t: Column, roots: Column, since: Column) -> tuple[int, int]:
    """How many rows about the given posts came before, and from, the moment given for each."""
    if not len(roots) or not len(root):
        return 0, 0
    place = np.minimum(np.searchsorted(roots, root), len(roots) - 1)
    about = roots[place] == root
    before = int((t[about] < since[place[about]]).sum())
    return before, int(about.sum()) - before


def _posted_s(trees: Forest, roots: Column) -> Column:
    order = np.argsort(trees.post, kind="stable")
    found = np.full(len(roots), np.nan)
    if not len(order):
        return found
    place = order[np.minimum(np.searchsorted(trees.post, roots, sorter=order), len(order) - 1)]
    there = trees.post[place] == roots
    found[there] = trees.t[place[there]]
    return found
