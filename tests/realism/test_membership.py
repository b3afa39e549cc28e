"""Retention, stickiness and reports, by hand."""

import numpy as np
import pytest
from observed import observed, post, rows

from flashcrowd.core.clock import DAY, HOUR
from flashcrowd.report.realism.measures.membership import moderation_load, retention, stickiness


def _visit(member: int, day: float) -> dict:
    return {"action": "session_start", "t": day * DAY + HOUR, "member": member}


def test_retention_is_the_share_that_comes_again_on_the_day() -> None:
    """Four sign up on day 0: two come on day 1, one of them on day 7; who was there before is left out."""
    joined = np.array([0.0, 0.0, 0.0, 0.0, np.nan, 38 * DAY])
    lines = [
        _visit(0, 0),
        _visit(0, 1),
        _visit(0, 1.2),
        _visit(1, 1),
        _visit(1, 7),
        _visit(4, 1),
        _visit(4, 7),
    ]
    figures = retention(observed(rows(*lines), members=6, days=39, joined=joined)).figures
    assert (figures["d1"].value, figures["d1"].n) == (0.5, 4)
    assert figures["d7"].value == 0.25
    assert figures["d30"].value == 0.0


def test_retention_of_a_society_without_sign_ups_is_absent() -> None:
    """Nobody joins during the run: there is no cohort."""
    assert retention(observed(rows(_visit(0, 1)))).absent


def test_retention_beyond_the_end_is_unknown() -> None:
    """A run of three days says nothing about day 7."""
    figures = retention(observed(rows(_visit(0, 1)), members=1, days=3, joined=np.zeros(1))).figures
    assert figures["d1"].value == 1.0
    assert (np.isnan(figures["d7"].value), figures["d7"].n) == (True, 0)


def test_stickiness_is_daily_over_monthly_members() -> None:
    """Four days: one member comes every day, another once: 5 / 4 a day of 2 members."""
    lines = [*(_visit(0, day) for day in range(4)), _visit(1, 2), _visit(1, 2.3)]
    figure = stickiness(observed(rows(*lines), days=4)).figures["ratio"]
    assert figure.value == pytest.approx(5 / 4 / 2)


def test_moderation_load_is_reports_per_post() -> None:
    """One report on four posts; a society that never reports has no load to measure."""
    posts = [post(1.0, 0, number) for number in range(4)]
    reported = observed(rows(*posts, {"action": "report", "t": 2.0, "member": 1}))
    assert moderation_load(reported).figures["share"].value == 0.25
    assert moderation_load(observed(rows(*posts))).absent
