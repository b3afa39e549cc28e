"""What is read and written in a visit: laws told apart, counts by hand."""

import numpy as np
import pytest
from observed import observed, post, rows

from flashcrowd.core.clock import HOUR
from flashcrowd.report.realism.measures.visits import (
    aic_geometric,
    aic_inverse_gaussian,
    browsing_share,
    geometric_shares,
    inverse_gaussian_fit,
    inverse_gaussian_shares,
    items_per_session,
    read_write,
    session_items,
    session_length,
)

SIZE = 20_000


def test_inverse_gaussian_sample_is_told_from_geometric() -> None:
    """Items drawn from an inverse Gaussian are described better by it; its parameters come out."""
    drawn = np.random.default_rng(1).wald(20.0, 40.0, SIZE)
    items = np.maximum(np.round(drawn), 1)
    assert aic_inverse_gaussian(items) < aic_geometric(items)
    mean, shape = inverse_gaussian_fit(items)
    assert mean == pytest.approx(
        20, rel=0.03
    )  # its relative standard error is sqrt(mean / shape / n) = 0.005
    assert shape == pytest.approx(40, rel=0.08)


def test_geometric_sample_is_told_from_inverse_gaussian() -> None:
    """Items drawn from a geometric law are described better by that."""
    items = np.random.default_rng(2).geometric(0.05, SIZE)
    assert aic_geometric(items) < aic_inverse_gaussian(items)


def test_shares_of_both_laws_add_up_to_one() -> None:
    """Both are laws on 1, 2, …, so their criteria can be compared."""
    items = np.arange(1, 5000)
    assert inverse_gaussian_shares(items, 20.0, 15.0).sum() == pytest.approx(1.0)
    assert geometric_shares(items, 20.0).sum() == pytest.approx(1.0)


def _session(member: int, begin_h: float, end_h: float) -> list[dict]:
    return [
        {"action": "session_start", "t": begin_h * HOUR, "member": member},
        {"action": "session_end", "t": end_h * HOUR, "member": member},
    ]


def _shown(*at: tuple[int, float]) -> dict:
    return {
        "member": np.array([member for member, _ in at], np.int64),
        "t": np.array([hour * HOUR for _, hour in at]),
        "position": np.zeros(len(at), np.int64),
        "root": np.zeros(len(at), np.int64),
    }


def test_items_of_a_session_reach_to_the_next_one() -> None:
    """Three items in the first visit of member 1 (one just after its end); last visits are left out."""
    actions = rows(*_session(1, 1, 2), *_session(1, 5, 6), *_session(2, 1, 2), *_session(2, 8, 9))
    exposures = _shown((1, 1.1), (1, 1.5), (1, 2.01), (1, 5.5), (2, 1.2), (3, 1.3))
    seen = observed(actions, exposures=exposures)
    items = items_per_session(seen.brackets, seen.exposures, seen.sampled, 0.0)
    assert sorted(items.tolist()) == [1, 3]


def test_session_items_without_exposures_are_absent() -> None:
    """A model without feeds has no sessions to describe."""
    assert session_items(observed(rows())).absent


def test_session_length_is_that_by_hand() -> None:
    """Visits of 60, 30 and 90 minutes, two of them on one day of one member."""
    lines = [*_session(1, 1, 2), *_session(1, 5, 5.5), *_session(2, 30, 31.5)]
    figures = session_length(observed(rows(*lines))).figures
    assert figures["minutes"].value == 60.0
    assert figures["per_day"].value == 1.5


def test_browsing_share_and_read_write_follow_their_definitions() -> None:
    """All reads count as browsing, feeds only for the ratio; likes are no writes, brackets no actions."""
    reads = ["home"] * 6 + ["trends", "thread", "notifications"]
    others = ["like", "generate"]
    lines = [{"action": name, "t": 10.0, "member": 1} for name in [*reads, *others]]
    seen = observed(rows(*lines, post(20.0, 1, 0), *_session(1, 0, 1)))
    assert browsing_share(seen).figures["share"].value == 9 / 12
    assert read_write(seen).figures["ratio"].value == 7.0
