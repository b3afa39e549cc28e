"""Reactions per exposure, worked out by hand."""

import numpy as np
import pytest
from observed import follow_lists, observed, rows

from flashcrowd.report.realism.measures.reactions import engagement, log_slope, position_decay


def _exposures(member: np.ndarray, position: np.ndarray) -> dict:
    n = len(member)
    return {"t": np.full(n, 9.0), "member": member, "position": position, "root": np.zeros(n, np.int64)}


def test_engagement_is_reactions_per_view_in_order() -> None:
    """Three likes, two reposts and a reply on 200 views; a like before the window is not counted."""
    names = ["like"] * 3 + ["repost"] * 2 + ["reply"]
    lines = [{"action": name, "t": 90_000.0, "member": 1, "root": 0, "post": 0} for name in names]
    lines.append({"action": "like", "t": 5.0, "member": 1})
    shown = _exposures(np.ones(200, np.int64), np.zeros(200, np.int64)) | {"t": np.full(200, 90_000.0)}
    figures = engagement(observed(rows(*lines), warm_up=1, exposures=shown)).figures
    assert figures["rate"].value == pytest.approx(6 / 200)
    assert figures["order"].value == 1.0


def test_action_rate_over_positions_has_its_slope() -> None:
    """Rates in proportion to 1 / (1 + position) give a slope of -1."""
    shown = _exposures(np.ones(6000, np.int64), np.repeat(np.arange(3), 2000))
    lines = [
        {"action": "like", "t": 9.0, "member": 1, "position": place}
        for place in range(3)
        for _ in range(600 // (place + 1))
    ]
    figures = position_decay(observed(rows(*lines), exposures=shown)).figures
    assert figures["position"].value == pytest.approx(-1.0)


def test_repost_rate_over_followees_has_its_slope() -> None:
    """Member 0 follows nobody and passes on 2 %, member 1 follows 30 (group 20) and passes on 0.5 %."""
    shown = _exposures(np.repeat([0, 1], 2000), np.zeros(4000, np.int64))
    lines = [{"action": "repost", "t": 9.0, "member": who, "position": 0} for who in [0] * 40 + [1] * 10]
    graph = follow_lists([(1, other) for other in range(2, 32)], 40)
    seen = observed(rows(*lines), members=40, graph=graph, exposures=shown)
    figure = position_decay(seen).figures["followees"]
    assert figure.value == pytest.approx(np.log(10 / 40) / np.log(21))
    assert figure.n == 50


def test_log_slope_of_a_power_law_is_its_exponent() -> None:
    """rate = x^-0.5 gives -0.5, whatever the weights; places without a rate are left out."""
    x = np.array([1.0, 4.0, 9.0, 16.0])
    rate = np.array([1.0, 0.5, np.nan, 0.25])
    assert log_slope(x, rate, np.array([5.0, 1.0, 3.0, 2.0])) == pytest.approx(-0.5)
