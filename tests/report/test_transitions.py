"""Steps from action to action, on visits written down by hand."""

import made_runs
import numpy as np

from flashcrowd.core.events import ACTION_CODE, ACTIONS
from flashcrowd.report.metrics.presence import present
from flashcrowd.report.metrics.transitions import transitions

VISIT = ["session_start", "home", "home", "like", "session_end"]


def rows(actions: list[str], member: list[int]) -> dict:
    return made_runs.action_rows(len(actions), action=actions, member=np.array(member, np.int32))


def count(found, first: str, second: str) -> int:
    return int(found.counts[ACTION_CODE[first], ACTION_CODE[second]])


def test_transitions_follow_each_member_through_interleaved_rows():
    """Proves that steps are within a member, whoever acts in between."""
    found = transitions(rows([word for word in VISIT for _ in range(2)], [0, 1] * 5))
    assert (count(found, "home", "home"), count(found, "home", "like"), found.total) == (2, 2, 8)
    assert count(found, "session_start", "home") == count(found, "like", "session_end") == 2


def test_transitions_do_not_lead_from_one_visit_to_the_next():
    """Proves that leaving ends the chain, and that a visit whose end is missing does not run on."""
    found = transitions(rows([*VISIT, *VISIT[:-1], *VISIT], [0] * 14))
    assert found.counts[ACTION_CODE["session_end"]].sum() == 0
    assert found.counts[:, ACTION_CODE["session_start"]].sum() == 0
    assert found.total == 4 + 3 + 4


def test_shares_of_each_action_add_up_to_one():
    """Proves the rows of the picture."""
    found = transitions(rows(VISIT, [0] * 5)).without_rare()
    sums = np.nansum(found.shares, axis=1)
    assert set(sums.tolist()) == {0.0, 1.0}
    assert set(found.names) == set(VISIT)


def test_transitions_of_nothing_are_zero():
    """Proves the empty table."""
    found = transitions(made_runs.action_rows(0))
    assert found.total == 0
    assert found.names == ACTIONS


def test_present_counts_visits_under_way():
    """Proves presence before, during, and after two visits that overlap."""
    actions = made_runs.action_rows(
        5,
        t=[0.0, 10.0, 20.0, 25.0, 40.0],
        action=["session_start", "session_start", "session_end", "home", "session_end"],
    )
    assert present(actions, np.array([-1.0, 5.0, 15.0, 30.0, 50.0])).tolist() == [0, 1, 2, 1, 0]
