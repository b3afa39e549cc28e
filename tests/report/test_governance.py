"""Harm and moderation, counted on tables that were worked out by hand."""

import math

import numpy as np
import pytest

from flashcrowd.core.events import (
    ACTION_CODE,
    EXPOSURES_SCHEMA,
    JUDGES,
    OUTCOME_CODE,
    VERDICTS,
    VERDICTS_SCHEMA,
)
from flashcrowd.report.metrics.attention import attention
from flashcrowd.report.metrics.governance import governance, governance_metrics
from flashcrowd.report.run import Columns

NO_ACTIONS: Columns = {name: np.empty(0, np.int64) for name in ("action", "outcome")}


def exposures(*rows: tuple[float, int, int]) -> Columns:
    """Time, member and post of each exposure."""
    t, member, post = np.array(rows or np.empty((0, 3))).T
    return {"t": t, "member": member.astype(int), "post": post.astype(int), "root": post.astype(int)}


def verdicts(*rows: tuple[float, int, int, bool, str, str, float, float]) -> Columns:
    """Rows as `VERDICTS_SCHEMA` has them, in words."""
    coded = [(*r[:4], JUDGES.index(r[4]), VERDICTS.index(r[5]), *r[6:]) for r in rows]
    columns = zip(*coded, strict=True) if coded else [()] * len(VERDICTS_SCHEMA)
    kinds = (float, int, int, bool, int, int, float, float)
    return {
        name: np.array(list(column), kind)
        for name, column, kind in zip(VERDICTS_SCHEMA.names, columns, kinds, strict=True)
    }


def test_story_of_three_posts_is_counted() -> None:
    """Post 1 is found late and removed; post 2 never; post 3 does no harm, is removed and restored; post 4,
    not judged yet, counts all the same."""
    ruled = verdicts(
        (100.0, 1, 7, True, "classifier", "remove", 40.0, 40.0),
        (40.0, 1, 7, True, "classifier", "pending", 40.0, 40.0),
        (390.0, 4, 9, True, "classifier", "pending", 390.0, 390.0),
        (110.0, 2, 7, True, "classifier", "none", 50.0, 50.0),
        (120.0, 3, 8, False, "classifier", "limit", 60.0, 60.0),
        (400.0, 3, 8, False, "appeal", "restore", 60.0, 300.0),
    )
    seen = exposures((90.0, 1, 1), (95.0, 2, 1), (200.0, 1, 2))
    actions = {
        "action": np.array([ACTION_CODE["post"], ACTION_CODE["generate"], ACTION_CODE["repost"]]),
        "outcome": np.array([OUTCOME_CODE["blocked"], OUTCOME_CODE["blocked"], OUTCOME_CODE["ok"]]),
    }
    found = governance(seen, ruled, actions, views=30.0)
    assert (found.harmful, found.exposures, found.exposed, found.acted) == (3, 3, 2, 1)
    assert (found.removals, found.false_removals, found.false_share) == (2, 1, 0.5)
    assert (found.appeals, found.restored, found.limited, found.refused) == (1, 1, 1, 1)
    assert (found.wait_s.p50, found.queue_s.p50, found.exposure_share) == (60.0, 100.0, 0.1)
    named = {metric.name: metric.value for metric in governance_metrics(found)}
    assert named["moderation.acted_share"] == pytest.approx(1 / 3)
    assert named["harm.exposures_per_post"] == 1.0


def test_record_without_harm_has_no_such_figures() -> None:
    """Empty tables are zeros, and no metric."""
    found = governance(exposures(), verdicts(), NO_ACTIONS, views=math.nan)
    assert (found.harmful, found.exposures, found.removals) == (0, 0, 0)
    assert governance_metrics(found) == []
    assert set(EXPOSURES_SCHEMA.names) >= set(exposures())


@pytest.mark.parametrize(("liked", "entropy"), [([0, 1, 2, 3], 1.0), ([0, 0, 1], 0.0), ([0, 2], 0.5)])
def test_entropy_over_communities_says_how_evenly_attention_falls(liked: list[int], entropy: float) -> None:
    """Members 0 and 1, 2, 3, 4 in communities 0, 0, 1, 2, 3: ln 4, 0, and ln 2 over ln 4."""
    author = np.array([0, 2, 3, 4])[liked] if len(liked) == 4 else np.array(liked)
    n = len(author)
    actions = {
        "action": np.full(n, ACTION_CODE["like"]),
        "outcome": np.full(n, OUTCOME_CODE["ok"]),
        "author": author,
        "member": np.zeros(n, int),
    }
    found = attention(actions, 5, np.array([0, 0, 1, 2, 3]))
    assert found.community_entropy == pytest.approx(entropy)
